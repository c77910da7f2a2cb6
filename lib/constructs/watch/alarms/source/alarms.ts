import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';
import { quietAlarms } from './silence.ts';

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD: AT_LEAST } = ComparisonOperator;
const QUARTER_HOUR = Duration.minutes(15);
const COUNTED_WHEN_IT_HAPPENS = quiet('it is counted only when it happens.');

/** The alarms of one source; their headings stand in the contract too, for those who mute them. */
export function sourceAlarms({ stage, alarms, heartbeat, sources }: Settings, source: string): AlarmSpec[] {
  const common = { subject: source, comparison: AT_LEAST, periods: 1, missing: COUNTED_WHEN_IT_HAPPENS };
  return [
    ...quietAlarms({ stage, heartbeat }, source, sources[source]),
    {
      ...common,
      heading: 'refused-proofs',
      severity: 'ticket',
      broken: `Requests for ${source} were refused, ${alarms.refusedRequests} or more in 15 minutes: a rotated key, or somebody else's requests.`,
      metric: countOf(stage, METRICS.refused, QUARTER_HOUR, source),
      threshold: alarms.refusedRequests,
    },
    {
      ...common,
      heading: 'unreadable',
      severity: 'ticket',
      broken: `Requests for ${source} could not be read, ${alarms.refusedRequests} or more in 15 minutes; an ESP may not send them again.`,
      metric: countOf(stage, METRICS.unreadable, QUARTER_HOUR, source),
      threshold: alarms.refusedRequests,
    },
    {
      ...common,
      heading: 'unverifiable',
      severity: 'page',
      broken: `Requests for ${source} cannot be checked: its secret is missing or unreadable, or a certificate cannot be fetched.`,
      metric: countOf(stage, METRICS.unverifiable, Duration.minutes(5), source),
      threshold: 1,
      // One that a retry mends wakes nobody. Sooner than what follows from it, and held longer; half an hour, because an ESP with one event waits
      // so long with its retry.
      periods: 2,
      of: 6,
    },
    ...(alarms.trafficSurge === undefined
      ? []
      : [
          {
            ...common,
            heading: 'traffic-surge',
            severity: 'ticket' as const,
            broken: `More than ${alarms.trafficSurge} events of ${source} arrived within an hour.`,
            metric: countOf(stage, METRICS.stored, Duration.hours(1), source),
            comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold: alarms.trafficSurge,
            missing: quiet('without events there is no surge.'),
          },
        ]),
  ];
}
