import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings, SourceSettings } from '../../../../settings/schema.ts';
import { countOf } from '../../metrics.ts';
import { PULSE_PERIOD } from '../../pulse.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const SHORT_PERIOD = 15;
const LONG_PERIOD = 60;
const DAY = 24 * 60;

/**
 * A silence window as CloudWatch can watch it: `periods` in a row, all of them. CloudWatch watches periods under an hour for a day at
 * most, and of an hour for a week; the window is rounded up to whole ones. A short period holds three pulses, so that one lost
 * changes nothing.
 * @param minutes silence that is still normal
 */
export function silenceWindow(minutes: number): { readonly period: Duration; readonly periods: number } {
  const period = minutes <= DAY ? SHORT_PERIOD : LONG_PERIOD;
  return { period: Duration.minutes(period), periods: Math.ceil(minutes / period) };
}

type Watched = Pick<Settings, 'stage' | 'heartbeat'>;

/** Nothing comes, or hardly anything. None for a source of which nothing is expected. */
export function quietAlarms(watched: Watched, source: string, settings: SourceSettings | undefined): AlarmSpec[] {
  const { expectEvery, expectAtLeast } = settings ?? {};
  if (typeof expectEvery !== 'number') return [];
  return [
    silence(watched, source, expectEvery),
    ...(expectAtLeast === undefined ? [] : [trickle(watched, source, expectEvery, expectAtLeast)]),
  ];
}

function silence({ stage, heartbeat }: Watched, source: string, minutes: number): AlarmSpec {
  const { period, periods } = silenceWindow(minutes);
  return {
    heading: 'silence',
    subject: source,
    severity: 'page',
    broken: `No event of ${source} has arrived for ${spoken(periods * period.toMinutes())}, or none ever did.`,
    metric: countOf(stage, METRICS.stored, period, source),
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    // Every period must show a zero that pulse counted: silence is measured, never inferred from data that is not there.
    periods,
    missing: quiet(
      `pulse counts a zero each period; where even that is missing, ${heartbeat ? 'heartbeat' : 'pulse-missing'} notifies.`,
    ),
  };
}

/** As many runs of pulse as show that the stack has been there for the whole window, some lost. */
const runsIn = (minutes: number): number => Math.floor((0.9 * minutes) / PULSE_PERIOD.toMinutes());

function trickle({ stage, heartbeat }: Watched, source: string, minutes: number, least: number): AlarmSpec {
  const { period, periods } = silenceWindow(minutes);
  const window = Duration.minutes(periods * period.toMinutes());
  const beats = countOf(stage, heartbeat ? METRICS.heartbeat : METRICS.pulse, window).with({
    statistic: 'SampleCount',
  });
  return {
    heading: 'trickle',
    subject: source,
    severity: 'ticket',
    broken: `Fewer than ${least} events of ${source} arrived within ${spoken(window.toMinutes())}.`,
    metric: new MathExpression({
      // A stack that is younger than the window has not seen all of it.
      expression: `IF(FILL(beats, 0) >= ${runsIn(window.toMinutes())}, FILL(events, 0), ${least})`,
      usingMetrics: { beats, events: countOf(stage, METRICS.stored, window, source) },
      period: window,
      label: 'events',
    }),
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: least,
    periods: 1,
    missing: quiet(`${heartbeat ? 'heartbeat' : 'pulse-missing'} notifies where nothing is counted.`),
  };
}

const spoken = (minutes: number): string => (minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`);
