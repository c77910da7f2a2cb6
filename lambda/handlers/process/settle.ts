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

/**
 * Brings the entries up to date, and looks again at what may have changed meanwhile: a delivery or another soft bounce that was recorded
 * between the look at a series and the write, a retraction made in between. Whoever comes after the last look sees what was written.
 */
export async function settle(
  { judgements, fresh, series, deliveries, retracted }: Judged,
  policy: PolicyOf,
  { events, list, retractions }: Stores,
  shares: Pick<Shares, 'judged' | 'suppressed'>,
  quiet: ReadonlySet<string>,
): Promise<Settled> {
  const concerned = new Set([...judgements.keys(), ...series, ...retracted.keys(), ...deliveries.keys()]);
  let settled: Settled = { changed: new Set(), suppressed: new Set(), refused: new Map(), unsettled: new Set() };
  const signal = until(shares.judged);
  try {
    const broken = await contradicted(deliveries, list, signal);
    let asked: Asked = { judgements, series: series.union(broken), retracted };
    if (isEmpty(asked)) return settled;
    let known = await retractions.known(signal);
    // What is taken back may be forgotten by now: where it matters, the list of this moment decides.
    if (retracted.size > 0 || known.retractions.length > 0) known = await retractions.read(signal);
    for (let look = 0; !isEmpty(asked); look++) {
      const isFirst = look === 0;
      const made = await changesOf(
        asked,
        policy,
        known.retractions,
        events,
        isFirst ? signal : until(shares.suppressed),
      );
      const isNew = isFirst
        ? fresh.intersection(new Set(made.changes.keys())).difference(retracted)
        : new Set<string>();
      // Some time stays for the look after it: one entry that is throttled must not make the others doubtful.
      const kept = Math.min(LOOK, (shares.suppressed - Date.now()) / 5);
      const applied = await list.apply(made.changes, shares.suppressed - kept, { quiet, fresh: isNew });
      settled = together(settled, applied, made.unread);
      if (made.changes.size === 0) break;
      await untilRecorded(made.changes, shares.suppressed);
      const now = await retractions.read(until(shares.suppressed));
      asked = again(asked, made.changes, applied, isFirst, known, now);
      known = now;
    }
    return settled;
  } catch (error) {
    noteFailure(error);
    return { ...settled, unsettled: concerned };
  }
}

/** Most time that is kept for the look after a round of writing, in milliseconds. */
const LOOK = 2000;

const isEmpty = ({ judgements, series, retracted }: Asked): boolean =>
  judgements.size + series.size + retracted.size === 0;

function together(before: Settled, applied: Applied, unread: ReadonlySet<string>): Settled {
  return {
    changed: before.changed.union(applied.changed),
    // Whom the second look has let go was never suppressed, as far as anybody could see.
    suppressed: before.suppressed.difference(applied.changed).union(applied.suppressed),
    refused: new Map([...before.refused, ...applied.refused]),
    unsettled: before.unsettled.union(applied.failed).union(unread),
  };
}

/** Of people with a late delivery those whom a series suppresses that it may have broken. */
async function contradicted(
  deliveries: ReadonlyMap<string, string>,
  list: SuppressionStore,
  signal: AbortSignal,
): Promise<Set<string>> {
  if (deliveries.size === 0) return new Set();
  const entries = await list.reasonsOf([...deliveries.keys()], signal);
  const broken = [...entries].filter(([recipient, reasons]) =>
    reasons.soft_bounces?.some(
      (mark) => restsOnSeries('soft_bounces', mark) && mark.at > (deliveries.get(recipient) ?? ''),
    ),
  );
  return new Set(broken.map(([recipient]) => recipient));
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

/** Times of the soft bounces that completed a series. */
const provenAt = ({ judgements }: Change): readonly number[] =>
  judgements.flatMap(({ reason, mark }) => (restsOnSeries(reason, mark) ? [Date.parse(mark.at)] : []));

/** Waits until deliveries before a proved series, which need no look where they are prompt, are recorded. @throws where there is no time */
async function untilRecorded(changes: ReadonlyMap<string, Change>, deadline: EpochMs): Promise<void> {
  const wait = Math.max(0, ...[...changes.values()].flatMap(provenAt).map((at) => at + PROMPT - Date.now()));
  if (Date.now() + wait > deadline) throw new Error('no time to look at a series again');
  if (wait > 0) await pause(wait);
}
