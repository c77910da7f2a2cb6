import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { METRICS, namespaceOf, SOURCE_DIMENSION } from '../../../lambda/contract/metrics.ts';
import type { Target } from '../target.ts';
import { ask } from './insights.ts';
import { PROVEN, type Runs, type Traffic, type Watch, type WatchedFunction } from './watch.ts';

const HOUR = 3_600_000;
/** The longest silence window is a week. */
const TRAFFIC_BACK = 15 * 24 * HOUR;
const REFUSALS_BACK = 24 * HOUR;
const RECENT = HOUR / 2;
/** Metrics to one request. */
const QUERIES = 500;

interface Series {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: { readonly Name: string; readonly Value: string }[];
  readonly Stat?: string;
}

/** A deployed stack, read from CloudWatch. */
export class AwsWatch implements Watch {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  async traffic(sources: readonly string[]): Promise<ReadonlyMap<string, Traffic>> {
    const [hours, refusals] = await Promise.all([
      this.#last(
        sources.map((Value) => this.#own(METRICS.accepted, [{ Name: SOURCE_DIMENSION, Value }])),
        TRAFFIC_BACK,
        3600,
      ),
      this.#ask(
        'receive',
        'filter ispresent(reason) | fields coalesce(source, from) as name | stats max(@timestamp) as at, count(*) as n by name, reason',
        REFUSALS_BACK,
      ),
    ]);
    return new Map(
      sources.map((source, index): [string, Traffic] => {
        // An hour's sum says that an event came in it, not when.
        const accepted = hours[index]?.at;
        const own = refusals
          .filter(({ name }) => name === source)
          .map(({ at, reason, n }) => ({ at: Number(at), reason: String(reason), count: Number(n) }))
          .sort((a, b) => b.at - a.at);
        const [refused] = own;
        return [
          source,
          { ...(accepted !== undefined && { acceptedAt: accepted + HOUR }), ...(refused && { refused }) },
        ];
      }),
    );
  }

  async runs(name: WatchedFunction): Promise<Runs> {
    const Value = this.#target.names.output(`${name[0]?.toUpperCase()}${name.slice(1)}FunctionName`);
    const lambda = (MetricName: string): Series => ({
      Namespace: 'AWS/Lambda',
      MetricName,
      Dimensions: [{ Name: 'FunctionName', Value }],
    });
    const own = name === 'process' ? [this.#own(METRICS.failedMessages)] : [];
    const [run, ...failures] = await this.#last([lambda('Invocations'), lambda('Errors'), ...own], RECENT, 300);
    const failedAt = Math.max(...failures.map((one) => one?.at ?? 0));
    return { ...(run && { succeededAt: run.at }), ...(failedAt > 0 && { failedAt }) };
  }

  async heartbeat(): Promise<number | undefined> {
    const [beat, pulse] = await this.#last([this.#own(METRICS.heartbeat), this.#own(METRICS.pulse)], RECENT, 300);
    return beat?.at ?? pulse?.at;
  }

  async queueAge(): Promise<number | undefined> {
    const Value = new URL(this.#target.names.queues.delivery).pathname.split('/').at(-1) ?? '';
    const [age] = await this.#last(
      [
        {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateAgeOfOldestMessage',
          Dimensions: [{ Name: 'QueueName', Value }],
          Stat: 'Maximum',
        },
      ],
      RECENT,
      300,
    );
    return age?.value;
  }

  async lastProof(source: string): Promise<{ position: number; at: number } | undefined> {
    const query = `filter message = "${PROVEN}" and source = "${source}" | fields @timestamp as at, position | sort @timestamp desc | limit 1`;
    const [last] = await this.#ask('receive', query, REFUSALS_BACK);
    return last && { position: Number(last.position), at: Number(last.at) };
  }

  #own(MetricName: string, Dimensions: { Name: string; Value: string }[] = []): Series {
    return { Namespace: namespaceOf(this.#target.names.stage ?? ''), MetricName, Dimensions };
  }

  #ask(name: WatchedFunction, query: string, back: number) {
    return ask(this.#target, `/${this.#target.label}/${name}`, query, back);
  }

  /** The newest period of each series that is above zero. */
  async #last(
    series: readonly Series[],
    back: number,
    Period: number,
  ): Promise<({ at: number; value: number } | undefined)[]> {
    const client = await this.#target.clients.cloudwatch();
    const now = Date.now();
    const found: ({ at: number; value: number } | undefined)[] = series.map(() => undefined);
    for (let first = 0; first < series.length; first += QUERIES) {
      const MetricDataQueries = series.slice(first, first + QUERIES).map(
        ({ Stat = 'Sum', ...Metric }, at): MetricDataQuery => ({
          Id: `m${first + at}`,
          MetricStat: { Metric, Period, Stat },
        }),
      );
      let NextToken: string | undefined;
      do {
        const answer = await client.send(
          new GetMetricDataCommand({
            MetricDataQueries,
            StartTime: new Date(now - back),
            EndTime: new Date(now),
            ScanBy: 'TimestampDescending',
            NextToken,
          }),
        );
        for (const { Id = '', Values = [], Timestamps = [] } of answer.MetricDataResults ?? []) {
          const index = Values.findIndex((value) => value > 0);
          const at = Timestamps[index]?.getTime();
          if (at !== undefined) found[Number(Id.slice(1))] ??= { at, value: Values[index] ?? 0 };
        }
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
    }
    return found;
  }
}
