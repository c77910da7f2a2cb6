import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../../../lambda/contract/metrics.ts';
import { PROVIDERS } from '../../../../../lambda/providers/index.ts';
import type { Settings, SourceSettings } from '../../../../settings/schema.ts';
import { countOf } from '../../metrics.ts';
import { type AlarmSpec, quiet } from '../desk/desk.ts';

const TOLERATED_SERVER_ERROR_PERCENT = 5;

/** Some ESPs are refused with a 5xx, because they drop what gets a 4xx. */
const isRefusedWith5xx = ({ provider }: SourceSettings): boolean =>
  Object.values(PROVIDERS.get(provider)?.responses ?? {}).some((status = 0) => status >= 500);

/** What API Gateway itself answered, whether or not a function was reached. */
export function apiAlarms(api: HttpApi, { alarms, stage, sources }: Settings): AlarmSpec[] {
  const metric = { period: Duration.minutes(5), statistic: 'Sum' };
  // Those that an outsider can make are no failure of ours. Where there are none, the metric costs nothing.
  const refused = Object.values(sources).some(isRefusedWith5xx)
    ? { refused: countOf(stage, METRICS.refused5xx, metric.period) }
    : undefined;
  const ours = refused ? '(errors - FILL(refused, 0))' : 'errors';
  const missing = quiet('without requests nothing fails.');
  return [
    {
      heading: 'api-server-errors',
      severity: 'page',
      follower: true,
      broken: `More than ${TOLERATED_SERVER_ERROR_PERCENT} % of requests were answered with a 5xx; ESPs retry, some for minutes only.`,
      metric: new MathExpression({
        expression: `IF(requests > 0, 100 * ${ours} / requests, 0)`,
        usingMetrics: {
          errors: api.metricServerError(metric),
          requests: api.metricCount(metric),
          ...refused,
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
