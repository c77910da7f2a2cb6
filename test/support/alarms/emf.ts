import type { Datum } from './evaluator.ts';

interface Line extends Readonly<Record<string, unknown>> {
  readonly _aws?: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** The metrics in a function's log, as CloudWatch reads them out of it. */
export function metricsIn(log: string): Datum[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((text) => {
      const line = JSON.parse(text) as Line;
      const { Timestamp: at = 0, CloudWatchMetrics = [] } = line._aws ?? {};
      return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
        Dimensions.flatMap((names) =>
          Metrics.map(({ Name: name }) => {
            const dimensions = [...names].sort().map((dimension) => `${dimension}=${line[dimension]}`);
            return { namespace, name, dimensions: dimensions.join(','), at, value: Number(line[name]) };
          }),
        ),
      );
    });
}
