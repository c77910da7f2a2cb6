import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Archive } from '../../../feeds/archive.ts';
import type { Bus } from '../../../feeds/bus.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';
import { expiring, notEmpty } from './delivery.ts';

const TOLERATED_DELAY = Duration.minutes(15);
const FRESH = Duration.hours(1);
/** Four times that lines were offered again. */
const ARCHIVE_MAY_LAG = Duration.hours(2);
const every = { period: Duration.minutes(5), statistic: 'Maximum' };

/** Changes that wait for the bus, and changes that it did not take. */
export const busAlarms = ({ publish, unpublished }: Bus, stage: string): AlarmSpec[] => [
  streamAlarm(publish, stage),
  {
    heading: 'publish-late',
    severity: 'ticket',
    broken: `The oldest change has waited over ${TOLERATED_DELAY.toMinutes()} minutes for the event bus; consumers are late by as much.`,
    metric: publish.function.metric('IteratorAge', every),
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: TOLERATED_DELAY.toMilliseconds(),
    periods: 2,
    missing: quiet('without changes nothing waits.'),
  },
  notEmpty(unpublished, {
    heading: 'unpublished-changes',
    broken:
      'Changes could not be published and wait in a queue; they are kept for 14 days. The tables hold them all the same.',
  }),
  expiring(unpublished, { heading: 'unpublished-expire', broken: 'The oldest change that could not be published' }),
];

/**
 * A stream that nothing reads has no age, and forgets after a day. What shows it is that entries change and `publish` is not called: both have
 * counts already.
 */
const streamAlarm = (publish: Bus['publish'], stage: string): AlarmSpec => ({
  heading: 'publish-dead',
  severity: 'page',
  broken:
    'Entries of the suppression list changed within an hour, and the publish function was not called once: nothing reads the streams, which forget after 24 hours.',
  metric: new MathExpression({
    expression: 'IF(FILL(changes, 0) > 0 AND FILL(calls, 0) < 1, 1, 0)',
    usingMetrics: {
      changes: countOf(stage, METRICS.suppressionChanges, FRESH),
      calls: publish.function.metricInvocations({ period: FRESH, statistic: 'Sum' }),
    },
    period: FRESH,
    label: 'changes without a call',
  }),
  comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold: 1,
  // A change in the last second of an hour is published in the next.
  periods: 2,
  of: 12,
  missing: quiet('without changes there is nothing to publish.'),
});

/** Events that wait in Firehose for the bucket: it gives them up after 24 hours. */
export const archiveAlarms = ({ streamName }: Archive, unarchived: Queue | undefined): AlarmSpec[] => [
  {
    heading: 'archive-late',
    severity: 'page',
    broken:
      'Firehose has not brought the oldest raw event into the archive for over an hour; it gives up after 24 hours.',
    metric: new Metric({
      namespace: 'AWS/Firehose',
      metricName: 'DeliveryToS3.DataFreshness',
      dimensionsMap: { DeliveryStreamName: streamName },
      ...every,
    }),
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: FRESH.toSeconds(),
    periods: 2,
    missing: quiet('without events there is nothing to bring.'),
  },
  ...(unarchived
    ? [
        {
          heading: 'archive-behind',
          severity: 'ticket' as const,
          broken: `Firehose has refused lines of the archive for over ${ARCHIVE_MAY_LAG.toHours()} hours; they wait in a queue and are offered every 30 minutes.`,
          metric: unarchived.metricApproximateAgeOfOldestMessage(every),
          comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
          threshold: ARCHIVE_MAY_LAG.toSeconds(),
          periods: 3,
          missing: quiet('SQS reports nothing for a queue that has been empty for hours.'),
        },
        expiring(unarchived, { heading: 'unarchived-expire', broken: 'The oldest line that the archive did not take' }),
      ]
    : []),
];
