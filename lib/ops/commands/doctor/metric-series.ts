import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { Target } from '../../target/target.ts';

export interface Series {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: { readonly Name: string; readonly Value: string }[];
  /** Default: Sum. */
  readonly Stat?: string;
}

/** A period that holds something: when it began (epoch milliseconds), and what it holds. */
interface Period {
  readonly at: EpochMs;
  readonly value: number;
}

/** Metrics to one request. */
const QUERIES = 500;

/** The newest period of each series that is above zero, where there is one. */
export async function lastAboveZero(
  target: Target,
  series: readonly Series[],
  back: number,
  seconds: number,
): Promise<(Period | undefined)[]> {
  const found = new Map<number, Period>();
  for (let first = 0; first < series.length; first += QUERIES) {
    const queries = series.slice(first, first + QUERIES).map(
      ({ Stat = 'Sum', ...Metric }, at): MetricDataQuery => ({
        Id: `m${first + at}`,
        MetricStat: { Metric, Period: seconds, Stat },
      }),
    );
    for await (const { Id = '', Values = [], Timestamps = [] } of results(target, queries, back)) {
      const index = Values.findIndex((value) => value > 0);
      const at = Timestamps[index]?.getTime();
      const number = Number(Id.slice(1));
      // Newest first: what comes later is older.
      if (at !== undefined && !found.has(number)) found.set(number, { at, value: Values[index] ?? 0 });
    }
  }
  return series.map((_one, at) => found.get(at));
}

async function* results(target: Target, MetricDataQueries: MetricDataQuery[], back: number) {
  const client = await target.clients.cloudwatch();
  const now = Date.now();
  const window = { StartTime: new Date(now - back), EndTime: new Date(now), ScanBy: 'TimestampDescending' } as const;
  let NextToken: string | undefined;
  do {
    const answer = await client.send(new GetMetricDataCommand({ MetricDataQueries, ...window, NextToken }));
    yield* answer.MetricDataResults ?? [];
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
}
