import type { PolicyConfig } from '../../contract/config.ts';
import { EVENT_TYPES, type EventType, type NormalisedEvent } from '../event/event.ts';
import { countedAt } from '../event/time.ts';
import { judge } from './policy.ts';
import { type Retraction, retractionOf } from './retraction.ts';
import { judgeSoftBounces, type PastEvent, restsOnSeries } from './soft-bounces.ts';
import { type Change, type Judgement, reasonKey } from './suppression.ts';

/** The policy of a source. */
export type PolicyOf = (source: string) => PolicyConfig;

/** What the events of each type decide in a history: a series of soft bounces, or what one may have outlasted; a reason alone; nothing. */
const DECIDES: Readonly<Record<EventType, 'series' | 'alone' | 'nothing'>> = {
  accepted: 'nothing',
  delivered: 'series',
  deferred: 'nothing',
  bounced: 'series',
  dropped: 'alone',
  opened: 'nothing',
  clicked: 'nothing',
  complained: 'alone',
  unsubscribed: 'alone',
  resubscribed: 'alone',
  inbound: 'nothing',
  unknown: 'nothing',
  suppressed: 'series',
  lifted: 'alone',
};

/** The types of a history that decide a series of soft bounces, and what a series may have outlasted. */
export const SERIES_TYPES: readonly EventType[] = EVENT_TYPES.filter((type) => DECIDES[type] === 'series');

/** The types of a history that decide anything. */
export const DECIDING_TYPES: readonly EventType[] = EVENT_TYPES.filter((type) => DECIDES[type] !== 'nothing');

/**
 * What a person's recorded soft bounces and deliveries make of the entry: what they prove comes, and what rests on one of them and is not
 * proved goes, because a delivery has arrived late; what it outlasted, and was put there by hand, comes back. What rests on events that the
 * table has forgotten stays.
 */
export function seriesChange(
  history: readonly NormalisedEvent[],
  policyOf: PolicyOf,
  retractions: readonly Retraction[],
): Change {
  const told = new Set(history.map(({ fingerprint }) => fingerprint));
  const proved = judgeSoftBounces(standing(history, retractions), policyOf);
  return {
    judgements: [...proved, ...withoutRetracted(softBouncesByHand(history, policyOf), retractions)],
    withdraws: (key, mark) => restsOnSeries(key, mark) && told.has(mark.fingerprint),
  };
}

/**
 * What a person's whole recorded history proves of some reasons, without that which is retracted. What is retracted goes; what it outlasted,
 * and so was not kept, comes back, for as long as the policy says now.
 * @param keys the reasons, as the entry names them; others are not judged anew, because the policy may have changed since
 */
export function reconsidered(
  history: readonly NormalisedEvent[],
  policyOf: PolicyOf,
  retractions: readonly Retraction[],
  keys: ReadonlySet<string>,
): Change {
  const series = seriesChange(history, policyOf, retractions);
  const single = history.flatMap((event) => judge(event, policyOf(event.source)).judgement ?? []);
  const standing = [...withoutRetracted(single, retractions), ...series.judgements];
  return {
    judgements: standing.filter(({ reason, scope }) => keys.has(reasonKey(reason, scope))),
    withdraws: (key, mark) =>
      keys.has(key) && (series.withdraws?.(key, mark) === true || retractionOf(key, mark, retractions) !== undefined),
  };
}

export const withoutRetracted = (
  judgements: readonly Judgement[],
  retractions: readonly Retraction[],
): readonly Judgement[] =>
  retractions.length === 0
    ? judgements
    : judgements.filter(({ reason, scope, mark }) => !retractionOf(reasonKey(reason, scope), mark, retractions));

const softBouncesByHand = (history: readonly NormalisedEvent[], policyOf: PolicyOf): Judgement[] =>
  history
    .filter(({ type, reason }) => type === 'suppressed' && reason === 'soft_bounces')
    .flatMap((event) => judge(event, policyOf(event.source)).judgement ?? []);

/** A history as series see it; a soft bounce that is retracted never was, a delivery is believed. */
function standing(history: readonly NormalisedEvent[], retractions: readonly Retraction[]): PastEvent[] {
  const past = history.flatMap((event) => pastEvent(event) ?? []);
  return past.filter(
    (event) => event.type === 'delivered' || !retractionOf('soft_bounces', { ...event, until: 1 }, retractions),
  );
}

/** An event as one of a series, in which no time lies after its arrival; undefined where it has none. */
export function pastEvent(event: NormalisedEvent): PastEvent | undefined {
  if (event.occurredAt === undefined) return undefined;
  return { ...event, at: countedAt(event.occurredAt, event.receivedAt, 0) };
}
