import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf, countsIn } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const WITHOUT_MAIL = quiet('without mail there is nothing to judge.');

/** Off unless set: what is a surge or a drop differs too much between senders for a default. */
export function engagementAlarms({ stage, alarms }: Settings): AlarmSpec[] {
  const { clickSurge, engagementDrop, minimumDelivered } = alarms;
  return [
    ...(clickSurge === undefined
      ? []
      : [
          {
            heading: 'click-surge',
            severity: 'ticket' as const,
            broken: `More than ${clickSurge} clicks were counted within an hour: a scanner, or somebody abusing links.`,
            metric: countOf(stage, METRICS.clicks, Duration.hours(1)),
            comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold: clickSurge,
            periods: 1,
            missing: WITHOUT_MAIL,
          },
        ]),
    ...(engagementDrop === undefined
      ? []
      : [
          {
            heading: 'engagement-drop',
            severity: 'ticket' as const,
            broken: `Fewer than ${engagementDrop} openings came for 100 delivered mails in 24 hours: mail may land in the spam folder.`,
            metric: countsIn(
              stage,
              Duration.days(1),
              { opens: METRICS.opens, delivered: METRICS.delivered },
              `IF(delivered >= ${minimumDelivered}, 100 * opens / delivered, 100)`,
            ),
            comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
            threshold: engagementDrop,
            periods: 1,
            missing: WITHOUT_MAIL,
          },
        ]),
  ];
}
