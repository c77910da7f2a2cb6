import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '../../aws/dynamodb/events.ts';
import type { RetractionList, RetractionStore } from '../../aws/dynamodb/retractions.ts';
import { noteFailure } from '../../aws/dynamodb/statements.ts';
import type { Applied, SuppressionStore } from '../../aws/dynamodb/suppression.ts';
import { until } from '../../aws/effort.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { PolicyOf } from '../../domain/suppression/history.ts';
import { restsOnSeries } from '../../domain/suppression/soft-bounces.ts';
import type { Change } from '../../domain/suppression/suppression.ts';
import { type Asked, changesOf, touchedBy } from './changes.ts';
import { type Judged, PROMPT } from './judge.ts';
import type { Shares } from './step.ts';

/** Where it is read and written. */
export interface Stores {
  readonly events: EventStore;
  readonly list: SuppressionStore;
  readonly retractions: RetractionStore;
}

/** What became of the people concerned. */
export interface Settled extends Omit<Applied, 'failed'> {
  /** Those whose entry is not certain to be right. */
  readonly unsettled: ReadonlySet<string>;
}

/** How entries are brought up to date. */
export interface Looking {
  readonly stores: Stores;
  readonly policy: PolicyOf;
  readonly shares: Pick<Shares, 'judged' | 'suppressed'>;
  /** People whose change is not to be published. */
  readonly quiet: ReadonlySet<string>;
  /** People who are probably not listed yet. */
  readonly fresh: Judged['fresh'];
}

export const NOBODY: Settled = { changed: new Set(), suppressed: new Set(), refused: new Map(), unsettled: new Set() };

export const isEmpty = ({ judgements, series, retracted }: Asked): boolean =>
  judgements.size + series.size + retracted.size === 0;

export const peopleOf = ({ judgements, series, retracted }: Asked): Set<string> =>
  new Set([...judgements.keys(), ...series, ...retracted.keys()]);

/**
 * Writes the entries, and looks again at what may have changed meanwhile: a delivery or another soft bounce that was recorded between the
 * look at a series and the write, a retraction made in between. Whoever comes after the last look sees what was written.
 * @param before the retractions by which to judge at first
 */
export async function lookAndWrite(
  first: Asked,
  before: RetractionList,
  { stores: { events, list, retractions }, policy, shares, quiet, fresh }: Looking,
): Promise<Settled> {
  let settled = NOBODY;
  let [asked, known] = [first, before];
  try {
    for (let look = 0; !isEmpty(asked); look++) {
      const isFirst = look === 0;
      // A history that hangs leaves time to write for those who need none.
      const read = isFirst ? shares.judged : (Date.now() + shares.suppressed) / 2;
      const made = await changesOf(asked, policy, known.retractions, events, until(read));
      const isNew = isFirst
        ? fresh.intersection(new Set(made.changes.keys())).difference(asked.retracted)
        : new Set<string>();
      // Some time stays for the look after it: one entry that is throttled must not make the others doubtful.
      const kept = Math.min(LOOK, (shares.suppressed - Date.now()) / 5);
      const applied = await list.apply(made.changes, shares.suppressed - kept, { quiet, fresh: isNew });
      settled = together(settled, applied, made.unread);
      if (made.changes.size === 0) break;
      const hurried = await untilRecorded(made.changes, shares.suppressed);
      settled = { ...settled, unsettled: settled.unsettled.union(hurried) };
      const now = await retractions.read(until(shares.suppressed));
      asked = without(again(asked, made.changes, applied, isFirst, known, now), hurried);
      known = now;
    }
    return settled;
  } catch (error) {
    noteFailure(error);
    return { ...settled, unsettled: peopleOf(first) };
  }
}

/** Most time that is kept for the look after a round of writing, in milliseconds. */
const LOOK = 2000;

function together(before: Settled, applied: Applied, unread: ReadonlySet<string>): Settled {
  return {
    changed: before.changed.union(applied.changed),
    // Whom the second look has let go was never suppressed, as far as anybody could see.
    suppressed: before.suppressed.difference(applied.changed).union(applied.suppressed),
    refused: new Map([...before.refused, ...applied.refused]),
    unsettled: before.unsettled.union(applied.failed).union(unread),
  };
}

/** Of whom to look again: whose series was proved, or changed; at first also whose evidence a newer retraction takes back. */
function again(
  asked: Asked,
  changes: ReadonlyMap<string, Change>,
  { changed }: Applied,
  isFirst: boolean,
  before: RetractionList,
  now: RetractionList,
): Asked {
  const proved = [...changes].flatMap(([recipient, change]) => (provenAt(change).length > 0 ? [recipient] : []));
  const touched = [...asked.judgements]
    .map(([recipient, own]) => [recipient, touchedBy(own, now.retractions)] as const)
    .filter(([, keys]) => keys.size > 0);
  return {
    judgements: new Map(),
    series: asked.series
      .union(asked.retracted)
      .intersection(changed)
      .union(new Set(isFirst ? proved : [])),
    retracted: new Map(now.version === before.version ? [] : touched),
  };
}

/** What is asked of others than these people. */
export const without = ({ judgements, series, retracted }: Asked, people: ReadonlySet<string>): Asked => ({
  judgements: new Map([...judgements].filter(([recipient]) => !people.has(recipient))),
  series: series.difference(people),
  retracted: new Map([...retracted].filter(([recipient]) => !people.has(recipient))),
});

/** Times of the soft bounces that completed a series. */
const provenAt = ({ judgements }: Change): readonly number[] =>
  judgements.flatMap(({ reason, mark }) => (restsOnSeries(reason, mark) ? [Date.parse(mark.at)] : []));

/**
 * Waits until deliveries before a proved series, which need no look where they are prompt, are recorded.
 * @returns those for whose series there is no time to wait
 */
async function untilRecorded(changes: ReadonlyMap<string, Change>, deadline: EpochMs): Promise<Set<string>> {
  const now = Date.now();
  const waits = [...changes].map(
    ([recipient, change]) => [recipient, Math.max(0, ...provenAt(change).map((at) => at + PROMPT - now))] as const,
  );
  const hurried = new Set(waits.flatMap(([recipient, wait]) => (now + wait > deadline ? [recipient] : [])));
  if (hurried.size > 0) noteFailure('no time to look at a series again');
  const wait = Math.max(0, ...waits.flatMap(([recipient, each]) => (hurried.has(recipient) ? [] : [each])));
  if (wait > 0) await pause(wait);
  return hurried;
}
