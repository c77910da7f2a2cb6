import type { Tally } from '../../aws/telemetry.ts';
import { HEARTBEAT_SOURCE, type RuntimeConfig } from '../../contract/config.ts';
import type { EventType } from '../../contract/event/types.ts';
import { BATCH_FACTS, blockedFact, type RequestOutcome, rateFact, requestsFact } from '../../contract/logs.ts';
import { METRICS, type MetricName } from '../../contract/metrics.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import { mailboxOperator, mayComplain, OTHER_OPERATOR } from '../../domain/mailbox-operators.ts';
import { rateCount, rounded } from '../../domain/rates.ts';
import type { RecordedEvent, Stored } from './record.ts';
import type { Suppressed } from './suppress.ts';

/** What became of a batch. */
export interface Outcome {
  readonly stored: Pick<Stored, 'events' | 'at'>;
  /** Events that were refused, by source. */
  readonly forged: ReadonlyMap<string, number>;
  readonly folded: Pick<Suppressed, 'changed' | 'suppressed' | 'unjudged'>;
  /** Lines that the archive did not take now. */
  readonly unarchived: number;
  readonly deadLetters: number;
  readonly failedMessages: number;
  readonly requests?: ReadonlyMap<string, RequestOutcome>;
  readonly tableFailures: { readonly throttled: number; readonly other: number };
}

type TallyConfig = Pick<RuntimeConfig, 'countEngagement' | 'sources' | 'unsubscribe'>;

/**
 * Counts of one batch. Live events only: a replay must not look like traffic, nor what was
 * fetched from an ESP's API (a webhook that is silent stays silent), nor an operator's act, nor our own heartbeat. One metrics
 * line per batch and source, none per event. Each metric has its price, so what no alarm needs is a plain fact of the first line:
 * events by type, blocks by operator, the slowest event.
 */
export function tallyOf(outcome: Outcome, config: TallyConfig): Tally {
  const { stored, forged, folded, unarchived, deadLetters, failedMessages, requests, tableFailures } = outcome;
  const live = stored.events.filter(isCounted);
  const people = new Set(live.flatMap(({ event }) => event.recipient ?? []));
  const fresh = live.filter(({ outcome: ended }) => ended === 'new').map(({ event }) => event);
  const byKind = eventCounts(fresh, config);
  const counts = new Map<MetricName, number>([
    [METRICS.duplicates, live.length - fresh.length],
    ...byKind,
    [METRICS.unknownEvents, (byKind.get(METRICS.unknownEvents) ?? 0) + folded.unjudged],
    [METRICS.suppressionChanges, folded.changed],
    [METRICS.newSuppressions, folded.suppressed.intersection(people).size],
    [METRICS.archiveRefused, unarchived],
    [METRICS.deadLettered, deadLetters],
    [METRICS.failedMessages, failedMessages],
    [METRICS.tableFailures, tableFailures.throttled + tableFailures.other],
  ]);
  return {
    bySource: bySource(live.filter(showsLife(config.sources, stored.at)), forged),
    overall: Object.fromEntries([...counts].filter(([, count]) => count > 0)),
    facts: {
      ...eventFacts(fresh, stored.at),
      ...(requests && requests.size > 0 && { [BATCH_FACTS.requests]: requestsFact(requests) }),
      ...(folded.unjudged > 0 && { [BATCH_FACTS.unjudged]: folded.unjudged }),
      ...(tableFailures.throttled > 0 && { [BATCH_FACTS.throttled]: tableFailures.throttled }),
    },
  };
}

function bySource(alive: readonly RecordedEvent[], forged: ReadonlyMap<string, number>): Tally['bySource'] {
  const events = Map.groupBy(alive, ({ event }) => event.source);
  return new Map(
    [...new Set([...events.keys(), ...forged.keys()])].map((source) => {
      const [own, refused] = [events.get(source), forged.get(source)];
      const counts = {
        ...(own && { [METRICS.stored]: own.length }),
        ...(refused !== undefined && { [METRICS.refused]: refused }),
      };
      return [source, { counts, facts: rateFacts(own ?? []) }];
    }),
  );
}

/** How old the repetition of an event may be that another channel reported first. */
const TOLD_TWICE_WITHIN = 3600_000;

/**
 * What shows that a source is alive: events that had not come before. Whoever caught a request can send it again for ever, and must not so
 * hide that the ESP has fallen silent. A source that shares its events with others may always come second: there a repetition counts
 * while its event is young.
 */
