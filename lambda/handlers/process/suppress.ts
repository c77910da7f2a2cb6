import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '../../aws/dynamodb/events.ts';
import type { RetractionList, RetractionStore } from '../../aws/dynamodb/retractions.ts';
import { noteFailure } from '../../aws/dynamodb/statements.ts';
import type { Applied, SuppressionStore } from '../../aws/dynamodb/suppression.ts';
import { until } from '../../aws/effort.ts';
import type { RuntimeConfig } from '../../contract/config.ts';
import type { PolicyOf } from '../../domain/history.ts';
import { restsOnSeries } from '../../domain/soft-bounces.ts';
import { type Change, type Judgement, MAX_SCOPES } from '../../domain/suppression.ts';
import { type Asked, asFirstArrived, changesOf, touches } from './changes.ts';
import { type Judged, judgeEvents, PROMPT, policyOf } from './judge.ts';
import type { Opened, Poison } from './opened.ts';
import { modeOf, type RecordedEvent, type Stored } from './record.ts';
import { divide, type Passed, type Shares } from './step.ts';

export interface Suppressed extends Passed {
  /** Recipients whose suppression changed. */
  readonly changed: number;
  /** Those of them who could be mailed before and cannot now, replays apart. */
  readonly suppressed: ReadonlySet<string>;
  /** Events of kinds that suppress, and that nobody could be held to, for lack of a time or a recipient. */
  readonly unjudged: number;
}

/** Where it is read and written. */
export interface Stores {
  readonly events: EventStore;
  readonly list: SuppressionStore;
  readonly retractions: RetractionStore;
}

/** Folds what the events prove. Fails the messages of recipients whose suppression could not be settled this time. */
export async function suppress(
  { messages, events, at }: Stored,
  config: RuntimeConfig,
  stores: Stores,
  shares: Pick<Shares, 'judged' | 'suppressed'>,
): Promise<Suppressed> {
  const { arrived, unknown } = await asFirstArrived(events, stores.events, until(shares.judged));
  const judged = judgeEvents(arrived, config, at);
  const live = new Set(arrived.flatMap(({ message, event }) => (modeOf(message).quiet ? [] : (event.recipient ?? []))));
  const concerned = new Set([...judged.judgements.keys(), ...judged.series, ...judged.retracted]);
  const quiet = new Set([...concerned, ...judged.deliveries.keys()].filter((recipient) => !live.has(recipient)));
  const settled = await settle(judged, policyOf(config), stores, shares, quiet);
  const passed = passedOn(messages, arrived, settled.unsettled.union(unknown), settled.refused);
  return {
    ...passed,
    changed: settled.changed.size,
    suppressed: settled.suppressed.difference(quiet),
    unjudged: judged.unjudged,
  };
}

/** What became of the people concerned. */
interface Settled extends Omit<Applied, 'failed'> {
  readonly unsettled: ReadonlySet<string>;
}

/**
 * Brings the entries up to date, then looks a second time at what may have changed meanwhile: a delivery that was recorded between the
 * look at a series and the write, a retraction made in between. Whoever comes after that second look sees what was written.
 */
async function settle(
  judged: Judged,
  policy: PolicyOf,
  { events, list, retractions }: Stores,
  shares: Pick<Shares, 'judged' | 'suppressed'>,
  quiet: ReadonlySet<string>,
): Promise<Settled> {
  const { judgements, retracted } = judged;
  const concerned = new Set([...judgements.keys(), ...judged.series, ...retracted, ...judged.deliveries.keys()]);
  let settled: Settled = { changed: new Set(), suppressed: new Set(), refused: new Map(), unsettled: new Set() };
  if (concerned.size === 0) return settled;
  const signal = until(shares.judged);
  try {
    const series = judged.series.union(await contradicted(judged.deliveries, list, signal));
    if (judgements.size + series.size + retracted.size === 0) return settled;
    const before = await (retracted.size > 0 ? retractions.read(signal) : retractions.known(signal));
    const asked = { judgements, series, retracted };
    const first = await changesOf(asked, policy, before.retractions, events, signal);
    const fresh = judged.fresh.intersection(new Set(first.changes.keys())).difference(retracted);
    const applied = await list.apply(first.changes, shares.suppressed, { quiet, fresh });
    settled = { ...applied, unsettled: applied.failed.union(first.unread) };
    if (first.changes.size === 0) return settled;

    const again = await secondLook(first.changes, judgements, before, retractions, shares.suppressed);
    const late = await changesOf(again, policy, again.retractions, events, until(shares.suppressed));
    const mended = await list.apply(late.changes, shares.suppressed, { quiet });
    return {
      changed: applied.changed.union(mended.changed),
      suppressed: applied.suppressed.difference(mended.changed).union(mended.suppressed),
      refused: new Map([...applied.refused, ...mended.refused]),
      unsettled: settled.unsettled.union(late.unread).union(mended.failed),
    };
  } catch (error) {
    noteFailure(error);
    return { ...settled, unsettled: concerned };
  }
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

/** Whose change may have been overtaken. Waits until deliveries that needed no look are recorded; @throws where the time is too short */
async function secondLook(
  changes: ReadonlyMap<string, Change>,
  judgements: ReadonlyMap<string, readonly Judgement[]>,
  before: RetractionList,
  store: RetractionStore,
  deadline: number,
): Promise<Asked & RetractionList> {
  const proven = [...changes].flatMap(([recipient, change]) =>
    change.judgements
      .filter(({ reason, mark }) => restsOnSeries(reason, mark))
      .map(({ mark }) => ({ recipient, ends: Date.parse(mark.at) + PROMPT })),
  );
  const wait = Math.max(0, ...proven.map(({ ends }) => ends - Date.now()));
  if (Date.now() + wait > deadline) throw new Error('no time to look at a series again');
  if (wait > 0) await pause(wait);
  const now = await store.read(until(deadline));
  const retracted =
    now.version === before.version
      ? []
      : [...judgements].filter(([, own]) => touches(own, now.retractions)).map(([recipient]) => recipient);
  return {
    ...now,
    judgements: new Map(),
    series: new Set(proven.map(({ recipient }) => recipient)),
    retracted: new Set(retracted),
  };
}

/** Messages go on without what will never find room, and go back whole where somebody's suppression is not settled. */
function passedOn(
  messages: readonly Opened[],
  events: readonly RecordedEvent[],
  unsettled: ReadonlySet<string>,
  refused: Applied['refused'],
): Passed {
  const ids = new Set<string>();
  const full = new Map<string, Poison[]>();
  for (const { message, event, raw } of events) {
    if (event.recipient === undefined) continue;
    if (unsettled.has(event.recipient)) ids.add(message.messageId);
    if (!refused.get(event.recipient)?.some(({ mark }) => mark.fingerprint === event.fingerprint)) continue;
    const letters = full.get(message.messageId) ?? [];
    full.set(message.messageId, [...letters, { reason: 'refused-by-table', detail: FULL, raw }]);
  }
  const { messages: going, failed } = divide(messages, new Set(messages.filter(({ messageId }) => ids.has(messageId))));
  return {
    messages: going.map((opened) => {
      const letters = full.get(opened.messageId);
      return letters ? { ...opened, poison: [...opened.poison, ...letters] } : opened;
    }),
    failed,
  };
}

const FULL = `The entry of its recipient on the list has no room for it: ${MAX_SCOPES} lists, or 400 KB.`;
