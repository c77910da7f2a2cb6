import { METRICS } from '../../../../lambda/contract/metrics.ts';
import { daysOf, LENGTHS, type Value } from '../../alarms/days.ts';
import { metricsIn } from '../../alarms/emf.ts';
import { dimensionsOf } from '../../alarms/evaluator.ts';
import { show, synthesize } from '../../template.ts';
import type { Result } from './run.ts';

const { HOUR, STEP } = LENGTHS;
/** When it is looked: soon, and when every window is full of it. */
const MOMENTS = [STEP, 4 * STEP, 2 * HOUR];

/** The alarms that wake somebody, by name, were all these requests sent again in every five minutes of some hours. */
export function pagesBy({ sources, log, statuses, count, crashes, slowestMs }: Result): string[] {
  const template = synthesize(sources.settings);
  const alarms = [...template.ofType('AWS::CloudWatch::Alarm'), ...template.ofType('AWS::CloudWatch::CompositeAlarm')];
  const nameOf = (value: unknown): string => String(value).replace('quell-test-', '');
  const paging = alarms
    .filter(([, { Properties }]) => JSON.stringify(Properties.AlarmActions ?? []).includes('Page'))
    .map(([, { Properties }]) => nameOf(Properties.AlarmName));
  if (paging.length === 0) throw new Error('the template has no alarm that pages');

  const sums = new Map<string, Value>();
  for (const { at: _at, ...value } of metricsIn(log)) {
    const key = `${value.name} ${value.dimensions}`;
    sums.set(key, { ...value, value: (sums.get(key)?.value ?? 0) + value.value });
  }
  const answered = (least: number): number =>
    [...statuses].reduce((sum, [status, times]) => (status >= least && status < least + 100 ? sum + times : sum), 0);
  /** What AWS counts, under the dimensions that alarms watch. */
  const ofAws: Readonly<Record<string, number>> = {
    Count: count,
    '4xx': answered(400),
    '5xx': answered(500) + crashes.length,
    Errors: crashes.length,
    Throttles: 0,
    Duration: slowestMs,
  };
  const watched = alarms.flatMap(([, { Properties }]) => {
    const queries = (Properties.Metrics ?? [{ MetricStat: { Metric: Properties } }]) as {
      MetricStat?: { Metric: Record<string, unknown> };
    }[];
    return queries.flatMap(({ MetricStat }): Record<string, unknown>[] => (MetricStat ? [MetricStat.Metric] : []));
  });
  const counted = watched.flatMap(({ Namespace, MetricName, Dimensions }): Value[] => {
    const value = ofAws[String(MetricName)];
    if (value === undefined || !String(Namespace).startsWith('AWS/')) return [];
    return [
      { namespace: String(Namespace), name: String(MetricName), dimensions: dimensionsOf(Dimensions, show), value },
    ];
  });
  const once = [...new Map(counted.map((value) => [`${value.name} ${value.dimensions}`, value])).values()];
  const [namespace = ''] = [...sums.values()].map((value) => value.namespace);
  // The stack itself is well: its pulse goes round, and every ESP posts its own.
  const own: Value[] = [
    { namespace, name: METRICS.heartbeat, dimensions: '', value: 500 },
    ...Object.keys(sources.settings.sources).map((source) => ({
      namespace,
      name: METRICS.stored,
      dimensions: `source=${source}`,
      value: 10,
    })),
  ];
  const days = daysOf(alarms, [
    { values: own, ms: 26 * HOUR },
    { values: [...own, ...once, ...sums.values()], ms: 3 * HOUR },
  ]);
  return paging.filter((name) => MOMENTS.some((ms) => days.state(name, 26 * HOUR + ms) === 'ALARM'));
}
