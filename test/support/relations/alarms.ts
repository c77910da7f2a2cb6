/** Alarms: whom they tell, that they are on, and that each watches a metric that its own part writes. */
import { METRICS, namespaceOf, SOURCE_DIMENSION } from '../../../lambda/contract/metrics.ts';
import { type Resource, show } from '../template.ts';
import { functionOf, idOf, type Rule, same, sameSet, sesTopicsOf, type View } from './view.ts';

interface Metric {
  readonly Namespace?: unknown;
  readonly MetricName?: unknown;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** Switches that nobody switches: an alarm that is off is none. */
const NEVER = ['ActionsEnabled', 'InsufficientDataActions', 'EvaluateLowSampleCountPercentile'];

/** What a metric of AWS can be about: a dimension, and the parts that may stand in it. */
function subjects(view: View): Readonly<Record<string, readonly [dimension: string, values: readonly string[]]>> {
  const ids = (type: string, end = ''): string[] => view.ofType(type).map(([id]) => `${id}${end}`);
  return {
    'AWS/ApiGateway': ['ApiId', ['WebhookApi']],
    'AWS/Lambda': ['FunctionName', ids('AWS::Lambda::Function')],
    'AWS/SQS': ['QueueName', ids('AWS::SQS::Queue', '.QueueName')],
    'AWS/SNS': ['TopicName', ids('AWS::SNS::Topic', '.TopicName')],
    'AWS/Firehose': ['DeliveryStreamName', [`quell-${view.settings.stage}-archive`]],
  };
}

/** Ours are by source where the alarm's name ends in one; those of AWS about a part of the stack. */
function* watched(view: View, name: string, { Namespace, MetricName, Dimensions = [] }: Metric): Generator<string> {
  const [dimension, values] = subjects(view)[String(Namespace)] ?? [];
  const given = Dimensions.map(({ Name, Value }) => `${Name}=${show(Value)}`);
  if (dimension !== undefined) {
    if (!values?.some((value) => given.join() === `${dimension}=${value}`))
      yield `${name} watches ${MetricName} of ${given.join()}`;
    return;
  }
  yield* same(`the namespace of ${name}`, Namespace, namespaceOf(view.settings.stage));
  if (!Object.values(METRICS).includes(MetricName as never)) yield `${name} watches ${MetricName}, which nobody writes`;
  const source = Object.keys(view.settings.sources).find((one) => name.endsWith(`-${one}`));
  const subject =
    name === 'unsubscribe-failing'
      ? 'quell-unsubscribe'
      : MetricName === METRICS.stored || !/^(trickle|engagement)/.test(name)
        ? source
        : undefined;
  yield* same(`the source of ${name}`, given, subject === undefined ? [] : [`${SOURCE_DIMENSION}=${subject}`]);
}

/** Of one heading: the numbers are the same whatever it is about, but for windows and limits that the settings give each source. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  silence: ['Period', 'EvaluationPeriods', 'DatapointsToAlarm'],
  trickle: ['Threshold', 'Metrics'],
  'bounce-rate': ['Threshold'],
  'complaint-rate': ['Threshold'],
};
/** What `receive` counts of itself stands beside what Lambda counts of it: alike is what Lambda counts. */
const COUNTED_TWICE = 'function-errors';
function ofLambda(one: Resource['Properties']): Resource['Properties'] {
  const queries = (one.Metrics ?? []) as { MetricStat?: { Metric: object; Period: number; Stat: string } }[];
  const of = queries.find(({ MetricStat }) => (MetricStat?.Metric as Metric | undefined)?.Namespace === 'AWS/Lambda');
  if (!of?.MetricStat) return one;
  const { Metric: metric, Period, Stat } = of.MetricStat;
  return { ...one, ...metric, Period, Statistic: Stat };
}
const ALIKE = [
  ...['ComparisonOperator', 'EvaluationPeriods', 'DatapointsToAlarm', 'Period', 'Statistic', 'ExtendedStatistic'],
  ...['TreatMissingData', 'Threshold', 'MetricName', 'Namespace'],
];

export const families: Rule = function* (view) {
  const { settings, ofType } = view;
  const all = ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  const runbook = ({ AlarmDescription }: Resource['Properties']): string =>
    String(AlarmDescription).split('#').at(-1) ?? '';
  for (const [heading, given] of Map.groupBy(all, runbook)) {
    const members = heading === COUNTED_TWICE ? given.map(ofLambda) : given;
    const compared = ALIKE.filter((name) => !OWN[heading]?.includes(name));
    const [first, ...others] = members.map((one) => Object.fromEntries(compared.map((name) => [name, one[name]])));
    for (const other of others) yield* same(`another ${heading}`, other, first);
    for (const { AlarmName, DatapointsToAlarm, EvaluationPeriods, Metrics } of members) {
      if (!(Number(DatapointsToAlarm) <= Number(EvaluationPeriods)))
        yield `${AlarmName} needs ${DatapointsToAlarm} of ${EvaluationPeriods}`;
      const inputs = ((Metrics ?? []) as { MetricStat?: { Period: number }; ReturnData?: boolean }[]).filter(
        ({ MetricStat }) => MetricStat,
      );
      // An alarm is on one series: what that is made of is not shown, and is of the same time.
      yield* same(
        `what ${AlarmName} is made of`,
        inputs.map(({ ReturnData }) => ReturnData),
        inputs.map(() => false),
      );
      yield* same(
        `the periods of ${AlarmName}`,
        new Set(inputs.map(({ MetricStat }) => MetricStat?.Period)).size,
        Math.min(inputs.length, 1),
      );
    }
  }
  const brought = sesTopicsOf(view)
    .received.filter(({ via, make }) => make || via !== 'https')
    .map(({ source }) => source);
  const every = Object.keys(settings.sources);
  const of = (heading: string): unknown[] =>
    all
      .filter((one) => runbook(one) === heading)
      .map(({ AlarmName }) => String(AlarmName).replace(`quell-${settings.stage}-${heading}-`, ''));
  for (const heading of ['refused-proofs', 'unreadable', 'unverifiable'])
    yield* sameSet(`the alarms ${heading}`, of(heading), every);
  yield* sameSet(
    'the alarms silence',
    of('silence'),
    every.filter((source) => settings.sources[source]?.expectEvery !== false),
  );
  for (const heading of ['undelivered-notifications', 'undelivered-expire'])
    yield* sameSet(`the alarms ${heading}`, of(heading), brought);
  // Whatever waits in a queue is told of before it is deleted.
  const watched = JSON.stringify(
    all.filter(({ Namespace }) => Namespace === 'AWS/SQS').map(({ Dimensions }) => Dimensions),
  );
  for (const [queue] of ofType('AWS::SQS::Queue'))
    if (!watched.includes(`"${queue}"`)) yield `no alarm watches ${queue}`;
};

export const alarms: Rule = function* (view) {
  const { settings, ofType } = view;
  const topics = ['Page', 'Ticket'].map((severity) => idOf(view, 'AWS::SNS::Topic', `AlarmsDeskTopics${severity}`));
  const both = [...ofType('AWS::CloudWatch::Alarm'), ...ofType('AWS::CloudWatch::CompositeAlarm')];
  for (const [id, { Properties }] of both) {
    const name = String(Properties.AlarmName).replace(`quell-${settings.stage}-`, '');
    if (!id.startsWith(`AlarmsDesk${name.replace(/\W/g, '')}`)) yield `${id} is named ${name}`;
    for (const property of NEVER) if (property in Properties) yield `${name} has ${property}`;
    const told = (Properties.AlarmActions ?? []) as unknown[];
    // The joint alarm tells of its followers.
    const follows = /^(api-server-errors|heartbeat)$/.test(name);
    yield* same(`whom ${name} tells`, told.length, follows ? 0 : 1);
    if (!follows && !topics.includes(show(told[0]))) yield `${name} tells ${show(told[0])}`;
    yield* same(`whom ${name} tells when it is over`, Properties.OKActions, follows ? undefined : told.map(show));
    const queries = (Properties.Metrics ?? []) as { MetricStat?: { Metric: Metric } }[];
    const metrics =
      Properties.MetricName === undefined
        ? queries.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])
        : [Properties as Metric];
    for (const metric of metrics) yield* watched(view, name, metric);
  }
  const [, receive] = functionOf(view, 'receive');
  // Later than the function's own end, so that a slow answer is told before a lost one.
  const slow = both.find(([, { Properties }]) => String(Properties.AlarmName).endsWith('-slow-answers'));
  if (Number(slow?.[1].Properties.Threshold) >= 1000 * Number(receive.Timeout))
    yield 'slow-answers tells after the function has ended';
};
