import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

/** Of the comparison with the ESPs: it found something, or it does not take place. */
export function reconcileAlarms({ stage, reconcile }: Settings): AlarmSpec[] {
  if (reconcile === undefined) return [];
  const period = Duration.hours(reconcile);
  return [
    {
      heading: 'lost-by-webhook',
      severity: 'ticket',
      broken: 'The ESPs know events, or people on their lists, that never came by webhook.',
      metric: countOf(stage, METRICS.lostByWebhook, period).with({ statistic: 'Maximum' }),
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      periods: 1,
      missing: quiet('reconcile-failing notifies that no comparison took place.'),
    },
    {
      heading: 'reconcile-failing',
      severity: 'ticket',
      broken: 'Some source could not be compared with its ESP twice in a row, or the comparison does not run.',
      metric: countOf(stage, METRICS.reconciled, period),
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      // What one comparison misses, the next one reads too.
      periods: 2,
      missing: quiet('pulse counts a zero; where even that is missing, heartbeat or pulse-missing notifies.'),
    },
  ];
}
