import { setTimeout as pause } from 'node:timers/promises';
import { DECIDING_TYPES, SERIES_TYPES } from '../../../../lambda/domain/suppression/history.ts';
import type { OperatorAct } from '../../../../lambda/domain/suppression/operator.ts';
import type { Retraction } from '../../../../lambda/domain/suppression/retraction.ts';
import { audited } from '../../audit/audited.ts';
import { sendActs } from '../../stack/acts.ts';
import { readHistory } from '../../stack/events/stored.ts';
import { readMapping } from '../../stack/mapping.ts';
import { readRetractions } from '../../stack/retractions.ts';
import { type Row, scanSuppression } from '../../stack/scan.ts';
import type { Target } from '../../target/target.ts';
import type { Author, Hand } from '../../words/author.ts';
import { readReasonKey } from '../../words/reasons.ts';
import { store } from './retraction.ts';
import { breaksSeries, concerned, mayRestOn, type TakenBack, takenBack } from './taken-back.ts';

/** How long the command waits for the next person to be done, in milliseconds. */
const PATIENCE = 60_000;
/** Between two looks at the list, in milliseconds: longer where many are left, or where a look takes long itself. */
const INTERVAL = 50;
const MOST = 10_000;

/** What is shown of it while it goes on. */
export interface Watcher {
  say(line: string): void;
  /** One reason of one person that it concerns. */
  each?(one: TakenBack): void;
  /** Resolves once what was shown has been taken further. */
  flushed?(): Promise<void>;
}

/** What it came to, or would come to. */
interface Found {
  readonly lifted: number;
  /** Who is still suppressed, by other evidence. */
  readonly stay: number;
}

interface TookBack extends Found {
  /** It was not stored before. */
  readonly isNew: boolean;
  /** How many entries still hold some of it. */
  readonly left: number;
}

/** Who would be lifted; changes nothing. */
export const wouldTakeBack = (target: Target, retraction: Retraction, watcher: Watcher): Promise<Found> =>
  look(target, retraction, watcher, async (page) => {
    for (const one of page) watcher.each?.(one);
  });

/**
 * Takes back a window or an import, in whatever order things happen: stores it first, so that what waits in the queue or comes later does
 * not count; then has `process` take it out of every entry that holds some of it; and ends when no entry does.
 * @param patience how long it waits for the next person to be done, in milliseconds
 */
export function takeBack(
  target: Target,
  retraction: Retraction,
  hand: Hand,
  watcher: Watcher,
  patience = PATIENCE,
): Promise<TookBack> {
  const intent = { what: 'take back', hand, ...aboutOf(retraction), say: watcher.say } as const;
  return audited(target, intent, async (act) => {
    const isNew = await store(target, retraction);
    const asked = new Set<string>();
    const found = await look(target, retraction, watcher, async (page) => {
      await sendActs(
        target,
        page.map((one) => liftFor(one, retraction, hand)),
      );
      for (const one of page) {
        asked.add(named(one));
        if (one.lifted) act.count('lifted');
        if (one.stays) act.count('stay suppressed');
        watcher.each?.(one);
      }
    });
    watcher.say(`Lifted: ${found.lifted}. Stay suppressed by other evidence: ${found.stay}.`);
    watcher.say(`Stored as ${retraction.id}: events of it that still wait in a queue, or arrive later, do not count.`);
    const left = await settle(target, retraction, hand, asked, watcher, patience);
    if (left > 0) act.count('not yet in effect', left);
    return { ...found, isNew, left };
  });
}

/** What it is about, in the words of the audit. */
const aboutOf = (retraction: Retraction) =>
  'importId' in retraction
    ? { on: [retraction.importId], how: 'an import' }
    : {
        on: [retraction.id, retraction.source],
        how: `${retraction.from} to ${retraction.until}${retraction.reason === undefined ? '' : `, ${retraction.reason} only`}`,
      };

/** Everybody with something to take back, page by page. */
async function look(
  target: Target,
  retraction: Retraction,
  watcher: Watcher,
  each: (page: readonly TakenBack[]) => Promise<void>,
): Promise<Found> {
  const others = await readOthers(target, retraction);
  const all = [...others, retraction];
  let [lifted, stay] = [0, 0];
  for await (const page of scanSuppression(target, watcher)) {
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
    await watcher.flushed?.();
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
  watcher: Watcher,
  patience: number,
): Promise<number> {
  const others = await readOthers(target, retraction);
  let [left, since] = [Number.POSITIVE_INFINITY, Date.now()];
  for (;;) {
    const begun = Date.now();
    const open: string[] = [];
    for await (const page of scanSuppression(target, watcher, ['reasons'])) {
      const fresh: OperatorAct[] = [];
      for (const row of page)
        for (const key of await keysOf(target, row, retraction, others)) {
          open.push(row.recipient);
          const one = { recipient: row.recipient, key };
          if (asked.has(named(one))) continue;
          asked.add(named(one));
          fresh.push(liftFor(one, retraction, author));
        }
      if (fresh.length > 0) await sendActs(target, fresh);
    }
    if (open.length < left) since = Date.now();
    left = open.length;
    if (left === 0 || Date.now() - since > patience || (await isPaused(target))) return left;
    await pause(Math.min(MOST, Math.max(INTERVAL, left, Date.now() - begun)));
  }
}

const named = ({ recipient, key }: Pick<TakenBack, 'recipient' | 'key'>): string => `${recipient} ${key}`;

/** A lift of nothing but what the retraction names: other evidence of that time stands. */
function liftFor(
  { recipient, key }: Pick<TakenBack, 'recipient' | 'key'>,
  { id }: Retraction,
  { actor, note }: Author,
): OperatorAct {
  const known = readReasonKey(key) ?? { reason: 'manual' as const };
  return { act: 'lift', recipient, ...known, at: new Date().toISOString(), actor, note, retraction: id };
}

export const isPaused = async (target: Target): Promise<boolean> => /^Disabl/.test((await readMapping(target)).state);
