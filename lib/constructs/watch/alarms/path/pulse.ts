import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf } from '../../metrics.ts';
import { PULSE_PERIOD } from '../../pulse.ts';
import type { AlarmSpec } from '../desk/desk.ts';

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
