import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../lambda/contract/metrics.ts';
import { type AlarmSpec, quiet } from './alarm-desk.ts';
import { countOf } from './metrics.ts';
import { PULSE_PERIOD } from './pulse.ts';
import { silenceWindow } from './silence.ts';

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD: AT_LEAST, LESS_THAN_THRESHOLD: BELOW } = ComparisonOperator;
const FIVE_MINUTES = Duration.minutes(5);
const QUARTER_HOUR = Duration.minutes(15);
const TOLERATED_REFUSALS = 5;
const COUNTED_WHEN_IT_HAPPENS = quiet('it is counted only when it happens.');

/** @param expectEvery silence that is still normal for this source, in minutes */
export function sourceAlarms(stage: string, source: string, expectEvery: number): AlarmSpec[] {
  const { period, periods } = silenceWindow(expectEvery);
  return [
    {
      heading: 'silence',
      subject: source,
      severity: 'page',
      broken: `No event of ${source} has arrived for ${hours(periods * period.toMinutes())}, or none ever did.`,
      metric: countOf(stage, METRICS.accepted, period, source),
      comparison: BELOW,
      threshold: 1,
      // Every period must show a zero that pulse counted: silence is measured, never inferred from data that is not there.
      periods,
      missing: quiet('pulse counts a zero each period; where even that is missing, pulse-missing tells.'),
    },
    {
      heading: 'refused-proofs',
      subject: source,
      severity: 'ticket',
      broken: `Requests for ${source} were refused, ${TOLERATED_REFUSALS} or more in 15 minutes: a rotated key, or somebody else's requests.`,
      metric: countOf(stage, METRICS.refused, QUARTER_HOUR, source),
      comparison: AT_LEAST,
      threshold: TOLERATED_REFUSALS,
      periods: 1,
      missing: COUNTED_WHEN_IT_HAPPENS,
    },
    {
      heading: 'unverifiable',
      subject: source,
      severity: 'page',
      broken: `Requests for ${source} cannot be checked: its secret is missing or unreadable, or a certificate cannot be fetched.`,
      metric: countOf(stage, METRICS.unverifiable, FIVE_MINUTES, source),
      comparison: AT_LEAST,
      threshold: 1,
      periods: 1,
      missing: COUNTED_WHEN_IT_HAPPENS,
    },
  ];
}

export const enqueueAlarm = (stage: string): AlarmSpec => ({
  heading: 'not-enqueued',
  severity: 'page',
  broken:
    'Genuine requests could not be put on the delivery queue and were answered 503; ESPs retry, some for minutes only.',
  metric: countOf(stage, METRICS.notEnqueued, FIVE_MINUTES),
  comparison: AT_LEAST,
  threshold: 1,
  // One hiccup is mended by the ESP's retry.
  periods: 2,
  of: 3,
  missing: COUNTED_WHEN_IT_HAPPENS,
});

export const pulseAlarm = (stage: string): AlarmSpec => ({
  heading: 'pulse-missing',
  severity: 'page',
  broken: 'The pulse function has not run for 15 minutes; until it does, a source that falls silent goes unnoticed.',
  metric: countOf(stage, METRICS.pulse, PULSE_PERIOD),
  comparison: BELOW,
  threshold: 1,
  periods: 3,
  missing: { means: TreatMissingData.BREACHING, because: 'the missing count is what this alarm is about.' },
});

const hours = (minutes: number): string => (minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`);
