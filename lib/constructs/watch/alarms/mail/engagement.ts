import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf, countsIn } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const WITHOUT_MAIL = quiet('without mail there is nothing to judge.');
/** Long enough for most of a campaign's openings, short enough for two of them to show a change within half a day. */
const QUARTER = Duration.hours(6);
const QUARTERS_A_DAY = 4;

/** Off unless set: what is a surge differs too much between senders for a default, and a band is learnt from engagement that must be counted first. */
export function engagementAlarms({ stage, alarms }: Settings): AlarmSpec[] {
  const { clickSurge, engagementDrop, minimumDelivered } = alarms;
  const surge = (most: number): AlarmSpec => ({
    heading: 'click-surge',
    severity: 'ticket',
    broken: `More than ${most} clicks were counted within an hour: a scanner, or somebody abusing links.`,
    metric: countOf(stage, METRICS.clicks, Duration.hours(1)),
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: most,
    periods: 1,
    missing: WITHOUT_MAIL,
  });
  /**
   * Mails for each opening or click, and one more: what falls to nothing stands out as far as there is mail, while a share that falls to
   * nothing can stay within a band whose lower bound is below nothing. Too little mail is divided by nothing, and no value.
   */
  const drop = (what: 'openings' | 'clicks', deviations: number): AlarmSpec => ({
    heading: what === 'clicks' ? 'engagement-drop-clicks' : 'engagement-drop',
    severity: 'ticket',
    broken: `Mails get fewer ${what} than usual: those delivered for each were above their band of ${deviations} standard deviations for twelve hours. Mail may land in the spam folder.`,
    metric: countsIn(
      stage,
      QUARTER,
      { engaged: what === 'clicks' ? METRICS.clicks : METRICS.opens, delivered: METRICS.delivered },
      `delivered / ((engaged + 1) * (delivered >= ${Math.ceil(minimumDelivered / QUARTERS_A_DAY)}))`,
    ),
    deviations,
    periods: 2,
    missing: WITHOUT_MAIL,
  });
  return [
    ...(clickSurge === undefined ? [] : [surge(clickSurge)]),
    ...(engagementDrop === undefined ? [] : [drop('openings', engagementDrop), drop('clicks', engagementDrop)]),
  ];
}