function showsLife(sources: RuntimeConfig['sources'], now: EpochMs): (event: RecordedEvent) => boolean {
  const groupOf = (source: string): string => sources[source]?.dedupeGroup ?? source;
  const members = Map.groupBy(Object.keys(sources), groupOf);
  const shares = (source: string): boolean => (members.get(groupOf(source))?.length ?? 0) > 1;
  const isYoung = (at: string | undefined): boolean => at !== undefined && now - Date.parse(at) < TOLD_TWICE_WITHIN;
  return ({ event: { source, occurredAt }, outcome }) => outcome === 'new' || (shares(source) && isYoung(occurredAt));
}

/** Live events that are stored: no replay, nothing fetched from an ESP's API, no heartbeat. */
export const isCounted = ({ message: { message }, outcome }: RecordedEvent): boolean =>
  message?.origin === 'live' &&
  message.channel !== 'api' &&
  message.source !== HEARTBEAT_SOURCE &&
  (outcome === 'new' || outcome === 'seen');

/** The metric of each type; none where no alarm needs one: then it is a fact of the line and costs nothing. */
const METRIC_OF: Readonly<Record<EventType, MetricName | undefined>> = {
  accepted: undefined,
  delivered: METRICS.delivered,
  deferred: undefined,
  // By class, below.
  bounced: undefined,
  dropped: undefined,
  opened: METRICS.opens,
  clicked: METRICS.clicks,
  // By the people it may be of, below.
  complained: undefined,
  // Where there is a page for it, below.
  unsubscribed: undefined,
  resubscribed: undefined,
  inbound: undefined,
  unknown: METRICS.unknownEvents,
  suppressed: undefined,
  lifted: undefined,
};

/** What is counted of events the first time they arrive. */
function eventCounts(
  events: readonly NormalisedEvent[],
  { countEngagement, unsubscribe }: TallyConfig,
): Map<MetricName, number> {
  const counts = new Map<MetricName, number>();
  const count = (metric: MetricName | undefined, by = 1): void => {
    if (metric !== undefined) counts.set(metric, (counts.get(metric) ?? 0) + by);
  };
  for (const event of events) {
    const { type, bounceClass, machine } = event;
    // An ESP that repeats its own list says nothing of what happened: what put an address there was an event of its own.
    if (event.echo) continue;
    if (type !== 'opened' && type !== 'clicked') count(METRIC_OF[type]);
    else if (countEngagement && machine !== true) count(METRIC_OF[type]);
    if (type === 'unsubscribed' && unsubscribe) count(METRICS.unsubscribes);
    if (type === 'bounced' && bounceClass === 'hard') count(METRICS.hardBounces);
    if (type === 'complained') count(METRICS.complaints, rateCount(event)?.[1]);
    if (blockedBy(event) !== undefined) count(METRICS.mailboxBlocks);
    if (type === 'delivered' && mayComplain(event.recipient ?? '')) count(METRICS.deliveredReporting);
  }
  return new Map([...counts].map(([metric, sum]) => [metric, rounded(sum)]));
}

/** New events of one source by kind and mailbox operator. */
function rateFacts(events: readonly RecordedEvent[]): Record<string, number> {
  const facts: Record<string, number> = {};
  for (const { event, outcome } of events) {
    const [kind, count] = (outcome === 'new' && rateCount(event)) || [];
    if (kind === undefined) continue;
    const fact = rateFact(kind, mailboxOperator(event.recipient ?? '') ?? OTHER_OPERATOR);
    facts[fact] = (facts[fact] ?? 0) + (count ?? 0);
  }
  return Object.fromEntries(Object.entries(facts).map(([fact, sum]) => [fact, rounded(sum)]));
}

/** The mailbox operator that refused a mail because of sender, content or policy, where it is one of the large ones. */
const blockedBy = ({ type, bounceClass, recipient = '' }: NormalisedEvent): string | undefined =>
  type === 'bounced' && bounceClass === 'block' ? mailboxOperator(recipient) : undefined;

function eventFacts(events: readonly NormalisedEvent[], storedAt: EpochMs): Record<string, number> {
  const facts: Record<string, number> = {};
  const note = (fact: string): void => {
    facts[fact] = (facts[fact] ?? 0) + 1;
  };
  const slowest = (fact: string, ms: number): void => {
    facts[fact] = Math.max(facts[fact] ?? 0, ms);
  };
  for (const event of events) {
    note(event.type);
    const operator = blockedBy(event);
    if (operator !== undefined) note(blockedFact(operator));
    const received = Date.parse(event.receivedAt);
    slowest(BATCH_FACTS.slowestStoredMs, storedAt - received);
    if (event.occurredAt !== undefined) slowest(BATCH_FACTS.slowestEspMs, received - Date.parse(event.occurredAt));
  }
  return facts;
}
