import type { PolicyConfig } from '../contract/config.ts';
import type { BounceClass, EventType } from './event.ts';
import { type Judgement, untilAfter } from './suppression.ts';

/** What a recipient's history says about one event, as far as soft bounces are concerned. */
export interface PastEvent {
  /** Event time, ISO 8601 UTC with milliseconds. */
  readonly at: string;
  readonly fingerprint: string;
  readonly type: EventType;
  readonly bounceClass?: BounceClass;
  readonly autoReply?: boolean;
  readonly messageId?: string;
  readonly source: string;
  readonly providerEvent: string;
}

const DAY = 86_400_000;

/** Whether this event can complete a series of soft bounces. An out-of-office reply is no bounce of the mailbox. */
export const isSoftBounce = (event: Pick<PastEvent, 'type' | 'bounceClass' | 'autoReply'>): boolean =>
  event.type === 'bounced' && event.bounceClass === 'soft' && !event.autoReply;

/** The stretch of history that decides all series in which soft bounces between these times take part, in ISO 8601. */
export function historyWindow(
  earliest: string,
  latest: string,
  windowDays: number,
): { readonly from: string; readonly to: string } {
  return {
    from: new Date(Date.parse(earliest) - windowDays * DAY).toISOString(),
    to: new Date(Date.parse(latest) + windowDays * DAY).toISOString(),
  };
}

/**
 * Judges each soft bounce of a history at its own event time: with N distinct messages bounced in the window that ends with it, and no
 * delivery between, it suppresses. Never a counter, the order of arrival or the clock: an earlier bounce that arrives late judges
 * those after it again, and comes to the same as if it had come in time.
 * @param policyOf the policy of a source.
 */
export function judgeSoftBounces(
  history: readonly PastEvent[],
  policyOf: (source: string) => PolicyConfig,
): Judgement[] {
  const newestFirst = [...history].sort((a, b) =>
    a.at > b.at ? -1 : a.at < b.at ? 1 : a.fingerprint < b.fingerprint ? -1 : 1,
  );
  return newestFirst.flatMap((event, index) => {
    const { messages, windowDays, suppressDays } = policyOf(event.source).softBounces;
    if (!isSoftBounce(event) || messages === 0) return [];
    const series = new Set<string>();
    for (const past of newestFirst.slice(index)) {
      if (past.type === 'delivered' && past.at < event.at) break;
      if (Date.parse(event.at) - Date.parse(past.at) >= windowDays * DAY) break;
      if (isSoftBounce(past)) series.add(past.messageId ?? past.fingerprint);
    }
    // Bounces of the very same moment stand after it in the list but belong to its series.
    for (const twin of newestFirst.slice(0, index))
      if (twin.at === event.at && isSoftBounce(twin)) series.add(twin.messageId ?? twin.fingerprint);
    return series.size >= messages ? [judgement(event, suppressDays)] : [];
  });
}

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
