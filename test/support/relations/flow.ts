/** What brings something to where: event sources, the clock, rules. */
import { MESSAGE_VERSION } from '../../../lambda/contract/message.ts';
import { SES_DETAIL_TYPES } from '../../../lib/constructs/ses/direct-input.ts';
import { topicsOf } from '../../../lib/constructs/ses/topics.ts';
import { show } from '../template.ts';
import { functionOf, hasFeeds, idOf, type Rule, same, sameSet, undescribed } from './view.ts';

const PARTIAL = ['ReportBatchItemFailures'];
const [DAY, HOUR] = [86_400, 3600];

/** Queues lead to `process`, streams to `publish`; nothing is switched off, filtered or held back beside what stands here. */
export const eventSources: Rule = function* (view) {
  const { settings, outputs, ofType } = view;
  const sources = new Map(
    ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => [
      show(Properties.EventSourceArn),
      Properties,
    ]),
  );
  const queues = {
    'DeliveryQueue.Arn': settings.concurrency,
    // As few as an event source can have at a time: acts and lines of the archive are few.
    'ActsQueue.Arn': 2,
    ...(hasFeeds(view) && { 'FeedsQueue.Arn': settings.concurrency }),
    ...(settings.archive && { 'UnarchivedQueue.Arn': 2 }),
  };
  const streamOf = (table: 'events' | 'suppression'): string =>
    settings.existingTables[`${table}Stream`] ?? `${table === 'events' ? 'EventsTable' : 'SuppressionTable'}.StreamArn`;
  const types = settings.publish ? settings.publish.types : [];
  const streams = settings.publish
    ? [
        streamOf('suppression'),
        ...(types.length > 0 || settings.publish.surgeClicks !== undefined ? [streamOf('events')] : []),
      ]
    : [];
  yield* sameSet('the event sources', [...sources.keys()], [...Object.keys(queues), ...streams]);
  for (const [queue, concurrency] of Object.entries(queues))
    yield* same(queue, sources.get(queue), {
      BatchSize: 10,
      EventSourceArn: queue,
      FunctionName: functionOf(view, 'process')[0],
      FunctionResponseTypes: PARTIAL,
      ScalingConfig: { MaximumConcurrency: concurrency },
    });
  for (const stream of streams) {
    const { FilterCriteria, ...properties } = sources.get(stream) ?? {};
    const { Filters = [] } = (FilterCriteria ?? {}) as { Filters?: { Pattern: string }[] };
    // What is taken away is no change to tell of.
    yield* same(
      `${stream}: what calls`,
      [...new Set(Filters.flatMap(({ Pattern }) => (JSON.parse(Pattern) as { eventName: string[] }).eventName))],
      ['INSERT', 'MODIFY'],
    );
    yield* same(stream, properties, {
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      DestinationConfig: { OnFailure: { Destination: 'UnpublishedQueue.Arn' } },
      EventSourceArn: stream,
      FunctionName: functionOf(view, 'publish')[0],
      FunctionResponseTypes: PARTIAL,
      MaximumRecordAgeInSeconds: 2 * HOUR,
      // One for each shard leaves a new account's ten to the other functions.
      ParallelizationFactor: 1,
      StartingPosition: 'TRIM_HORIZON',
    });
  }
  for (const [name, id] of Object.entries({ Deliveries: 'DeliveryQueue', Acts: 'ActsQueue', Feeds: 'FeedsQueue' })) {
    const [mapping = 'none'] =
      ofType('AWS::Lambda::EventSourceMapping').find(
        ([, { Properties }]) => show(Properties.EventSourceArn) === `${id}.Arn`,
      ) ?? [];
    yield* same(`${name}MappingId`, outputs[`${name}MappingId`]?.Value, mapping);
  }
};

/** How often CloudFormation's words say that something happens, in seconds. */
const every = (hours: number): string =>
  (hours % 24 === 0 ? `${hours / 24} day` : `${hours} hour`) + (hours === 1 || hours === 24 ? '' : 's');

/** `pulse` and the comparison run by the clock: pulse as often as the alarm that misses it counts. */
export const schedules: Rule = function* (view) {
  const { settings, ofType } = view;
  const scheduled = ofType('AWS::Events::Rule').filter(([id]) => !id.startsWith('SesDirect'));
  const missed = ofType('AWS::CloudWatch::Alarm').find(([, { Properties }]) =>
    /-(heartbeat|pulse-missing)$/.test(String(Properties.AlarmName)),
  );
  const expected = [
    [functionOf(view, 'pulse')[0], `rate(${Number(missed?.[1].Properties.Period) / 60} minutes)`],
    ...(settings.reconcile === undefined
      ? []
      : [[functionOf(view, 'reconcile')[0], `rate(${every(settings.reconcile)})`]]),
  ];
  yield* same(
    'what runs by the clock',
    scheduled.map(([, { Properties }]) => Properties),
    expected.map(([id, rate]) => ({
      ScheduleExpression: rate,
      State: 'ENABLED',
      Targets: [{ Arn: `${id}.Arn`, Id: 'Target0' }],
    })),
  );
};

/** SES by EventBridge: every event about mail, of the named configuration sets, as a message of ours. */
export const sesRules: Rule = function* (view) {
  const rules = view.ofType('AWS::Events::Rule').filter(([id]) => id.startsWith('SesDirect'));
  const sources = Object.entries(view.settings.sources).filter(([, one]) => topicsOf(one)?.via === 'eventbridge');
  yield* same('the rules of SES', rules.length, sources.length);
  for (const [source, { options }] of sources) {
    const [, { Properties }] = rules.find(([id]) => id.includes(source.replace(/\W/g, ''))) ?? ['', { Properties: {} }];
    const { Targets = [], ...rest } = undescribed(Properties) as { Targets?: Record<string, unknown>[] };
    yield* same(`the rule of ${source}`, rest, {
      EventPattern: {
        source: ['aws.ses'],
        'detail-type': [...SES_DETAIL_TYPES],
        ...(options.configurationSets !== undefined && {
          detail: { mail: { tags: { 'ses:configuration-set': options.configurationSets } } },
        }),
      } as object,
      State: 'ENABLED',
    });
    const [{ InputTransformer, ...target } = {}] = Targets;
    yield* same(`the target of ${source}`, target, {
      Arn: 'FeedsQueue.Arn',
      DeadLetterConfig: {
        Arn: `${idOf(view, 'AWS::SQS::Queue', `SesDirect${source.replace(/\W/g, '')}undelivered`)}.Arn`,
      },
      Id: 'Target0',
      RetryPolicy: { MaximumEventAgeInSeconds: DAY, MaximumRetryAttempts: 185 },
    });
    const { InputPathsMap, InputTemplate = '' } = (InputTransformer ?? {}) as {
      InputPathsMap?: object;
      InputTemplate?: string;
    };
    yield* same(`what ${source} takes of an event`, InputPathsMap, { id: '$.id', time: '$.time' });
    yield* same(`what ${source} makes of it`, JSON.parse(InputTemplate.replace(/<([\w.]+)>/g, '"$1"') || '{}'), {
      v: MESSAGE_VERSION,
      source,
      channel: 'eventbridge',
      receivedAt: 'time',
      requestId: 'id',
      origin: 'live',
      event: 'aws.events.event.json',
    });
  }
};
