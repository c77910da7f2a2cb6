import { compile, type Series } from './metric-math.ts';

/** One value of one metric, as CloudWatch would keep it. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  /** Sorted `name=value`, joined by commas; '' without dimensions. */
  readonly dimensions: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly value: number;
}

type Properties = Readonly<Record<string, unknown>>;
interface Stat {
  readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions?: unknown };
  readonly Period: number;
  readonly Stat: string;
}
interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: Stat;
  readonly ReturnData?: boolean;
}

export type State = 'OK' | 'ALARM';

/**
 * An alarm of the template, evaluated over data as CloudWatch documents it: the last `EvaluationPeriods` whole periods, each by the
 * alarm's statistic or expression, missing ones by `TreatMissingData`, ALARM when `DatapointsToAlarm` of them are beyond the threshold.
 * @param data in order of time
 * @param at end of the last period, epoch milliseconds
 * @param nameOf shows a dimension's value, which may refer to a resource
 */
export function evaluate(
  alarm: Properties,
  data: readonly Datum[],
  at: number,
  nameOf: (value: unknown) => string,
): State {
  const periods = Number(alarm.EvaluationPeriods);
  const queries = queriesOf(alarm);
  const seconds = queries.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 0;
  const band = bandOf(alarm, queries);
  const shown = band?.of ?? queries.find(({ ReturnData }) => ReturnData !== false)?.Id ?? '';
  const valueAt = (back: number): Series => {
    const to = at - back * seconds * 1000;
    const inside = data.slice(firstAfter(data, to - seconds * 1000), firstAfter(data, to));
    return periodValue(shown, queries, inside, nameOf);
  };
  const learnt = band && upperBound(band.deviations, periods, seconds, valueAt);
  const breaching = Array.from({ length: periods }, (_none, back) => {
    const value = valueAt(back);
    if (value === undefined) return alarm.TreatMissingData === 'breaching';
    if (band) return learnt !== undefined && value > learnt;
    return beyond(value, String(alarm.ComparisonOperator), Number(alarm.Threshold));
  });
  const needed = Number(alarm.DatapointsToAlarm ?? periods);
  return breaching.filter(Boolean).length >= needed ? 'ALARM' : 'OK';
}

/** Index of the first datum after a moment. */
function firstAfter(data: readonly Datum[], moment: number): number {
  let [from, to] = [0, data.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((data[middle]?.at ?? 0) > moment) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** What an alarm on a band of expected values compares with it. */
function bandOf(alarm: Properties, queries: readonly Query[]) {
  if (alarm.ThresholdMetricId === undefined) return undefined;
  const { Expression = '' } = queries.find(({ Id }) => Id === alarm.ThresholdMetricId) ?? {};
  const [, of, deviations] = /^ANOMALY_DETECTION_BAND\((\w+), ([\d.]+)\)$/.exec(Expression) ?? [];
  if (of === undefined || alarm.ComparisonOperator !== 'GreaterThanUpperThreshold')
    throw new Error(`the evaluator knows no band ${Expression} with ${alarm.ComparisonOperator}`);
  return { of, deviations: Number(deviations) };
}

/**
 * The top of the band after up to two weeks before what is judged: mean and standard deviation. CloudWatch's own model also learns hours
 * and weekdays; what this one calls far outside, that one does. Too little to learn from: none.
 */
function upperBound(deviations: number, periods: number, seconds: number, valueAt: (back: number) => Series): Series {
  const most = Math.floor((14 * 86_400) / seconds);
  const past = Array.from({ length: most }, (_none, back) => valueAt(periods + back)).filter(
    (value) => value !== undefined,
  );
  if (past.length < 2) return undefined;
  const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
  const variance = past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / past.length;
  return mean + Math.max(deviations * Math.sqrt(variance), 0.01 * mean);
}

/** Every metric is one query, whichever way the template writes it. */
function queriesOf(alarm: Properties): readonly Query[] {
  if (alarm.Metrics) return alarm.Metrics as readonly Query[];
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = alarm;
  const Metric = { Namespace, MetricName, Dimensions } as Stat['Metric'];
  return [{ Id: 'm', MetricStat: { Metric, Period: Number(Period), Stat: String(Statistic ?? ExtendedStatistic) } }];
}

function periodValue(
  id: string,
  queries: readonly Query[],
  inside: readonly Datum[],
  nameOf: (value: unknown) => string,
): Series {
  const query = queries.find(({ Id }) => Id === id);
  if (query?.Expression !== undefined) {
    return compile(query.Expression)((name) => periodValue(name, queries, inside, nameOf));
  }
  if (!query?.MetricStat) throw new Error(`no query ${id}`);
  const { Metric, Stat } = query.MetricStat;
  const wanted = dimensionsOf(Metric.Dimensions, nameOf);
  const values = inside
    .filter((d) => d.namespace === Metric.Namespace && d.name === Metric.MetricName && d.dimensions === wanted)
    .map(({ value }) => value);
  return values.length === 0 ? undefined : statistic(values, Stat);
}

export const dimensionsOf = (dimensions: unknown, nameOf: (value: unknown) => string): string =>
  ((dimensions ?? []) as { Name: string; Value: unknown }[])
    .map(({ Name, Value }) => `${Name}=${nameOf(Value)}`)
    .sort()
    .join(',');

function statistic(values: readonly number[], name: string): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (name === 'SampleCount') return values.length;
  if (name === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  if (name === 'Maximum') return sorted.at(-1) ?? 0;
  const [, percentile] = /^p(\d+)$/.exec(name) ?? [];
  if (percentile === undefined) throw new Error(`the evaluator knows no statistic ${name}`);
  return sorted[Math.min(sorted.length - 1, Math.ceil((Number(percentile) / 100) * sorted.length) - 1)] ?? 0;
}

function beyond(value: number, operator: string, threshold: number): boolean {
  if (operator === 'GreaterThanThreshold') return value > threshold;
  if (operator === 'GreaterThanOrEqualToThreshold') return value >= threshold;
  if (operator === 'LessThanThreshold') return value < threshold;
  throw new Error(`the evaluator knows no operator ${operator}`);
}
