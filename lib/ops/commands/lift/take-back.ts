import { setTimeout as pause } from 'node:timers/promises';
import { DECIDING_TYPES, SERIES_TYPES } from '../../../../lambda/domain/suppression/history.ts';
import type { OperatorAct } from '../../../../lambda/domain/suppression/operator.ts';
import type { Retraction } from '../../../../lambda/domain/suppression/retraction.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { sendActs } from '../../stack/acts.ts';
import { readHistory } from '../../stack/events/stored.ts';
import { readMapping } from '../../stack/mapping.ts';
import { waiting } from '../../stack/queue.ts';
import { readRetractions } from '../../stack/retractions.ts';
import { type Row, scanSuppression } from '../../stack/scan.ts';
import type { Target } from '../../target/target.ts';
import type { Author } from '../../words/author.ts';
import { clean } from '../../words/clean.ts';
import { readReasonKey } from '../../words/reasons.ts';
import { endOf } from '../../words/time.ts';
import { store } from './retraction.ts';
import { breaksSeries, concerned, mayRestOn, type TakenBack, takenBack } from './taken-back.ts';

/** How long the command waits for the next person to be done, in milliseconds. */
const PATIENCE = 60_000;
const INTERVAL = 500;

interface Told {
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * Takes back a window or an import, in whatever order things happen: stores it first, so that what waits in the queue or comes later does
 * not count; then has `process` take it out of every entry that holds some of it; and ends when no entry does.
 */
export async function takeBack(
  target: Target,
  retraction: Retraction,
  author: Author,
  { dryRun, json }: Told,
  io: Io,
): Promise<ExitCode> {
  if (dryRun) {
    const found = await look(target, retraction, io, async (page) => {
      for (const one of page) tell(one, json, io);
    });
    io.say(`Would lift: ${found.lifted}. Stay suppressed by other evidence: ${found.stay}.`);
    await tellWaiting(target, io);
    return found.lifted > 0 ? EXIT.yes : EXIT.no;
  }
  const isNew = await store(target, retraction);
  const asked = new Set<string>();
  const found = await look(target, retraction, io, async (page) => {
    await sendActs(
      target,
      page.map((one) => act(one, retraction, author)),
    );
    for (const one of page) asked.add(named(one));
    for (const one of page) tell(one, json, io);
  });
  io.say(`Lifted: ${found.lifted}. Stay suppressed by other evidence: ${found.stay}.`);
  io.say(`Stored as ${retraction.id}: what of it still waits, or comes later, does not count.`);
  const left = await settle(target, retraction, author, asked, io);
  if (left === 0) {
    io.say('In effect: a second run would lift nobody.');
    return isNew || found.lifted > 0 ? EXIT.yes : EXIT.no;
  }
  io.say(`Not in effect yet: ${left}. It will be once what waits is worked off; --dry-run then says 0.`);
  await tellWaiting(target, io);
  return EXIT.no;
}

interface Found {
  readonly lifted: number;
  readonly stay: number;
}

/** Everybody with something to take back, page by page. */
async function look(
  target: Target,
  retraction: Retraction,
  io: Io,
  each: (page: readonly TakenBack[]) => Promise<void>,
): Promise<Found> {
  const others = await readOthers(target, retraction);
  const all = [...others, retraction];
  let [lifted, stay] = [0, 0];
  for await (const page of scanSuppression(target, io)) {
    const found: TakenBack[] = [];
    for (const row of page) {
      const keys = await keysOf(target, row, retraction, others);
      if (keys.length === 0) continue;
      const history = await readHistory(target, row.recipient, DECIDING_TYPES);
      found.push(...takenBack(row, keys, history, target.policyOf, all, Date.now() / 1000));
    }
    if (found.length > 0) await each(found);
    lifted += found.filter((one) => one.lifted).length;
    stay += found.filter((one) => one.stays).length;
    await io.flushed?.();
  }
  return { lifted, stay };
}

const readOthers = async (target: Target, { id }: Retraction): Promise<Retraction[]> =>
  (await readRetractions(target)).retractions.filter((one) => one.id !== id);

/** Reasons of an entry of which the retraction takes something back. */
async function keysOf(
  target: Target,
  row: Row,
  retraction: Retraction,
  others: readonly Retraction[],
): Promise<string[]> {
  const keys = concerned(row, retraction);
  if (keys.includes('soft_bounces') || !mayRestOn(row, retraction)) return keys;
  const history = await readHistory(target, row.recipient, SERIES_TYPES);
  return breaksSeries(row, history, target.policyOf, others, retraction) ? [...keys, 'soft_bounces'] : keys;
}

/** Waits until no entry holds any of it, for as long as there is progress; whoever was suppressed meanwhile is asked for too. */
async function settle(
  target: Target,
  retraction: Retraction,
  author: Author,
  asked: Set<string>,
  io: Io,
): Promise<number> {
  const others = await readOthers(target, retraction);
  let [left, since] = [Number.POSITIVE_INFINITY, Date.now()];
  for (;;) {
    const open: string[] = [];
    for await (const page of scanSuppression(target, io, ['reasons'])) {
      const fresh: OperatorAct[] = [];
      for (const row of page)
        for (const key of await keysOf(target, row, retraction, others)) {
          open.push(row.recipient);
          const one = { recipient: row.recipient, key };
          if (asked.has(named(one))) continue;
          asked.add(named(one));
          fresh.push(act(one, retraction, author));
        }
      if (fresh.length > 0) await sendActs(target, fresh);
    }
    if (open.length < left) since = Date.now();
    left = open.length;
    if (left === 0 || Date.now() - since > PATIENCE || (await isPaused(target))) return left;
    await pause(Math.max(INTERVAL, Math.min(10_000, left)));
  }
}

const named = ({ recipient, key }: Pick<TakenBack, 'recipient' | 'key'>): string => `${recipient} ${key}`;

/** A lift of nothing but what the retraction names: other evidence of that time stands. */
function act(
  { recipient, key }: Pick<TakenBack, 'recipient' | 'key'>,
  { id }: Retraction,
  { actor, note }: Author,
): OperatorAct {
  const known = readReasonKey(key) ?? { reason: 'manual' as const };
  return { act: 'lift', recipient, ...known, at: new Date().toISOString(), actor, note, retraction: id };
}

function tell(one: TakenBack, json: boolean, io: Io): void {
  const { recipient, key, lifted, stays } = one;
  if (json) return void io.print(jsonLine(one));
  if (lifted) io.print(clean(`${recipient}: ${key} lifted`));
  if (!stays) return;
  const said = `${stays.source} said "${stays.event}" at ${stays.at}`;
  io.print(clean(`${recipient}: ${key} stays, suppressed ${until(stays.until)}: ${said}`));
}

const until = (seconds: number): string => (endOf(seconds) === 'for ever' ? 'for ever' : `until ${endOf(seconds)}`);

const isPaused = async (target: Target): Promise<boolean> => /^Disabl/.test((await readMapping(target)).state);

async function tellWaiting(target: Target, io: Io): Promise<void> {
  const [messages, paused] = [await waiting(target), await isPaused(target)];
  if (paused) io.say('Processing is paused: "resume" works off what waits.');
  if (messages > 0)
    io.say(`About ${messages} messages wait in the queues; what of the window is in them will not count.`);
}
