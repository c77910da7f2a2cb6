/** Alarms: whom they tell, that they are on, and that each watches a metric that its own part writes. */
import { METRICS, namespaceOf, SOURCE_DIMENSION } from '../../../lambda/contract/metrics.ts';
import { show } from '../template.ts';
import { functionOf, idOf, type Rule, same, type View } from './view.ts';

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
