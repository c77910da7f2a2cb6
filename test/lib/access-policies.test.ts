import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AccessPolicies } from '../../lib/constructs/access/policies.ts';
import { PROCESS_TIMEOUT, Processor } from '../../lib/constructs/delivery/processor.ts';
import { DeliveryQueues } from '../../lib/constructs/delivery/queue.ts';
import { Secrets } from '../../lib/constructs/storage/secrets.ts';
import { Storage } from '../../lib/constructs/storage/tables.ts';
import { AlarmTopics } from '../../lib/constructs/watch/alarms/desk/topics.ts';
import { runtimeConfig } from '../../lib/settings/runtime-config.ts';
import type { Settings } from '../../lib/settings/schema.ts';
import { VARIANTS } from '../support/stack/settings.ts';
import { appOf, type Resource, show, synthesize } from '../support/template.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

function stackOf(settings: Settings): Stack {
  const stack = new Stack(appOf(), `quell-${settings.stage}`);
  const storage = new Storage(stack, 'Storage', settings);
  const secrets = new Secrets(stack, 'Secrets', settings);
  const delivery = new DeliveryQueues(stack, 'Delivery', {
    consumerTimeout: PROCESS_TIMEOUT,
    feeds: true,
    archive: false,
    limited: false,
  });
  const config = runtimeConfig(settings);
  const rest = { config, logRetentionDays: 30, topicArns: [], madeTopics: '{}', archive: undefined, concurrency: 10 };
  const processor = new Processor(stack, 'Processor', { ...rest, delivery, ownKeys: secrets.ownKeys, storage });
  const mappings = Object.values(processor.mappings).flatMap((mapping) => mapping ?? []);
  const topics = new AlarmTopics(stack, 'Topics', settings);
  const others = { functions: [processor.process.function], topicArns: [topics.page.topicArn] };
  new AccessPolicies(stack, 'Access', { stage: settings.stage, storage, secrets, delivery, mappings, ...others });
  return stack;
}

const resourcesOf = (settings: Settings): Record<string, Resource> =>
  (Template.fromStack(stackOf(settings)).toJSON() as { Resources: Record<string, Resource> }).Resources;

/** As IAM decides for a principal that has nothing but this policy. */
function evaluator(policy: Resource | undefined) {
  const { Statement: statements = [] } = (policy?.Properties.PolicyDocument ?? {}) as { Statement?: Statement[] };
  const matches = (pattern: string, text: string) =>
    new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'i').test(text);
  const one = (action: string, on: string) => (statement: Statement) =>
    [statement.Action].flat().some((pattern) => matches(pattern, action)) &&
    [statement.Resource].flat().some((pattern) => matches(show(pattern), on));
  return (action: string, on: string): boolean => {
    const found = statements.filter(one(action, on));
    return found.length > 0 && found.every(({ Effect }) => Effect === 'Allow');
  };
}

/** Every operation of DynamoDB that is authorised on a table, its indexes or its stream. */
const OPERATIONS =
  `BatchGetItem BatchWriteItem ConditionCheckItem CreateBackup CreateTable CreateTableReplica DeleteItem
  DeleteResourcePolicy DeleteTable DeleteTableReplica DescribeContinuousBackups DescribeContributorInsights DescribeExport
  DescribeKinesisStreamingDestination DescribeStream DescribeTable DescribeTimeToLive DisableKinesisStreamingDestination
  EnableKinesisStreamingDestination ExportTableToPointInTime GetItem GetRecords GetResourcePolicy GetShardIterator ImportTable
  ListStreams ListTagsOfResource PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate PutItem PutResourcePolicy Query
  RestoreTableFromBackup RestoreTableToPointInTime Scan StartAwsBackupJob TagResource UntagResource UpdateContinuousBackups
  UpdateContributorInsights UpdateItem UpdateKinesisStreamingDestination UpdateTable UpdateTableReplicaAutoScaling
  UpdateTimeToLive`
    .split(/\s+/)
    .map((operation) => `dynamodb:${operation}`);

