import type { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricName, namespaceOf, SOURCE_DIMENSION } from '../../../lambda/contract/metrics.ts';

/** A count that the functions of a stage emit, summed over `period`; with a source only that one's. */
export const countOf = (stage: string, metricName: MetricName, period: Duration, source?: string): Metric =>
  new Metric({
    namespace: namespaceOf(stage),
    metricName,
    statistic: 'Sum',
    period,
    ...(source && { dimensionsMap: { [SOURCE_DIMENSION]: source } }),
  });

/** Expression over counts of one period, a missing count being 0. */
export function countsIn(
  stage: string,
  period: Duration,
  names: Readonly<Record<string, MetricName>>,
  expression: string,
) {
  const usingMetrics = Object.fromEntries(
    Object.entries(names).map(([name, metric]) => [name, countOf(stage, metric, period)]),
  );
  const filled = expression.replace(/\b[a-z]+\b/g, (word) => (word in names ? `FILL(${word}, 0)` : word));
  return new MathExpression({ expression: filled, usingMetrics, period });
}
