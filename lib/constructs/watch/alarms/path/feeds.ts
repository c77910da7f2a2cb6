import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Archive } from '../../../feeds/archive.ts';
import type { Bus } from '../../../feeds/bus.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';
import { notEmpty } from './delivery.ts';

const TOLERATED_DELAY = Duration.minutes(15);
const FRESH = Duration.hours(1);
const every = { period: Duration.minutes(5), statistic: 'Maximum' };

/** Changes that wait for the bus, and changes that it did not take. */
export const busAlarms = ({ publish, unpublished }: Bus): AlarmSpec[] => [
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
];

/** Events that wait in Firehose for the bucket: it gives them up after 24 hours. */
export const archiveAlarms = ({ streamName }: Archive): AlarmSpec[] => [
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
];
