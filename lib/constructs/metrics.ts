import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricName, namespaceOf, SOURCE_DIMENSION } from '../../lambda/contract/metrics.ts';

/** A count that the functions of a stage emit, summed over `period`; with a source only that one's. */
export const countOf = (stage: string, metricName: MetricName, period: Duration, source?: string): Metric =>
  new Metric({
    namespace: namespaceOf(stage),
    metricName,
    statistic: 'Sum',
    period,
    ...(source && { dimensionsMap: { [SOURCE_DIMENSION]: source } }),
  });
