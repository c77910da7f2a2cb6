import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ComparisonOperator, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmSpec, quiet } from './alarm-desk.ts';

const TOLERATED_SERVER_ERROR_PERCENT = 5;
const TOLERATED_CLIENT_ERROR_PERCENT = 50;
/** Below this many requests a share says nothing: the internet scans every address. */
const CLIENT_ERROR_MINIMUM_REQUESTS = 20;

/** What API Gateway itself answered, whether or not a function was reached. */
export function apiAlarms(api: HttpApi): AlarmSpec[] {
  const metric = { period: Duration.minutes(5), statistic: 'Sum' };
  const longer = { period: Duration.minutes(15), statistic: 'Sum' };
  const common = {
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    missing: quiet('without requests nothing fails.'),
  };
  return [
    {
      ...common,
      heading: 'api-server-errors',
      severity: 'page',
      broken: `More than ${TOLERATED_SERVER_ERROR_PERCENT} % of requests were answered with a 5xx; ESPs retry, some for minutes only.`,
      metric: percent(api.metricServerError(metric), api.metricCount(metric), 1),
      threshold: TOLERATED_SERVER_ERROR_PERCENT,
      // A source of few requests has one in most periods; its ESP's retries fill the next.
      periods: 2,
      of: 3,
    },
    {
      ...common,
      heading: 'api-client-errors',
      severity: 'ticket',
      broken: `More than ${TOLERATED_CLIENT_ERROR_PERCENT} % of requests were answered with a 4xx, of ${CLIENT_ERROR_MINIMUM_REQUESTS} or more.`,
      metric: percent(api.metricClientError(longer), api.metricCount(longer), CLIENT_ERROR_MINIMUM_REQUESTS),
      threshold: TOLERATED_CLIENT_ERROR_PERCENT,
      periods: 2,
    },
  ];
}

const percent = (errors: Metric, requests: Metric, minimumRequests: number): MathExpression =>
  new MathExpression({
    expression: `IF(requests >= ${minimumRequests}, 100 * errors / requests, 0)`,
    usingMetrics: { errors, requests },
    period: requests.period,
    label: 'percent of requests',
  });
