import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import type { DeliveryQueues } from '../../../delivery/queue.ts';
import type { Undelivered } from '../../../ses/direct.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const every = { period: Duration.minutes(5), statistic: 'Maximum' };
const EMPTY_QUEUE = quiet('SQS reports nothing for a queue that has been empty for hours.');
/** Leaves a weekend and a working day before the first is lost. */
const LETTERS_MAY_WAIT = Duration.days(10);
const WAITING = {
  events: 'The oldest event',
  acts: "The oldest of operators' acts",
  feeds: 'The oldest event that SNS or EventBridge brought',
};
/** Table answers of one batch and its retries; a burst on a new table has as many and mends itself. */
const TOLERATED_TABLE_FAILURES = 100;

/** Events that wait too long, and events that wait for a person. */
export const deliveryAlarms = (
  { stage, alarms }: Settings,
  { queue, acts, feeds, deadLetters }: DeliveryQueues,
  notifications: readonly Undelivered[],
): AlarmSpec[] => [
  waiting(alarms.queueMinutes, queue),
  waiting(alarms.queueMinutes, acts, 'acts'),
  ...(feeds ? [waiting(alarms.queueMinutes, feeds, 'feeds')] : []),
  notEmpty(deadLetters, {
    heading: 'dead-letters',
    broken: 'Events could not be processed and wait in the dead-letter queue; they are kept for 14 days.',
  }),
  {
    heading: 'buried-events',
    severity: 'ticket',
    // Beside letters that wait already, dead-letters has spoken and says no more.
    broken: 'More events were buried within the last hour, beside whatever waits in the dead-letter queue already.',
    metric: countOf(stage, METRICS.deadLettered, Duration.hours(1)),
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    periods: 1,
    missing: quiet('it is counted only when it happens.'),
  },
  expiring(deadLetters, {
    heading: 'dead-letters-expire',
    broken: 'The oldest dead letter',
  }),
  {
    heading: 'table-failures',
    severity: 'ticket',
    broken: `A table throttled or failed ${TOLERATED_TABLE_FAILURES} or more requests in each of three five-minute periods; events are late, not lost.`,
    // Our own count: CloudWatch ignores what an alarm on DynamoDB's metrics says about missing data.
    metric: countOf(stage, METRICS.tableFailures, every.period),
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: TOLERATED_TABLE_FAILURES,
    periods: 3,
    missing: quiet('it is counted only when it happens.'),
  },
  ...notifications.flatMap(({ source, undelivered }) => [
    notEmpty(undelivered, {
      heading: 'undelivered-notifications',
      subject: source,
      broken: `SES events of ${source} could not be delivered by SNS or EventBridge; they are kept for 14 days.`,
    }),
    expiring(undelivered, {
      heading: 'undelivered-expire',
      subject: source,
      broken: `The oldest SES event of ${source} that could not be delivered`,
    }),
  ]),
];

/** Of a queue that `process` reads. @param subject none for the delivery queue itself */
const waiting = (minutes: number, queue: Queue, subject?: 'acts' | 'feeds'): AlarmSpec => ({
  heading: 'queue-age',
  ...(subject && { subject }),
  severity: 'page',
  broken: `${WAITING[subject ?? 'events']} has waited over ${minutes} minutes; suppressions are late by as much.`,
  metric: queue.metricApproximateAgeOfOldestMessage(every),
  comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
  threshold: minutes * 60,
  periods: 2,
  missing: EMPTY_QUEUE,
});

/**
 * Looking at a queue hides its messages for half a minute, and must not end the alarm: the highest count of a quarter of an hour sees
 * them between two looks. Counting those in flight too would cost each such alarm twice.
 */
export const notEmpty = (queue: Queue, about: Pick<AlarmSpec, 'heading' | 'subject' | 'broken'>): AlarmSpec => ({
  ...about,
  severity: 'ticket',
  metric: queue.metricApproximateNumberOfMessagesVisible(every),
  comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold: 1,
  periods: 1,
  of: 3,
  missing: EMPTY_QUEUE,
});

/** What waits for a person and will be deleted before one comes. An alarm that a queue is not empty has spoken days ago, and would next say OK. */
export const expiring = (queue: Queue, about: Pick<AlarmSpec, 'heading' | 'subject' | 'broken'>): AlarmSpec => ({
  ...about,
  broken: `${about.broken} is over ${LETTERS_MAY_WAIT.toDays()} days old; SQS deletes it when it is 14.`,
  severity: 'page',
  metric: queue.metricApproximateAgeOfOldestMessage(every),
  comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
  threshold: LETTERS_MAY_WAIT.toSeconds(),
  periods: 3,
  missing: EMPTY_QUEUE,
});
