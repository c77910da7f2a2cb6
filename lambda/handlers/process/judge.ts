import { findSource } from '../../aws/config.ts';
import type { RuntimeConfig } from '../../contract/config.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import { countedAt } from '../../domain/event/time.ts';
import type { PolicyOf } from '../../domain/suppression/history.ts';
import { judge } from '../../domain/suppression/policy.ts';
import { isSoftBounce } from '../../domain/suppression/soft-bounces.ts';
import { type Judgement, reasonKey } from '../../domain/suppression/suppression.ts';
import type { RecordedEvent } from './record.ts';

/** What single events of a batch prove, and of whom more has to be read before it is known. */
export interface Judged {
  /** What to fold, by recipient. */
  readonly judgements: ReadonlyMap<string, readonly Judgement[]>;
  /** Recipients of whom this is probably the first that is heard: nothing but new evidence, no echo, no lift. */
  readonly fresh: ReadonlySet<string>;
  /** Recipients whose series of soft bounces may have changed. */
  readonly series: ReadonlySet<string>;
  /** Recipients with a delivery that may have come after a soft bounce which it precedes, and the earliest time of one. */
  readonly deliveries: ReadonlyMap<string, string>;
  /** Recipients of whom a retraction takes something back, and of which reasons. */
  readonly retracted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Live events of kinds that suppress, and that nobody could be held to, for lack of a time or a recipient. */
  readonly unjudged: number;
}

/** A delivery that was recorded so soon after its time needs no look: whoever judges a soft bounce waits for so long (milliseconds). */
export const PROMPT = 2000;

/** The policy of a source: the stack's, with what the source sets differently. Made once for each, and asked for with every event. */
export function policyOf(config: RuntimeConfig): PolicyOf {
  const made = new Map<string, ReturnType<PolicyOf>>();
  return (source) => {
    const known = made.get(source);
    if (known) return known;
    const policy = { ...config.policy, ...findSource(config, source)?.policy };
    made.set(source, policy);
    return policy;
  };
}

/**
 * What recorded events prove, of new ones and of those recorded before (a crash may have come between record and effect). An event
 * that could not be recorded waits for its retry.
 * @param at when the events had been recorded, epoch milliseconds
 */
export function judgeEvents(events: readonly RecordedEvent[], config: RuntimeConfig, at: EpochMs): Judged {
  const policy = policyOf(config);
  const counted = Object.keys(config.sources).some((source) => policy(source).softBounces.messages > 0);
  const judgements = new Map<string, Judgement[]>();
  const known = new Set<string>();
  const series = new Set<string>();
  const deliveries = new Map<string, string>();
  const retracted = new Map<string, Set<string>>();
  let unjudged = 0;
  for (const { message, event, outcome } of events) {
    if (outcome !== 'new' && outcome !== 'seen') continue;
    const { recipient, occurredAt } = event;
    const { judgement, spared } = judge(event, policy(event.source));
    const isFirst = outcome === 'new' && message.message?.origin === 'live';
    if (isFirst && (spared === 'no-recipient' || spared === 'no-time')) unjudged++;
    if (recipient === undefined || occurredAt === undefined || event.recipientAltered) continue;
    if (judgement) append(judgements, recipient, judgement);
    if (outcome === 'seen' || judgement?.mark.echo || judgement?.mark.until === 0) known.add(recipient);
    // Also where its own source's policy says never: it is one of a series of the other sources.
    if (counted && isSoftBounce(event)) series.add(recipient);
    if (event.retraction !== undefined && event.reason)
      addTo(retracted, recipient, reasonKey(event.reason, event.scope));
    if (counted && event.type === 'delivered' && (outcome === 'seen' || !isPrompt(event, at))) {
      const counted = countedAt(occurredAt, event.receivedAt, 0);
      const earliest = deliveries.get(recipient);
      if (earliest === undefined || counted < earliest) deliveries.set(recipient, counted);
    }
  }
  const fresh = new Set(
    [...judgements.keys(), ...series].filter((recipient) => !known.has(recipient) && !retracted.has(recipient)),
  );
  return { judgements, fresh, series, deliveries, retracted, unjudged };
}

function isPrompt({ occurredAt = '' }: NormalisedEvent, at: EpochMs): boolean {
  const age = at - Date.parse(occurredAt);
  return age >= 0 && age < PROMPT;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function addTo(sets: Map<string, Set<string>>, key: string, item: string): void {
  const set = sets.get(key);
  if (set) set.add(item);
  else sets.set(key, new Set([item]));
}
