import { Duration } from 'aws-cdk-lib';

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
