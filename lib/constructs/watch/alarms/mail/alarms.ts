import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { FEW_BOUNCES, SURELY_BOUNCES } from '../../../../../lambda/contract/alarms.ts';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import { MAILBOX_OPERATORS, titlesOf, WITHOUT_COMPLAINTS } from '../../../../../lambda/domain/mailbox-operators.ts';
import { floorsOf, RATES, rateExpression } from '../../../../reports/rates.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf, countsIn } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';
import { engagementAlarms } from './engagement.ts';

const HOUR = Duration.hours(1);
/** What mailbox providers judge by; complaints trail their mails by hours. */
const DAY = Duration.days(1);
/** Below so many newly suppressed people an hour, a share of the traffic says nothing. */
const FEW_PEOPLE = 100;

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD: AT_LEAST, GREATER_THAN_THRESHOLD: ABOVE } = ComparisonOperator;
const WITHOUT_MAIL = quiet('without mail there is nothing to judge.');

/** What the events say of the mails and of those who get them, all sources together. */
export function mailAlarms(settings: Settings): AlarmSpec[] {
  const { stage, alarms } = settings;
  const { minimumDelivered, bounceRate, complaintRate, newSuppressions } = alarms;
  const floors = floorsOf(minimumDelivered);
  const rates = (['warning', 'critical'] as const).flatMap((degree): AlarmSpec[] => {
    const common = {
      subject: degree,
      severity: degree === 'critical' ? ('page' as const) : ('ticket' as const),
      comparison: ABOVE,
      periods: 1,
      missing: WITHOUT_MAIL,
    };
    const delivered = METRICS.delivered;
    return [
      {
        ...common,
        heading: 'bounce-rate',
        broken: `More than ${bounceRate[degree]} % of mails bounced hard in 24 hours; ESPs warn and suspend accounts for that.`,
        metric: countsIn(
          stage,
          DAY,
          { hard: METRICS.hardBounces, delivered },
          `IF(delivered >= ${floors.hard.delivered}, ${rateExpression(RATES.hard, (kind) => kind)}, 0)`,
        ),
        threshold: bounceRate[degree],
      },
      {
        ...common,
        heading: 'complaint-rate',
        broken: `More than ${complaintRate[degree]} % of the mails delivered where complaints are reported (not at ${titlesOf(WITHOUT_COMPLAINTS)}) were marked as spam in 24 hours; mailbox operators block for that.`,
        metric: countsIn(
          stage,
          DAY,
          { complained: METRICS.complaints, delivered: METRICS.deliveredReporting },
          `IF(delivered >= ${floors.complained.delivered} AND complained >= ${floors.complained.cases}, ${rateExpression(RATES.complained, (kind) => kind)}, 0)`,
        ),
        threshold: complaintRate[degree],
      },
    ];
  });
  return [
    ...rates,
    {
      heading: 'mailbox-blocks',
      severity: 'ticket',
      broken: `${alarms.mailboxBlocks} or more mails were blocked within an hour by one or more of ${titlesOf(MAILBOX_OPERATORS)}: reputation, content or policy.`,
      metric: countOf(stage, METRICS.mailboxBlocks, HOUR),
      comparison: AT_LEAST,
      threshold: alarms.mailboxBlocks,
      periods: 1,
      missing: WITHOUT_MAIL,
    },
    {
      heading: 'new-suppressions',
      severity: 'page',
      broken: `An unusual number of people was suppressed within an hour: ${newSuppressions.perHour} or more, or over ${newSuppressions.percent} % of those mailed.`,
      metric: countsIn(
        stage,
        HOUR,
        { people: METRICS.newSuppressions, delivered: METRICS.delivered },
        `IF(people >= ${newSuppressions.perHour}, 1, IF(people >= ${FEW_PEOPLE} AND 100 * people > ${newSuppressions.percent} * (people + delivered), 1, 0))`,
      ),
      comparison: AT_LEAST,
      threshold: 1,
      periods: 1,
      missing: quiet('it is counted only when it happens.'),
    },
    {
      heading: 'unknown-events',
      severity: 'ticket',
      broken:
        'Events arrived of an unknown type, or bounces and complaints that name nobody or no time; they are stored, and change nothing.',
      metric: countOf(stage, METRICS.unknownEvents, HOUR),
      comparison: AT_LEAST,
      threshold: 1,
      periods: 1,
      missing: quiet('it is counted only when it happens.'),
    },
    {
      heading: 'missing-kinds',
      severity: 'ticket',
      broken: `In 24 hours came ${FEW_BOUNCES} or more hard bounces and no delivery, or ${SURELY_BOUNCES * minimumDelivered} deliveries and no bounce: all sources together: a kind of event is not switched on at an ESP, and rates cannot be judged.`,
      metric: countsIn(
        stage,
        DAY,
        { bounced: METRICS.hardBounces, delivered: METRICS.delivered },
        `IF(bounced >= ${FEW_BOUNCES} AND delivered < 1, 1, IF(delivered >= ${SURELY_BOUNCES * minimumDelivered} AND bounced < 1, 1, 0))`,
      ),
      comparison: AT_LEAST,
      threshold: 1,
      periods: 1,
      missing: WITHOUT_MAIL,
    },
    ...engagementAlarms(settings),
  ];
}
