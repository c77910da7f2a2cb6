import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type AlarmSpec, quiet } from './alarm-desk.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { SesTopic } from './ses-topic.ts';

const TOLERATED_DELAY = Duration.minutes(15);
const every = { period: Duration.minutes(5), statistic: 'Maximum' };

/** Events that wait too long, and events that wait for a person. */
export const deliveryAlarms = ({ queue, deadLetters }: DeliveryQueue, topics: readonly SesTopic[]): AlarmSpec[] => [
  {
    heading: 'queue-age',
    severity: 'page',
    broken: `The oldest event has waited over ${TOLERATED_DELAY.toMinutes()} minutes; suppressions are late by as much.`,
    metric: queue.metricApproximateAgeOfOldestMessage(every),
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: TOLERATED_DELAY.toSeconds(),
    periods: 2,
    missing: quiet('SQS reports nothing for a queue that has been empty for hours.'),
  },
  notEmpty(deadLetters, {
    heading: 'dead-letters',
    broken: 'Events could not be processed and wait in the dead-letter queue; they are kept for 14 days.',
  }),
  ...topics.map(({ source, undelivered }) =>
    notEmpty(undelivered, {
      heading: 'undelivered-notifications',
      subject: source,
      broken: `SNS could not deliver SES events of ${source} to the webhook for an hour; they are kept for 14 days.`,
    }),
  ),
];

/** Messages in flight count: looking at a queue hides them for a while, and must not end the alarm. */
const notEmpty = (queue: Queue, about: Pick<AlarmSpec, 'heading' | 'subject' | 'broken'>): AlarmSpec => ({
  ...about,
  severity: 'ticket',
  metric: new MathExpression({
    expression: 'visible + inFlight',
    usingMetrics: {
      visible: queue.metricApproximateNumberOfMessagesVisible(every),
      inFlight: queue.metricApproximateNumberOfMessagesNotVisible(every),
    },
    period: every.period,
    label: 'messages',
  }),
  comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold: 1,
  periods: 1,
  missing: quiet('SQS reports nothing for a queue that has been empty for hours.'),
});
