/** CloudWatch names, written once: functions emit them, alarms and the dashboard read them. */

/** Each stage counts for itself: a busy source of one must not hide the silence of its namesake in another. */
export const namespaceOf = (stage: string): string => `Quell/${stage}`;

/** The only dimension. Its values are configured source names, never what a caller sent. */
export const SOURCE_DIMENSION = 'source';

/** Each name with its dimension is a metric of $0.30 a month, in months in which it was written. No more than alarms and dashboard need. */
export const METRICS = {
  /** Events taken from the queue and stored or found stored, per source. `pulse` adds a zero per source. */
  accepted: 'Accepted',
  /** Requests without a valid proof of origin, or from an address that is not allowed, per source. */
  refused: 'Refused',
  /** Requests whose proof is right and too old, or from the future: a wrong clock, or a replay. */
  staleSignatures: 'StaleSignatures',
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
  /** Answers of a table other than yes or no to a condition: throttled, failed, not reached. Retried, so nothing is lost yet. */
  tableFailures: 'TableFailures',
  /** Recipients whose suppression changed. */
  suppressionChanges: 'SuppressionChanges',
  /** Recipients who could be mailed before a live event, and cannot after it. */
  newSuppressions: 'NewSuppressions',
  /** New events of their kinds; live ones only, as everything here. */
  delivered: 'Delivered',
  hardBounces: 'HardBounces',
  complaints: 'Complaints',
  /** Mails that one of the six large mailbox operators refused because of sender, content or policy. */
  mailboxBlocks: 'MailboxBlocks',
  /** Counted only where an alarm on them is set; machines left out where the ESP tells them. */
  opens: 'Opens',
  clicks: 'Clicks',
  /** Events whose type the provider's table does not know. */
  unknownEvents: 'UnknownEvents',
  /** Milliseconds from posting a heartbeat to finding it in the events table; no value where it was not found. */
  heartbeat: 'Heartbeat',
  /** `pulse` ran; counted only where the heartbeat, which tells the same, is off. */
  pulse: 'Pulse',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
