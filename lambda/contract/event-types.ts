/** Every type of a normalised event: a closed vocabulary. */
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
