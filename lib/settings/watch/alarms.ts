import * as v from 'valibot';
import { group } from '../group.ts';
import { between, percent, wholeNumber } from '../values.ts';

const ratePercent = percent(0.01, 100);

/**
 * What is still normal, in the words of those who send mail. What has no number here is never normal: a missing secret, a dead letter.
 * Sources: the complaint rates are Google's and Yahoo's rules for bulk senders, the bounce rates what ESPs warn and suspend at.
 */
export const alarms = group({
  /** How long an event may wait, in minutes. */
  queueMinutes: v.optional(wholeNumber(5, 1440, 'minutes'), 15),
  /** How long a heartbeat may take, in seconds; `pulse` waits for 20. */
  heartbeatSeconds: v.optional(wholeNumber(1, 20, 'seconds'), 10),
  /** Refused requests in 15 minutes: of all kinds together, and of one source for one reason. */
  clientErrors: v.optional(wholeNumber(1, 1_000_000, 'requests in 15 minutes'), 100),
  refusedRequests: v.optional(wholeNumber(1, 1_000_000, 'requests in 15 minutes'), 5),
  /** Below so many delivered mails in 24 hours a rate says nothing. */
  minimumDelivered: v.optional(wholeNumber(100, 10_000_000, 'delivered mails a day'), 1000),
  bounceRate: group({ warning: v.optional(ratePercent, 2), critical: v.optional(ratePercent, 5) }),
  complaintRate: group({ warning: v.optional(ratePercent, 0.1), critical: v.optional(ratePercent, 0.3) }),
  /** Only with the setting `unsubscribe`: people who left, in percent of the mails delivered. */
  unsubscribeRate: v.optional(ratePercent, 2),
  mailboxBlocks: v.optional(wholeNumber(1, 10_000_000, 'blocked mails an hour'), 50),
  /** An hour that suppresses more people is a mistake until shown otherwise: so many, or such a share of those mailed. */
  newSuppressions: group({
    perHour: v.optional(wholeNumber(1, 10_000_000, 'people an hour'), 1000),
    percent: v.optional(ratePercent, 10),
  }),
  /** Off unless set: events of one source in an hour. */
  trafficSurge: v.exactOptional(wholeNumber(1, 1_000_000_000, 'events an hour')),
  /** Off unless set: clicks in an hour, of all sources. */
  clickSurge: v.exactOptional(wholeNumber(1, 1_000_000_000, 'clicks an hour')),
  /** Off unless set: how many standard deviations fewer openings or clicks than usual are too few, by CloudWatch's anomaly detection. */
  engagementDrop: v.exactOptional(between(1, 10, 'standard deviations')),
});
