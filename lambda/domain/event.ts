import { EVENT_TYPES, type EventType } from '../contract/event-types.ts';
import type { Reason } from './suppression.ts';

export { EVENT_TYPES, type EventType };

/** The closed vocabularies of the field and the one event shape every provider is mapped to. */

export const BOUNCE_CLASSES = ['hard', 'soft', 'block', 'undetermined'] as const;
export type BounceClass = (typeof BOUNCE_CLASSES)[number];

/** What the receiver objected to. Only `mailbox` and `domain` speak about the recipient; the rest is about the sender or the mail. */
export const BOUNCE_CAUSES = ['mailbox', 'domain', 'full', 'reputation', 'content', 'policy', 'technical'] as const;
export type BounceCause = (typeof BOUNCE_CAUSES)[number];

export const DROP_REASONS = [
  'suppressed-bounce',
  'suppressed-complaint',
  'suppressed-unsubscribe',
  'suppressed-unknown',
  'invalid',
  'content',
  'policy',
  'quota',
  'template',
  'duplicate',
  'other',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

interface EventFields {
  readonly type: EventType;
  /** On `bounced` only. */
  readonly bounceClass?: BounceClass;
  /** On `bounced`, where the ESP or the SMTP reply says it. */
  readonly bounceCause?: BounceCause;
  /** On `dropped` only. */
  readonly dropReason?: DropReason;
  /** The ESP's own word for the event. */
  readonly providerEvent: string;
  readonly providerEventId?: string;
  readonly messageId?: string;
  /** Basic SMTP reply code, e.g. 550. */
  readonly smtpCode?: number;
  /** Enhanced status code, e.g. `5.1.1`. */
  readonly smtpStatus?: string;
  /** The failure in the receiver's or ESP's words. */
  readonly diagnostic?: string;
  readonly url?: string;
  readonly userAgent?: string;
  readonly ip?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly device?: string;
  /** The ESP says that a machine opened or clicked. Absent = the ESP does not say. */
  readonly machine?: boolean;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** This recipient is one of n that the ESP named for one fact; more than 1 suppresses nobody by default. */
  readonly candidates?: number;
  /** An echo of the ESP's own list, not new evidence: mirrored once, never over a lift. */
  readonly echo?: true;
  /** An auto-reply may have caused it (out of office). */
  readonly autoReply?: true;
  /** The address was written so that its normal form may be somebody else's: stored, and no evidence about anybody. */
  readonly recipientAltered?: true;
  /** On operator acts: the reason set or lifted, until when it holds (epoch seconds), who did it and why. */
  readonly reason?: Reason;
  readonly until?: number;
  readonly actor?: string;
  readonly note?: string;
  /** On operator acts: the import that this line came with. */
  readonly importId?: string;
  /** On `lifted`: only what the stored retraction of this id takes back; other evidence stands. */
  readonly retraction?: string;
  /** On `inbound`: what is kept of the mail; the body stays in the archive. */
  readonly from?: string;
  readonly subject?: string;
}

/** What a provider's `normalise` returns: the facts in our vocabulary, still without source, key and normal forms. */
export interface Draft extends Omit<EventFields, 'recipientAltered'> {
  /** As the ESP wrote it; display names allowed. Absent where the ESP does not name one person. */
  readonly recipient?: string;
  /** Epoch milliseconds. Absent where the ESP gives none: never "now". */
  readonly occurredAt?: number;
  /** On un/resubscribed: `all`, or `<kind>:<id>` (list, group, topic, stream). */
  readonly scope?: string;
  /**
   * What makes two deliveries the same event, in the ESP's own words: event name, raw recipient, raw time, message id and the
   * discriminators this provider needs. Never a mapped value, so that a mended mapping meets its old record.
   */
  readonly identity: readonly (string | number | boolean | null | undefined)[];
}

/** The normalised event: what is stored, published and printed. Absent means absent: no empty strings, no guesses. */
export interface NormalisedEvent extends EventFields {
  /** 32 hex digits: two deliveries of one event have the same. */
  readonly fingerprint: string;
  readonly source: string;
  readonly provider: string;
  readonly requestId?: string;
  /** Address in normal form. */
  readonly recipient?: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly occurredAt?: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly receivedAt: string;
  /** `all`, or `<source>:<kind>:<id>`. */
  readonly scope?: string;
  /** Names of fields that were cut to their documented length. */
  readonly truncated?: readonly string[];
}
