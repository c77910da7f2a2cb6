/** CloudWatch names, written once: functions emit them, alarms and the dashboard read them. */

/** Each stage counts for itself: a busy source of one must not hide the silence of its namesake in another. */
export const namespaceOf = (stage: string): string => `Quell/${stage}`;

/** The only dimension. Its values are configured source names, never what a caller sent. */
export const SOURCE_DIMENSION = 'source';

/** Each name with its dimension is a metric of $0.30 a month, in months in which it was written. No more than alarms and dashboard need. */
export const METRICS = {
  /**
   * Events that had not come before and were stored, per source: what shows that it is alive. `pulse` adds a zero per source. Its name in
   * CloudWatch is the first one it had, so that graphs and alarms keep their past.
   */
  stored: 'Accepted',
  /** Requests without a valid proof of origin, whatever else was wrong with them, or from an address that is not allowed, per source. */
  refused: 'Refused',
  /** Requests whose proof is right and too old, or from the future: a wrong clock, or a replay. */
  staleSignatures: 'StaleSignatures',
  /**
   * Those of them that were answered 5xx all the same, because their ESP drops an event on 4xx. Of all sources together: what an outsider
   * can make of the gateway's 5xx, and an alarm on them has to subtract.
   */
  refused5xx: 'Refused5xx',
  /** Requests whose origin is proven and that could not be taken: too large, not readable. Per source. */
  unreadable: 'Unreadable',
  /** Requests that could not be checked, which is our fault: a secret is missing or unreadable, a certificate cannot be fetched. Per source. */
  unverifiable: 'Unverifiable',
  /** Requests that could not be put on the queue; answered 503. */
  notEnqueued: 'NotEnqueued',
  /**
   * Requests that failed on something nobody foresaw, answered 500: a fault of ours, whatever was posted. A share of all requests would
   * hide them behind those of strangers.
   */
  failed: 'Failed',
  /** Events that had been stored before. */
  duplicates: 'Duplicates',
  /** Events sent to the dead-letter queue with a reason. */
  deadLettered: 'DeadLettered',
  /** Lines that Firehose did not take and that wait in a queue of their own. */
  archiveRefused: 'ArchiveRefused',
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
  /** Those at mailbox operators that report complaints: what a complaint rate is measured against. */
  deliveredReporting: 'DeliveredReporting',
  hardBounces: 'HardBounces',
  complaints: 'Complaints',
  /** People who left a list or all of them, by whatever way. Counted only where the stack has an unsubscribe page. */
  unsubscribes: 'Unsubscribes',
  /** Mails that one of the large mailbox operators (`MAILBOX_OPERATORS`) refused because of sender, content or policy. */
  mailboxBlocks: 'MailboxBlocks',
  /** Counted only where an alarm on them is set; machines left out where their batch shows them. */
  opens: 'Opens',
  clicks: 'Clicks',
  /** Events that cannot be understood: of a type that the provider's table does not know, or of a kind that suppresses without recipient or time. */
  unknownEvents: 'UnknownEvents',
  /** Milliseconds from posting a heartbeat to finding it in the events table; no value where it was not found. */
  heartbeat: 'Heartbeat',
  /** Events that an ESP's own API knows, or people on its lists, that the tables do not, in the time that was compared last. Of all sources. */
  lostByWebhook: 'LostByWebhook',
  /** 1 where every source was compared with its ESP, 0 where one was not; `pulse` adds a zero, so that a comparison that never runs has data too. */
  reconciled: 'Reconciled',
  /** `pulse` ran; counted only where the heartbeat, which tells the same, is off. */
  pulse: 'Pulse',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
