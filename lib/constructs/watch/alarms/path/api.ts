import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const TOLERATED_SERVER_ERROR_PERCENT = 5;

/** What API Gateway itself answered, whether or not a function was reached. */
export function apiAlarms(api: HttpApi, { alarms, stage }: Settings): AlarmSpec[] {
  const metric = { period: Duration.minutes(5), statistic: 'Sum' };
  const missing = quiet('without requests nothing fails.');
  return [
    {
      heading: 'api-server-errors',
      severity: 'page',
      follower: true,
      broken: `More than ${TOLERATED_SERVER_ERROR_PERCENT} % of requests were answered with a 5xx; ESPs retry, some for minutes only.`,
      metric: new MathExpression({
        // Some ESPs are refused with a 5xx, because they drop what gets a 4xx: those that an outsider can make are no failure of ours.
        expression: 'IF(requests > 0, 100 * (errors - FILL(refused, 0)) / requests, 0)',
        usingMetrics: {
          errors: api.metricServerError(metric),
          requests: api.metricCount(metric),
          refused: countOf(stage, METRICS.refused5xx, metric.period),
        },
        period: metric.period,
        label: 'percent of requests',
      }),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: TOLERATED_SERVER_ERROR_PERCENT,
      // Later than every known cause, which can so mute it.
      periods: 3,
      of: 4,
      missing,
    },
    {
      heading: 'api-client-errors',
      severity: 'ticket',
      broken: `${alarms.clientErrors} or more requests in 15 minutes were answered with a 4xx, twice in a row.`,
      // A count and no share: the internet scans every address, and one source's wrong URL must not drown in the others' traffic.
      metric: api.metricClientError({ period: Duration.minutes(15), statistic: 'Sum' }),
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: alarms.clientErrors,
      periods: 2,
      missing,
    },
  ];
}
