/** The policies for people and services beside the stack, and where their names stand. */
import { alarmName, muteRuleName, SOURCE_ALARMS } from '../../../lambda/contract/alarms.ts';
import { archiveDatabase, archiveWorkGroup } from '../../../lambda/contract/archive.ts';
import {
  auditedKey,
  auditKey,
  BY_HOUR,
  BY_MESSAGE,
  bySearchKey,
  REQUEST_KEY,
  RETRACTIONS_KEY,
} from '../../../lambda/contract/tables.ts';
import { show } from '../template.ts';
import { may, rightsIn, tablesOf, within } from './rights.ts';
import { functionOf, hasFeeds, idOf, type Rule, same, sameSet, sesTopicsOf, type View } from './view.ts';

const own = (service: string, end: string): string => `arn:AWS::Partition:${service}:AWS::Region:AWS::AccountId:${end}`;
const queuesOf = (view: View): string[] => [
  ...['DeliveryQueue.Arn', 'ActsQueue.Arn', 'DeadLetterQueue.Arn'],
  ...(hasFeeds(view) ? ['FeedsQueue.Arn'] : []),
];
/** What hands messages to `process` and can be paused. */
const paused = ({ ofType }: View): string[] =>
  ofType('AWS::Lambda::EventSourceMapping')
    .map(([id]) => id)
    .filter((id) => /^Processor(Deliveries|Acts|Feeds)/.test(id))
    .map((id) => own('lambda', `event-source-mapping:${id}`));

function archiveRights({ settings: { archive, stage } }: View): string[] {
  if (!archive) return [];
  const [bucket, database] = ['ArchiveBucket.Arn', archiveDatabase(stage)];
  return [
    ...may('s3', 'ListBucket GetBucketLocation', bucket),
    ...may('s3', 'GetObject', `${bucket}/events/*`),
    ...may('s3', 'PutObject GetObject', `${bucket}/query-results/*`),
    ...may(
      'athena',
      'StartQueryExecution GetQueryExecution GetQueryResults StopQueryExecution',
      own('athena', `workgroup/${archiveWorkGroup(stage)}`),
    ),
    ...may(
      'glue',
      'GetDatabase GetTable GetPartitions',
      ...['catalog', `database/${database}`, `table/${database}/archive`].map((end) => own('glue', end)),
    ),
  ];
}

const anyone = (view: View): string[] => [
  ...may('cloudformation', 'DescribeStacks', own('cloudformation', `stack/quell-${view.settings.stage}/*`)),
  ...may('cloudwatch', 'DescribeAlarms GetMetricData', '*'),
  ...archiveRights(view),
];

const reader = (view: View): string[] => may('dynamodb', 'GetItem BatchGetItem', tablesOf(view).list);

const sender = (): string[] => may('secretsmanager', 'GetSecretValue', 'UnsubscribeKeys');

const eraser = (view: View): string[] => [
  ...may('dynamodb', 'Query BatchWriteItem', tablesOf(view).events),
  ...may('dynamodb', 'PutItem DeleteItem', tablesOf(view).list),
  ...may('secretsmanager', 'GetSecretValue PutSecretValue', 'OwnKeys'),
];

const operator = (view: View): string[] => {
  const { settings } = view;
  const { events, list } = tablesOf(view);
  const foreign = sesTopicsOf(view).received.flatMap(({ named }) => named);
  return [
    ...anyone(view),
    ...may('dynamodb', 'GetItem BatchGetItem Query Scan DescribeTable', events, list),
    ...within(may('dynamodb', 'UpdateItem', list), RETRACTIONS_KEY, 'StringEquals'),
    ...within(may('dynamodb', 'PutItem UpdateItem', events), auditKey('*')),
    ...within(may('dynamodb', 'BatchWriteItem', events), auditedKey('*')),
    ...may('dynamodb', 'Query Scan', `${events}/index/*`),
    ...may(
      'sqs',
      'GetQueueAttributes SendMessage ReceiveMessage ChangeMessageVisibility DeleteMessage',
      ...queuesOf(view),
    ),
    ...may(
      'secretsmanager',
      'GetSecretValue PutSecretValue',
      'WebhookSecrets',
      ...(settings.unsubscribe ? ['UnsubscribeKeys'] : []),
      ...(settings.reconcile === undefined ? [] : ['ApiKeys']),
    ),
    ...may('lambda', 'GetEventSourceMapping UpdateEventSourceMapping', ...paused(view)),
    ...may('sns', 'ListSubscriptionsByTopic', ...new Set(foreign), own('sns', `quell-${settings.stage}-*`)),
    ...may('logs', 'StartQuery GetQueryResults', own('logs', `log-group:/quell-${settings.stage}/*`)),
    ...may(
      'cloudwatch',
      'PutAlarmMuteRule',
      ...SOURCE_ALARMS.map((heading) => own('cloudwatch', `alarm:${alarmName(settings.stage, heading)}-*`)),
    ),
    ...may(
      'cloudwatch',
      'PutAlarmMuteRule GetAlarmMuteRule DeleteAlarmMuteRule',
      own('cloudwatch', `alarm-mute-rule:${muteRuleName(settings.stage, '*')}`),
    ),
  ];
};

