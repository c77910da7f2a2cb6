/** The closed vocabularies of a normalised event. */

export const EVENT_TYPES = [
  'accepted',
  'delivered',
  'deferred',
  'bounced',
  'dropped',
  'opened',
  'clicked',
  'complained',
  'unsubscribed',
  'resubscribed',
  'inbound',
  'unknown',
  'suppressed',
  'lifted',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

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

/**
 * How a machine was told from people: the ESP says so; it loads mail ahead of reading, whether anybody reads it or not; it stands between
 * a reader and the picture, so that somebody may have looked; it looks for harm; it followed several links faster than a hand can.
 */
export const MACHINE_REASONS = ['esp', 'prefetch', 'proxy', 'scanner', 'burst'] as const;
export type MachineReason = (typeof MACHINE_REASONS)[number];

/** Why somebody is on the suppression list. */
export const REASONS = ['hard_bounce', 'complaint', 'unsubscribe', 'soft_bounces', 'manual'] as const;
export type Reason = (typeof REASONS)[number];
