/** CloudWatch names, written once: functions emit them, alarms and the dashboard read them. */

/** Each stage counts for itself: a busy source of one must not hide the silence of its namesake in another. */
export const namespaceOf = (stage: string): string => `Quell/${stage}`;

/** The only dimension. Its values are configured source names, never what a caller sent. */
export const SOURCE_DIMENSION = 'source';

export const METRICS = {
  /** Events taken from the queue and stored or found stored, per source. `pulse` adds a zero per source. */
  accepted: 'Accepted',
  /** Requests without a valid proof of origin, or from an address that is not allowed, per source. */
  refused: 'Refused',
  /** Requests that could not be taken although they may be genuine: too large, not readable, not posted. Per source. */
  unreadable: 'Unreadable',
  /** Requests that could not be checked: a secret is missing or unreadable, a certificate cannot be fetched. Per source. */
  unverifiable: 'Unverifiable',
  /** Requests that could not be put on the queue; answered 503. */
  notEnqueued: 'NotEnqueued',
  /** Events that had been stored before. */
  duplicates: 'Duplicates',
  /** Events sent to the dead-letter queue with a reason. */
  deadLettered: 'DeadLettered',
  /** Messages given back to the queue after a transient failure. */
  failedMessages: 'FailedMessages',
  /** Recipients whose suppression changed. */
  suppressionChanges: 'SuppressionChanges',
  /** Events whose type the provider's table does not know. */
  unknownEvents: 'UnknownEvents',
  /** `pulse` ran. */
  pulse: 'Pulse',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
