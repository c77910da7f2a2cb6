import { Duration } from 'aws-cdk-lib';
import { type IWidget, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { graph, type Shown } from './rows.ts';

/** List prices of us-east-1, per million. */
const REQUESTS = 1.0;
const WRITE_UNITS = 0.625;

export const charged = ({ ingress, processor, storage }: Shown): IWidget[] => {
  const hour = { period: Duration.hours(1), statistic: 'Sum' };
  const requests = ingress.api.metricCount(hour);
  const writes = [storage.events, storage.suppression].map(
    ({ tableName }) =>
      new Metric({
        ...hour,
        namespace: 'AWS/DynamoDB',
        metricName: 'ConsumedWriteCapacityUnits',
        dimensionsMap: { TableName: tableName },
      }),
  );
  const [events, suppression] = writes as [Metric, Metric];
  return [
    graph(
      'Dollars an hour: API requests, table writes (the two largest; list price)',
      [
        new MathExpression({
          expression: `requests * ${REQUESTS} / 1000000`,
          usingMetrics: { requests },
          ...hour,
          label: 'requests',
        }),
        new MathExpression({
          expression: `(FILL(events, 0) + FILL(suppression, 0)) * ${WRITE_UNITS} / 1000000`,
          usingMetrics: { events, suppression },
          ...hour,
          label: 'writes',
        }),
      ],
      12,
    ),
    graph(
      'Calls an hour',
      [ingress.receive.function.metricInvocations(hour), processor.process.function.metricInvocations(hour)],
      12,
    ),
  ];
};
