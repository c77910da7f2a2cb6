import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../../../../../lambda/contract/env.ts';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { ServiceFunction } from '../../../service-function.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const every = { period: Duration.minutes(5), statistic: 'Sum' };
const NOT_CALLED = quiet('a function that is not called does not fail; alarms of its callers watch that.');
/**
 * Twice in 25 minutes: what one retry mends wakes nobody. Earlier than the alarms that follow from it, and longer, so that it can mute
 * them.
 */
const repeated = {
  comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold: 1,
  periods: 2,
  of: 5,
  missing: NOT_CALLED,
};

export const errorsOf = ({ name, function: fn }: ServiceFunction<FunctionName>): AlarmSpec => ({
  ...repeated,
  heading: 'function-errors',
  subject: name,
  severity: 'page',
  broken: `The ${name} function crashed or timed out in two of the last five five-minute periods.`,
  metric: fn.metricErrors(every),
});

/**
 * Of the function that answers requests: what it did not foresee it answers with a 500, which is no error to Lambda. Counts, and no share
 * of the requests, which strangers can make as many of as they like.
 */
export const failuresOf = (receive: ServiceFunction<FunctionName>, stage: string): AlarmSpec => ({
  ...errorsOf(receive),
  broken: `The ${receive.name} function crashed, timed out or failed on something unforeseen in two of the last five five-minute periods.`,
  metric: new MathExpression({
    expression: 'FILL(errors, 0) + FILL(failed, 0)',
    usingMetrics: {
      errors: receive.function.metricErrors(every),
      failed: countOf(stage, METRICS.failed, every.period),
    },
    period: every.period,
    label: 'errors',
  }),
});

export const throttlesOf = ({ name, function: fn }: ServiceFunction<FunctionName>): AlarmSpec => ({
  ...repeated,
  heading: 'function-throttles',
  subject: name,
  severity: 'page',
  broken: `Lambda refused to start the ${name} function in two of the last five five-minute periods.`,
  metric: fn.metricThrottles(every),
});

/** Some ESPs hang up after 3 s; `receive` itself gives up after 2.4. Milliseconds. */
const SLOW_ANSWER = 2000;

export const slownessOf = ({ name, function: fn }: ServiceFunction<FunctionName>): AlarmSpec => ({
  heading: 'slow-answers',
  severity: 'ticket',
  broken: `One in a hundred requests takes the ${name} function over ${SLOW_ANSWER / 1000} s, for 15 minutes; some ESPs hang up after 3 s.`,
  metric: fn.metricDuration({ ...every, statistic: 'p99' }),
  comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
  threshold: SLOW_ANSWER,
  periods: 3,
  missing: NOT_CALLED,
});