const allowed = (may: (action: string, on: string) => boolean, on: string): string[] =>
  OPERATIONS.filter((operation) => may(operation, on)).map((operation) => operation.replace('dynamodb:', ''));

describe('reader', () => {
  const resources = resourcesOf(VARIANTS.smallest);
  const may = evaluator(resources.ReaderPolicy);

  test('of all operations on the suppression table it allows the two reads of a known address', () => {
    expect(allowed(may, 'SuppressionTable.Arn')).toEqual(['BatchGetItem', 'GetItem']);
  });

  test('it allows nothing on any other resource of the stack', () => {
    for (const [id, { Type }] of Object.entries(resources)) {
      if (id === 'SuppressionTable') continue;
      const service = /^AWS::(\w+)::/.exec(Type)?.[1]?.toLowerCase();
      for (const action of [...OPERATIONS, `${service}:Anything`]) {
        for (const on of [id, `${id}.Arn`, `${id}.StreamArn`]) expect([id, action, may(action, on)]).toContain(false);
      }
    }
    expect(allowed(may, 'SuppressionTable.StreamArn')).toEqual([]);
    expect(allowed(may, '*')).toEqual([]);
  });

  test('an attached table is the one that is read', () => {
    const on = 'arn:AWS::Partition:dynamodb:AWS::Region:AWS::AccountId:table/old-list';
    expect(allowed(evaluator(resourcesOf(VARIANTS.attached).ReaderPolicy), on)).toEqual(['BatchGetItem', 'GetItem']);
  });
});