const viewer = (view: View): string[] => {
  const { settings } = view;
  const { events, list } = tablesOf(view);
  const index = (name: string): string => `${events}/index/${name}`;
  const searched = new Set([REQUEST_KEY, ...(settings.searchKeys ?? [])]);
  const groups = (
    ['receive', 'process', 'pulse', ...(settings.reconcile === undefined ? [] : (['reconcile'] as const))] as const
  ).map((name) => idOf(view, 'AWS::Logs::LogGroup', `${name[0]?.toUpperCase()}${name.slice(1)}Logs`));
  return [
    ...anyone(view),
    ...may('dynamodb', 'GetItem BatchGetItem Query', events, list),
    ...may('dynamodb', 'Scan', list, index(BY_HOUR.name)),
    ...may(
      'dynamodb',
      'Query',
      ...[BY_MESSAGE.name, BY_HOUR.name, ...[...searched].map((key) => bySearchKey(key).name)].map(index),
    ),
    ...may('sqs', 'GetQueueAttributes', ...queuesOf(view)),
    ...may('lambda', 'GetEventSourceMapping', ...paused(view)),
    ...may('logs', 'StartQuery GetQueryResults', ...groups.map((id) => `${id}.Arn`)),
    ...(settings.console
      ? [
          ...may('lambda', 'InvokeFunction', `${functionOf(view, 'console')[0]}.Arn`),
          `cloudwatch:GetDashboard on arn:AWS::Partition:cloudwatch::AWS::AccountId:dashboard/quell-${settings.stage}`,
        ]
      : []),
  ];
};

/** A statement may be split or joined by CloudFormation's limits: what counts is the set of rights. */
export const policies: Rule = function* (view) {
  const { settings } = view;
  const expected = { reader, operator, eraser, viewer, ...(settings.unsubscribe && { sender }) };
  const idFor = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}Policy`;
  yield* sameSet(
    'the policies for others',
    view.ofType('AWS::IAM::ManagedPolicy').map(([id]) => id),
    Object.keys(expected).map(idFor),
  );
  for (const [name, rights] of Object.entries(expected)) {
    const { PolicyDocument, Roles } = view.resources[idFor(name)]?.Properties ?? {};
    yield* sameSet(`what the ${name} may`, [...new Set(rightsIn(PolicyDocument))], [...new Set(rights(view))]);
    const console = settings.console && name === 'viewer';
    yield* same(`who has the ${name} policy`, Roles, console ? [idOf(view, 'AWS::IAM::Role', 'Console')] : undefined);
  }
};

/** Another stack finds all by the stage alone. */
export const parameters: Rule = function* (view) {
  const { settings, outputs, ofType } = view;
  const values = ofType('AWS::SSM::Parameter').map(([, { Properties }]) => Properties);
  const shownTable = (name: string) => outputs[name]?.Value;
  yield* same(
    'the parameters',
    Object.fromEntries(
      values.map(({ Name, Value }) => [String(Name), Value]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    ),
    Object.fromEntries(
      Object.entries({
        ...Object.fromEntries(
          ['reader', 'operator', 'eraser', 'viewer'].map((name) => [
            `${name}-policy-arn`,
            `${name[0]?.toUpperCase()}${name.slice(1)}Policy`,
          ]),
        ),
        'suppression-table-name': show(shownTable('SuppressionTableName')),
        'suppression-table-arn': show(shownTable('SuppressionTableArn')),
        ...(settings.unsubscribe && { 'sender-policy-arn': 'SenderPolicy', 'unsubscribe-keys-arn': 'UnsubscribeKeys' }),
      })
        .map(([name, value]) => [`/quell/${settings.stage}/${name}`, value] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  );
  for (const { Name, Type } of values) yield* same(String(Name), Type, 'String');
};
