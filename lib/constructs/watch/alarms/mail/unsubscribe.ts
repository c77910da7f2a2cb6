import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import { UNSUBSCRIBE_SOURCE } from '../../../../../lambda/contract/unsubscribe.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf, countsIn } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const DAY = Duration.days(1);
/** Fewer people who leave are an ordinary day. */
const FEW_LEAVERS = 20;
const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD: AT_LEAST, GREATER_THAN_THRESHOLD: ABOVE } = ComparisonOperator;

/** Of the unsubscribe page: people cannot leave, or too many do. */
export function unsubscribeAlarms({ stage, alarms, unsubscribe }: Settings): AlarmSpec[] {
  if (unsubscribe === undefined) return [];
  const { minimumDelivered, unsubscribeRate, newSuppressions } = alarms;
  const share = `IF(left >= ${FEW_LEAVERS}, 100 * left / delivered, 0)`;
  // Without deliveries to divide by there is only the number of people.
  const alone = `IF(left >= ${newSuppressions.perHour}, 100, 0)`;
  return [
    {
      heading: 'unsubscribe-failing',
      severity: 'page',
      broken:
        'Unsubscribe links could not be checked in two of the last six five-minute periods: their keys are missing or unreadable. People who click cannot leave.',
      metric: countOf(stage, METRICS.unverifiable, Duration.minutes(5), UNSUBSCRIBE_SOURCE),
      comparison: AT_LEAST,
      threshold: 1,
      // Anybody can open the page: one hiccup of the secret's store beside one request is no outage.
      periods: 2,
      of: 6,
      missing: quiet('it is counted only when it happens.'),
    },
    {
      heading: 'unsubscribe-rate',
      severity: 'ticket',
      broken: `People who unsubscribed in 24 hours were more than ${unsubscribeRate} % of the delivered mails.`,
      metric: countsIn(
        stage,
        DAY,
        { left: METRICS.unsubscribes, delivered: METRICS.delivered },
        `IF(delivered >= ${minimumDelivered}, ${share}, ${alone})`,
      ),
      comparison: ABOVE,
      threshold: unsubscribeRate,
      periods: 1,
      missing: quiet('without mail there is nothing to judge.'),
    },
  ];
}
