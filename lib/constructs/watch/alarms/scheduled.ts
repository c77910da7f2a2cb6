import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../settings/schema.ts';
import { countOf } from '../metrics.ts';
import { PULSE_PERIOD } from '../pulse.ts';
import { type AlarmSpec, quiet } from './desk.ts';

/** Three pulses: one that is lost wakes nobody. */
const periods = 3;
const missing = { means: TreatMissingData.BREACHING, because: 'the missing count is what this alarm is about.' };

/** The heartbeat, and with it the pulse: a heartbeat that was counted shows both. Without one, the pulse alone. */
export const pulseAlarm = ({ stage, alarms, heartbeat }: Settings): AlarmSpec =>
  heartbeat
    ? {
        heading: 'heartbeat',
        severity: 'page',
        follower: true,
        broken: `No test event has come through the public URL into the events table within ${alarms.heartbeatSeconds} s for 15 minutes, or the pulse function does not run.`,
        metric: countOf(stage, METRICS.heartbeat, PULSE_PERIOD).with({ statistic: 'Maximum' }),
        comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: alarms.heartbeatSeconds * 1000,
        periods,
        missing,
      }
    : {
        heading: 'pulse-missing',
        severity: 'page',
        broken:
          'The pulse function has not run for 15 minutes; until it does, a source that falls silent goes unnoticed.',
        metric: countOf(stage, METRICS.pulse, PULSE_PERIOD),
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        periods,
        missing,
      };

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
      missing: quiet('that no comparison took place is told by reconcile-failing.'),
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
      missing: quiet('pulse counts a zero; where even that is missing, heartbeat or pulse-missing tells.'),
    },
  ];
}
