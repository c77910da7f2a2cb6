import type { PolicyConfig } from '../../contract/config.ts';
import type { Iso } from '../../contract/units.ts';
import type { BounceClass, EventType } from '../event/event.ts';
import { OPERATOR } from './operator.ts';
import { type Judgement, type Mark, untilAfter } from './suppression.ts';

/** What a recipient's history says about one event, as far as soft bounces are concerned. */
export interface PastEvent {
  /** The time by which it counts in a series, at most that of its arrival: ISO 8601 UTC with milliseconds. */
  readonly at: Iso;
  readonly fingerprint: string;
  readonly type: EventType;
  readonly bounceClass?: BounceClass;
  readonly autoReply?: boolean;
  readonly recipientAltered?: boolean;
  readonly messageId?: string;
  readonly source: string;
  readonly providerEvent: string;
}

const DAY = 86_400_000;

/** Whether this event can complete a series of soft bounces. An out-of-office reply is no bounce of the mailbox. */
export const isSoftBounce = (
  event: Pick<PastEvent, 'type' | 'bounceClass' | 'autoReply' | 'recipientAltered'>,
): boolean => event.type === 'bounced' && event.bounceClass === 'soft' && !event.autoReply;

/**
 * Judges each soft bounce of a history at its own event time: with N distinct messages bounced in the window that ends with it, and no
 * delivery between, it suppresses. Never a counter, the order of arrival or the clock: an event that arrives late judges those after it
 * again, and comes to the same as if it had come in time.
 * @param policyOf the policy of a source.
 */
export function judgeSoftBounces(
  history: readonly PastEvent[],
  policyOf: (source: string) => PolicyConfig,
): Judgement[] {
  const newestFirst = history
    .filter((event) => !event.recipientAltered && (isSoftBounce(event) || event.type === 'delivered'))
    // Of one moment the bounces come first: a delivery ends the series before it, not those beside it.
    .sort((a, b) => (a.at > b.at ? -1 : a.at < b.at ? 1 : Number(!isSoftBounce(a)) - Number(!isSoftBounce(b))));
  return newestFirst.flatMap((event, index) => {
    const { messages, windowDays, suppressDays } = policyOf(event.source).softBounces;
    if (!isSoftBounce(event) || messages === 0) return [];
    const series = new Set<string>();
    // Bounces of the very same moment belong to the series too, wherever they stand.
    let from = index;
    while (newestFirst[from - 1]?.at === event.at) from -= 1;
    for (let at = from; at < newestFirst.length && series.size < messages; at++) {
      const past = newestFirst[at] as PastEvent;
      if (past.type === 'delivered' && past.at < event.at) break;
      if (Date.parse(event.at) - Date.parse(past.at) >= windowDays * DAY) break;
      if (isSoftBounce(past)) series.add(past.messageId ?? past.fingerprint);
    }
    return series.size >= messages ? [judgement(event, suppressDays)] : [];
  });
}

/** Whether a mark was set by a series of soft bounces, and not by hand. */
export const restsOnSeries = (key: string, { until, source }: Mark): boolean =>
  key === 'soft_bounces' && until > 0 && source !== OPERATOR;

const judgement = (event: PastEvent, suppressDays: number): Judgement => ({
  reason: 'soft_bounces',
  mark: {
    at: event.at,
    until: untilAfter(event.at, suppressDays),
    fingerprint: event.fingerprint,
    source: event.source,
    event: event.providerEvent,
  },
});