describe('operator', () => {
  const resources = resourcesOf(VARIANTS.everything);
  const may = evaluator(resources.OperatorPolicy);

  test('reads both tables, writes one item, of what does not count, and records of acts: all else goes through the queue', () => {
    const reads = ['BatchGetItem', 'DescribeTable', 'GetItem', 'Query', 'Scan'];
    expect(allowed(may, 'EventsTable.Arn')).toEqual([...reads, 'BatchWriteItem', 'PutItem', 'UpdateItem'].sort());
    expect(allowed(may, 'SuppressionTable.Arn')).toEqual([...reads, 'UpdateItem']);
    const text = JSON.stringify(resources.OperatorPolicy);
    expect(text).toContain('"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["~retractions"]}');
    expect(text.split('dynamodb:UpdateItem')).toHaveLength(3);
    // Of the events table: the records of what operators do, and by what these are found.
    const { Statement: statements } = (resources.OperatorPolicy as Resource).Properties.PolicyDocument as {
      Statement: (Statement & { readonly Condition?: unknown })[];
    };
    const writes = statements.filter(
      ({ Action, Resource: on }) => show(on) === 'EventsTable.Arn' && /Put|Update|Write/.test(String(Action)),
    );
    expect(writes.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [
        ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['~quell-audit#*'] } },
      ],
      ['dynamodb:BatchWriteItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['~quell-on#*'] } }],
    ]);
    expect(allowed(may, 'EventsTable.Arn/index/byMessage')).toEqual(['Query', 'Scan']);
    expect(allowed(may, 'EventsTable.Arn/index/byHour')).toEqual(['Query', 'Scan']);
    expect(allowed(may, 'EventsTable.Arn/index/bySearch-requestId')).toEqual(['Query', 'Scan']);
  });

  test.each(['DeliveryQueue.Arn', 'DeadLetterQueue.Arn'])('handles messages of %s, and never the queue', (queue) => {
    for (const action of ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility']) {
      expect(may(`sqs:${action}`, queue)).toBe(true);
    }
    for (const action of ['PurgeQueue', 'DeleteQueue', 'SetQueueAttributes', 'AddPermission']) {
      expect(may(`sqs:${action}`, queue)).toBe(false);
    }
  });

  test('looks at metrics, at the logs of the functions and at who hears the alarms, as doctor does', () => {
    const own = (service: string, end: string) => `arn:AWS::Partition:${service}:AWS::Region:AWS::AccountId:${end}`;
    const [logs, topic] = [own('logs', 'log-group:/quell-test/process'), own('sns', 'quell-test-sendgrid')];
    expect(may('cloudwatch:GetMetricData', '*')).toBe(true);
    for (const action of ['StartQuery', 'GetQueryResults']) {
      expect(may(`logs:${action}`, logs)).toBe(true);
      expect(may(`logs:${action}`, own('logs', 'log-group:payments'))).toBe(false);
      // Of another stage, whose name begins with this one's.
      expect(may(`logs:${action}`, own('logs', 'log-group:/quell-test-eu/process'))).toBe(false);
    }
    expect(may('logs:GetLogEvents', logs)).toBe(false);
    expect(may('sns:ListSubscriptionsByTopic', topic)).toBe(true);
    expect(may('sns:ListSubscriptionsByTopic', own('sns', 'another'))).toBe(false);
    expect(may('sns:Publish', topic)).toBe(false);
  });

  test('sets secrets, pauses, mutes and finds the stack, each on its own resource', () => {
    const own = (service: string, end: string) =>
      `arn:AWS::Partition:${service}:AWS::Region:AWS::AccountId:${end.replace('STACK', 'quell-test')}`;
    const [mapping] =
      Object.entries(resources).find(([, { Type }]) => Type === 'AWS::Lambda::EventSourceMapping') ?? [];
    expect(may('secretsmanager:PutSecretValue', 'WebhookSecrets')).toBe(true);
    expect(may('secretsmanager:DeleteSecret', 'WebhookSecrets')).toBe(false);
    expect(may('lambda:UpdateEventSourceMapping', own('lambda', `event-source-mapping:${mapping}`))).toBe(true);
    expect(may('lambda:UpdateEventSourceMapping', own('lambda', 'event-source-mapping:another'))).toBe(false);
    expect(may('lambda:DeleteEventSourceMapping', own('lambda', `event-source-mapping:${mapping}`))).toBe(false);
    expect(may('cloudwatch:PutAlarmMuteRule', own('cloudwatch', 'alarm:STACK-silence-sendgrid'))).toBe(true);
    expect(may('cloudwatch:PutAlarmMuteRule', own('cloudwatch', 'alarm:payments'))).toBe(false);
    // The alarm of another stage, whose name begins with this one's.
    expect(may('cloudwatch:PutAlarmMuteRule', own('cloudwatch', 'alarm:STACK-eu-silence-sendgrid'))).toBe(false);
    expect(may('cloudwatch:DeleteAlarms', own('cloudwatch', 'alarm:STACK-silence-sendgrid'))).toBe(false);
    for (const action of ['PutAlarmMuteRule', 'GetAlarmMuteRule', 'DeleteAlarmMuteRule']) {
      expect(may(`cloudwatch:${action}`, own('cloudwatch', 'alarm-mute-rule:STACK-mute-sendgrid'))).toBe(true);
      expect(may(`cloudwatch:${action}`, own('cloudwatch', 'alarm-mute-rule:weekend'))).toBe(false);
    }
    expect(may('cloudformation:DescribeStacks', own('cloudformation', 'stack/STACK/0a1b'))).toBe(true);
    expect(may('cloudformation:UpdateStack', own('cloudformation', 'stack/STACK/0a1b'))).toBe(false);
  });
});

