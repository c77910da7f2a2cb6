import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

/** What `receive` could not do, of all sources together. */
export function receiveAlarms({ stage, alarms }: Settings): AlarmSpec[] {
  const common = {
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    missing: quiet('it is counted only when it happens.'),
  };
  return [
    {
      ...common,
      heading: 'not-enqueued',
      severity: 'page',
      broken:
        'Genuine requests could not be put on the delivery queue and were answered 503; ESPs retry, some for minutes only.',
      metric: countOf(stage, METRICS.notEnqueued, Duration.minutes(5)),
      threshold: 1,
      // One hiccup is mended by the ESP's retry. Held longer than what follows from it.
      periods: 2,
      of: 5,
    },
    {
      ...common,
      heading: 'stale-signatures',
      severity: 'ticket',
      broken: `Requests with a right but too old signature were refused, ${alarms.refusedRequests} or more in 15 minutes: a wrong clock, a slow sender, or a replay.`,
      metric: countOf(stage, METRICS.staleSignatures, Duration.minutes(15)),
      threshold: alarms.refusedRequests,
      periods: 1,
    },
  ];
}
