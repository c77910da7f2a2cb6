import type { Iso } from './units.ts';

/**
 * What travels on the delivery queue, and unchanged into the dead-letter queue. Readers accept every version listed here, so that
 * messages written before an upgrade are processed after it, and the other way round.
 */
export const MESSAGE_VERSION = 1;

type Origin = 'live' | 'replay' | 'operator';
export type Channel = 'https' | 'sns' | 'eventbridge' | 'operator' | 'api';

export interface DeliveryMessage {
  readonly v: typeof MESSAGE_VERSION;
  readonly source: string;
  readonly channel: Channel;
  /** ISO 8601, UTC, milliseconds. */
  readonly receivedAt: Iso;
  readonly requestId: string;
  readonly origin: Origin;
  /** What the request's headers said and its body does not, such as a delivery id. */
  readonly meta?: Readonly<Record<string, string>>;
  /** How a replayed message differs from plain live ones; absent on all others. */
  readonly replay?: ReplayWish;
  /**
   * Each raw event exactly as received: JSON objects as they stood in the body, anything else as a string of its text. EventBridge's
   * transformer can only put the event into a member of its own: it writes one `event` instead.
   */
  readonly events: readonly string[];
}

export interface ReplayWish {
  /** Publish what changes, although it is a replay. */
  readonly publish?: true;
  /** Write events anew over their records, for a mapping that was mended. */
  readonly rewrite?: true;
}

export type Envelope = Omit<DeliveryMessage, 'events' | 'v'>;

/** Most of one message, in bytes of UTF-8: SQS bills each started 64 KB. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
/** What SQS takes at most, for one message and for one batch. */
export const MAX_SQS_BYTES = 1024 * 1024;
export const MAX_MESSAGE_EVENTS = 100;

/** Attributes of a dead letter, beside the unchanged message. */
export const DEAD_LETTER = {
  /** Machine word, e.g. `poison-event`. */
  reason: 'reason',
  /** A sentence that quotes no input. */
  detail: 'detail',
  source: 'source',
} as const;
