import type { FunctionName } from '../../../lambda/contract/env.ts';
import { type Fault, losesAnswer } from './faults.ts';
import type { Complaints } from './invoke.ts';
import type { Run } from './world.ts';

/** What a run came to. */
export interface Outcome {
  /** What must be there exactly once, whatever happened, by what it is called. */
  readonly once: Readonly<Record<string, readonly unknown[]>>;
  /** What may be there twice where an answer was lost or something came again: our documents say so of each. */
  readonly atLeastOnce: Readonly<Record<string, readonly string[]>>;
  /** Events that metrics count; never more than in a run in which nothing went wrong. */
  readonly accepted?: number;
  /** Something was given back, or posted again, or nobody stayed for an answer. */
  readonly again: boolean;
}

/** One of the functions, and what comes to it. */
export interface Subject {
  readonly name: FunctionName;
  /** Names of what comes to it, each one history. */
  readonly histories: readonly string[];
  /** Where this answer to that operation is no failure of AWS but says that the request is forged. */
  readonly saysForged?: (operation: string, fault: Fault) => boolean;
  /** Lets a new container work on one history until nothing is left to do. */
  run(run: Run, history: number, complaints: Complaints): Promise<Outcome>;
}

/** What is missing, or there too often, against a run in which nothing went wrong. */
export function compare(reference: Outcome, outcome: Outcome, fault: Fault): Complaints {
  const complaints: Complaints = [];
  for (const [name, items] of Object.entries(reference.once)) {
    const [wanted, found] = [texts(items), texts(outcome.once[name] ?? [])];
    const missing = without(wanted, found);
    const excess = without(found, wanted);
    if (missing.length + excess.length > 0)
      complaints.push(
        `${name}: ${missing.length} missing, ${excess.length} too many: ${[...missing, ...excess].slice(0, 2)}`,
      );
  }
  for (const [name, items] of Object.entries(reference.atLeastOnce)) {
    const found = outcome.atLeastOnce[name] ?? [];
    const missing = without(items, found);
    const excess = without(found, items);
    const strange = excess.filter((item) => !items.includes(item));
    if (missing.length > 0) complaints.push(`${name}: ${missing.length} lost: ${missing[0]}`);
    if (strange.length > 0) complaints.push(`${name}: not of this history: ${strange[0]}`);
    if (excess.length > 0 && !losesAnswer(fault) && !outcome.again)
      complaints.push(`${name}: ${excess.length} doubled`);
  }
  if ((outcome.accepted ?? 0) > (reference.accepted ?? 0)) complaints.push(`${outcome.accepted} events counted`);
  return complaints;
}

const texts = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item));

/** The items of a that b has not, each as often as it lacks. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const item of b) left.set(item, (left.get(item) ?? 0) + 1);
  return a.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}
