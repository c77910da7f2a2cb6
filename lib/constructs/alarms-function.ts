import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../../lambda/contract/env.ts';
import { type AlarmSpec, quiet, type Severity } from './alarm-desk.ts';
import type { ServiceFunction } from './service-function.ts';

/** Errors and throttles of one function. Three periods in a row: what one retry mends wakes nobody. */
export function functionAlarms(of: ServiceFunction<FunctionName>, severity: Severity): AlarmSpec[] {
  const every = { period: Duration.minutes(5), statistic: 'Sum' };
  const common = {
    subject: of.name,
    severity,
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    periods: 3,
    missing: quiet('a function that is not called does not fail; alarms of its callers watch that.'),
  };
  return [
    {
      ...common,
      heading: 'function-errors',
      broken: `The ${of.name} function crashed or timed out in each of the last three five-minute periods.`,
      metric: of.function.metricErrors(every),
    },
    {
      ...common,
      heading: 'function-throttles',
      broken: `Lambda refused to start the ${of.name} function in each of the last three five-minute periods.`,
      metric: of.function.metricThrottles(every),
    },
  ];
}
