import type { Fault } from './faults.ts';
import type { Complaints } from './invoke.ts';
import { STOOD_STILL, stalledSince } from './lags.ts';
import { compare, type Outcome, type Subject } from './subject.ts';
import type { World } from './world.ts';

/** One history of a function, with what goes wrong in it. */
export interface Trial {
  readonly subject: Subject;
  readonly history: number;
  readonly call: number;
  readonly fault: Fault;
  /** All that follows in the same invocation fails alike. */
  readonly lasts: boolean;
}

export interface Reference {
  readonly outcome: Outcome;
  readonly calls: readonly string[];
  /** It went wrong by itself: nothing can be held to it. */
  readonly found: boolean;
}

/** What a history comes to when nothing goes wrong. */
export async function reference(world: World, subject: Subject, history: number, all: string[]): Promise<Reference> {
  const run = await world.begin();
  const complaints: Complaints = [];
  const outcome = await subject.run(run, history, complaints);
  await run.end();
  all.push(
    ...complaints.map((complaint) => `${subject.name}, ${subject.histories[history]}, without any fault: ${complaint}`),
  );
  return { outcome, calls: run.calls, found: complaints.length > 0 };
}

/** How often a run is begun again for which the machine had no time. */
const MOST_TRIES = 5;

/** A run in which something goes wrong, held to one in which nothing did. Returns what was wrong with it. */
export async function attempt(world: World, trial: Trial, wanted: Outcome | undefined): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    const began = performance.now();
    const { complaints, slowest } = await oneRun(world, trial, wanted);
    const stoodStill = Math.max(slowest, stalledSince(began)) > STOOD_STILL;
    if (complaints.length === 0 || !stoodStill || tries === MOST_TRIES) return complaints;
  }
}

async function oneRun(
  world: World,
  trial: Trial,
  wanted: Outcome | undefined,
): Promise<{ readonly complaints: string[]; readonly slowest: number }> {
  const { subject, history, call, fault, lasts } = trial;
  const run = await world.begin();
  let until: number | undefined;
  run.fault = (n) => {
    if (n < call || (n > call && !lasts)) return undefined;
    until ??= run.invocations;
    return n === call || run.invocations === until ? fault : undefined;
  };
  const complaints: Complaints = [];
  const outcome = await subject.run(run, history, complaints);
  await run.end();
  // A machine that stands still makes callers give up who were answered in time.
  const again = outcome.again || run.unheard > 0;
  if (wanted) complaints.push(...compare(wanted, { ...outcome, again }, fault));
  const where = `${subject.name}, ${subject.histories[history]}, call ${call} (${run.calls[call]}) ${fault}${lasts ? ' and all after it' : ''}`;
  return { complaints: complaints.map((complaint) => `${where}: ${complaint}`), slowest: run.slowest };
}
