import { BATCH_FACTS, FACTS, LOG } from '../../../../lambda/contract/logs.ts';
import { METRICS, namespaceOf, SOURCE_DIMENSION } from '../../../../lambda/contract/metrics.ts';
import { FUNCTION_OUTPUTS } from '../../../../lambda/contract/outputs.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { Target } from '../../target/target.ts';
import { ask } from './insights.ts';
import { lastAboveZero, type Series } from './metric-series.ts';
import { hourLine, rateFacts, rateLines } from './rate-lines.ts';
import { refusalsOf, requestLine } from './request-lines.ts';
import type { HourLine, RateLine, RequestLine, Runs, Traffic, Watch, WatchedFunction } from './watch.ts';

const HOUR = 3_600_000;
/** The longest silence window is a week. */
const TRAFFIC_BACK = 15 * 24 * HOUR;
const LATELY = 24 * HOUR;
const REFUSALS_BACK = 24 * HOUR;
const RECENT = HOUR / 2;
const RATES_KEPT = HOUR / 6;

/** A deployed stack, read from CloudWatch. */
export class AwsWatch implements Watch {
  readonly #target: Target;
  /** Answers about days of logs, by the time they go back to: an open page asks again and again, and every question has its price. */
  readonly #rates = new Map<number, Promise<readonly RateLine[]>>();

  constructor(target: Target) {
    this.#target = target;
  }

  async traffic(sources: readonly string[]): Promise<ReadonlyMap<string, Traffic>> {
    const [stored, refusals] = await Promise.all([
      this.#stored(sources),
      this.#ask(
        'receive',
        `filter ispresent(${FACTS.reason}) | fields coalesce(${FACTS.source}, ${FACTS.from}) as name | stats max(@timestamp) as at, count(*) as n by name, ${FACTS.reason}, bin(5m) | limit 10000`,
        REFUSALS_BACK,
      ),
    ]);
    return new Map(
      sources.map((source): [string, Traffic] => {
        const storedAt = stored.get(source);
        const own = refusals
          .filter(({ name }) => name === source)
          .map((row) => ({ at: Number(row.at), reason: String(row[FACTS.reason]), count: Number(row.n) }));
        const refused = refusalsOf(own, storedAt, Date.now());
        return [source, { ...(storedAt !== undefined && { storedAt }), ...(refused && { refused }) }];
      }),
    );
  }

  /** To five minutes where it was lately, else to the hour: a sum says that an event came in its period, not when. */
  async #stored(sources: readonly string[]): Promise<ReadonlyMap<string, EpochMs>> {
    const found = new Map<string, EpochMs>();
    for (const [back, seconds] of [
      [LATELY, 300],
      [TRAFFIC_BACK, 3600],
    ] as const) {
      const left = sources.filter((source) => !found.has(source));
      const series = left.map((Value) => this.#own(METRICS.stored, [{ Name: SOURCE_DIMENSION, Value }]));
      for (const [at, last] of (await this.#last(series, back, seconds)).entries()) {
        if (last) found.set(left[at] as string, last.at + seconds * 1000);
      }
    }
    return found;
  }

  async runs(name: WatchedFunction): Promise<Runs> {
    const Value = this.#target.names.output(FUNCTION_OUTPUTS[name]);
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

  async heartbeat(): Promise<EpochMs | undefined> {
    const [beat, pulse] = await this.#last([this.#own(METRICS.heartbeat), this.#own(METRICS.pulse)], RECENT, 300);
    return beat?.at ?? pulse?.at;
  }

  /** At most ten minutes old. */
  rates(since: EpochMs): Promise<readonly RateLine[]> {
    const from = Math.floor(since / RATES_KEPT) * RATES_KEPT;
    const known = this.#rates.get(from);
    if (known !== undefined) return known;
    this.#rates.clear();
    const asked = this.#ratesSince(since);
    this.#rates.set(from, asked);
    asked.catch(() => this.#rates.clear());
    return asked;
  }

  async #ratesSince(since: EpochMs): Promise<readonly RateLine[]> {
    const query = `filter ispresent(${SOURCE_DIMENSION}) | stats ${sumsOf(rateFacts())} by ${SOURCE_DIMENSION}, datefloor(@timestamp, 1d) as day | limit 10000`;
    const rows = await this.#ask('process', query, Date.now() - since);
    return rows.flatMap((row) =>
      rateLines(new Date(Number(row.day)).toISOString().slice(0, 10), String(row[SOURCE_DIMENSION]), row),
    );
  }

  async request(id: string, since: EpochMs): Promise<readonly RequestLine[]> {
    const back = Date.now() - since;
    const fields = `fields @timestamp as at, ${FACTS.reason}, ${FACTS.requestId}, ${FACTS.source}, ${FACTS.from}`;
    const [refused, processed] = await Promise.all([
      this.#ask('receive', `filter ${FACTS.requestId} = "${id}" and ispresent(${FACTS.reason}) | ${fields}`, back),
      this.#ask(
        'process',
        `filter strcontains(${BATCH_FACTS.requests}, " ${id} ") | fields @timestamp as at, ${BATCH_FACTS.requests}`,
        back,
      ),
    ]);
    return [...refused, ...processed]
      .flatMap((row) => requestLine(id, Number(row.at), row) ?? [])
      .sort((a, b) => a.at - b.at);
  }

  async hours(since: EpochMs): Promise<readonly HourLine[]> {
    const sums = sumsOf([METRICS.stored, ...rateFacts()]);
    const query = `filter ispresent(${SOURCE_DIMENSION}) | stats ${sums} by ${SOURCE_DIMENSION}, datefloor(@timestamp, 1h) as hour | limit 10000`;
    const rows = await this.#ask('process', query, Date.now() - since);
    return rows.map((row) => hourLine(Number(row.hour), String(row[SOURCE_DIMENSION]), row));
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

  async lastProof(source: string): Promise<{ position: number; at: EpochMs } | undefined> {
    const query = `filter message = "${LOG.proven}" and ${FACTS.source} = "${source}" | fields @timestamp as at, ${FACTS.position} | sort @timestamp desc | limit 1`;
    const [last] = await this.#ask('receive', query, REFUSALS_BACK);
    return last && { position: Number(last[FACTS.position]), at: Number(last.at) };
  }

  #own(MetricName: string, Dimensions: { Name: string; Value: string }[] = []): Series {
    return { Namespace: namespaceOf(this.#target.names.stage ?? ''), MetricName, Dimensions };
  }

  #ask(name: WatchedFunction, query: string, back: number) {
    return ask(this.#target, `/${this.#target.label}/${name}`, query, back);
  }

  #last(series: readonly Series[], back: number, seconds: number) {
    return lastAboveZero(this.#target, series, back, seconds);
  }
}

const sumsOf = (facts: readonly string[]): string => facts.map((fact) => `sum(${fact}) as ${fact}`).join(', ');