describe('viewer', () => {
  const { resources } = synthesize(VARIANTS.everything);
  const may = evaluator(resources.ViewerPolicy);

  test('reads the list, the events and their indexes, and writes nothing anywhere', () => {
    expect(allowed(may, 'EventsTable.Arn')).toEqual(['BatchGetItem', 'GetItem', 'Query']);
    expect(allowed(may, 'SuppressionTable.Arn')).toEqual(['BatchGetItem', 'GetItem', 'Query', 'Scan']);
    expect(allowed(may, 'EventsTable.Arn/index/byMessage')).toEqual(['Query']);
    expect(allowed(may, 'EventsTable.Arn/index/byHour')).toEqual(['Query', 'Scan']);
    expect(allowed(may, 'EventsTable.Arn/index/bySearch-requestId')).toEqual(['Query']);
    const { Statement } = (resources.ViewerPolicy?.Properties.PolicyDocument ?? {}) as {
      Statement: { Action: string | string[] }[];
    };
    const changing = /:(Put|Update|Delete|Create|Send|Receive|Purge|Set|Change|Add|Remove|Start|Stop|Publish)/;
    // Asking is no change; Athena's answers go under a prefix of their own.
    const asking = ['athena:StartQueryExecution', 'athena:StopQueryExecution', 'logs:StartQuery', 's3:PutObject'];
    const actions = Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => changing.test(action)).sort()).toEqual(asking);
    expect(may('s3:PutObject', 'ArchiveBucket.Arn/query-results/a')).toBe(true);
    expect(may('s3:PutObject', 'ArchiveBucket.Arn/events/a')).toBe(false);
  });

  test.each([
    'secretsmanager:GetSecretValue',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
    'lambda:UpdateEventSourceMapping',
  ])('may not %s', (action) => {
    for (const resource of ['WebhookSecrets', 'DeliveryQueue.Arn', 'DeadLetterQueue.Arn', '*'])
      expect(may(action, resource)).toBe(false);
  });
});

describe('eraser', () => {
  const resources = resourcesOf(VARIANTS.smallest);
  const may = evaluator(resources.EraserPolicy);

  test("takes a person's events and entry away, and reads no list", () => {
    expect(allowed(may, 'EventsTable.Arn')).toEqual(['BatchWriteItem', 'Query']);
    expect(allowed(may, 'SuppressionTable.Arn')).toEqual(['DeleteItem', 'PutItem']);
    expect(allowed(may, '*')).toEqual([]);
  });

  test('with the operator policy it covers what erase calls', () => {
    const both = (action: string, on: string) => may(action, on) || evaluator(resources.OperatorPolicy)(action, on);
    for (const action of ['GetItem', 'PutItem', 'DeleteItem'])
      expect(both(`dynamodb:${action}`, 'SuppressionTable.Arn')).toBe(true);
    for (const action of ['GetSecretValue', 'PutSecretValue'])
      expect(both(`secretsmanager:${action}`, 'OwnKeys')).toBe(true);
    // The key of the marks is nobody's but theirs who erase.
    expect(evaluator(resources.OperatorPolicy)('secretsmanager:GetSecretValue', 'OwnKeys')).toBe(false);
    expect(may('secretsmanager:GetSecretValue', 'WebhookSecrets')).toBe(false);
  });
});

test('names stand at fixed paths of the parameter store', () => {
  const parameters = Object.values(resourcesOf(VARIANTS.smallest))
    .filter(({ Type }) => Type === 'AWS::SSM::Parameter')
    .map(({ Properties }) => [Properties.Name, show(Properties.Value)]);
  expect(Object.fromEntries(parameters)).toEqual({
    '/quell/test/suppression-table-name': 'SuppressionTable',
    '/quell/test/suppression-table-arn': 'SuppressionTable.Arn',
    '/quell/test/reader-policy-arn': 'ReaderPolicy',
    '/quell/test/viewer-policy-arn': 'ViewerPolicy',
    '/quell/test/operator-policy-arn': 'OperatorPolicy',
    '/quell/test/eraser-policy-arn': 'EraserPolicy',
  });
});

test.each(Object.entries(VARIANTS))('AwsSolutions has nothing to say about the policies of "%s"', (_, settings) => {
  const { violations } = new AwsSolutionsChecks().validateScope(stackOf(settings));
  expect(violations).toEqual([]);
});
