import { describe, expect, test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { CommonVariable, Environment } from '../../lambda/contract/env.ts';
import { type Access, plain, type ServiceFunctionProps } from '../../lib/constructs/service-function.ts';
import type { Settings } from '../../lib/settings/schema.ts';
import { settingsOf, VARIANTS, withSource } from '../support/stack/settings.ts';
import { type Resource, show, stackOf, synthesize } from '../support/template.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Each role's rights, as "action on resource", by the construct path in its id. */
function grants(settings: Settings): Record<string, string[]> {
  const { ofType } = synthesize(settings);
  return Object.fromEntries(
    ofType('AWS::IAM::Policy').map(([id, { Properties }]) => {
      const { Statement: statements } = Properties.PolicyDocument as { Statement: Statement[] };
      const rights = statements.flatMap(({ Effect, Action, Resource }) =>
        [Action]
          .flat()
          .flatMap((action) => [Resource].flat().map((on) => `${Effect} ${action} on ${shorten(show(on))}`)),
      );
      return [/Receive|Process|Publish|Pulse|Reconcile/.exec(id.replace('Processor', ''))?.[0] ?? id, rights.sort()];
    }),
  );
}

/** Ids without their hash. */
const shorten = (text: string) => text.replace(/([A-Za-z]+)[0-9A-F]{8}\b/g, '$1');

const logging = (id: string) => ['logs:CreateLogStream', 'logs:PutLogEvents'].map((act) => `Allow ${act} on ${id}.Arn`);

describe('every function may do exactly what it uses', () => {
  test('smallest', () => {
    expect(grants(VARIANTS.smallest)).toEqual({
      Receive: [
        ...logging('IngressReceiveLogs'),
        'Allow secretsmanager:GetSecretValue on OwnKeys',
        'Allow secretsmanager:GetSecretValue on WebhookSecrets',
        'Allow sqs:SendMessage on DeliveryQueue.Arn',
      ],
      Process: [
        'Allow dynamodb:BatchGetItem on SuppressionTable.Arn',
        'Allow dynamodb:GetItem on SuppressionTable.Arn',
        'Allow dynamodb:PartiQLInsert on EventsTable.Arn',
        'Allow dynamodb:PartiQLInsert on SuppressionTable.Arn',
        'Allow dynamodb:PartiQLUpdate on SuppressionTable.Arn',
        'Allow dynamodb:Query on EventsTable.Arn',
        ...logging('ProcessorProcessLogs'),
        'Allow secretsmanager:GetSecretValue on OwnKeys',
        ...['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].flatMap((action) =>
          ['ActsQueue', 'DeliveryQueue'].map((queue) => `Allow sqs:${action} on ${queue}.Arn`),
        ),
        'Allow sqs:SendMessage on DeadLetterQueue.Arn',
      ],
      Publish: [
        ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].flatMap((action) =>
          ['Events', 'Suppression'].map((table) => `Allow dynamodb:${action} on ${table}Table.StreamArn`),
        ),
        'Allow events:PutEvents on Bus.Arn',
        ...logging('BusPublishLogs'),
        'Allow sqs:SendMessage on UnpublishedQueue.Arn',
      ],
      Pulse: [
        'Allow dynamodb:DeleteItem on EventsTable.Arn',
        'Allow dynamodb:GetItem on EventsTable.Arn',
        ...logging('PulseLogs'),
        'Allow secretsmanager:GetSecretValue on OwnKeys',
        'Allow secretsmanager:PutSecretValue on OwnKeys',
      ],
    });
  });

  test('the comparison with the ESPs reads its own secret and looks into the tables: it writes nothing and sends nothing', () => {
    const all = grants(settingsOf({ reconcile: '1d' }));
    expect(all.Reconcile).toEqual([
      'Allow dynamodb:BatchGetItem on EventsTable.Arn',
      'Allow dynamodb:Query on EventsTable.Arn',
      ...logging('ReconcileLogs'),
      'Allow secretsmanager:GetSecretValue on ApiKeys',
    ]);
    // SES has no key: its list is read with the function's own right, and with no other.
    const ses = { provider: 'ses', createTopic: true };
    const signed = grants(settingsOf({ reconcile: '1d', sources: { ses } })).Reconcile ?? [];
    // And a list is held to ours.
    expect(signed.filter((right) => !all.Reconcile?.includes(right))).toEqual([
      'Allow dynamodb:BatchGetItem on SuppressionTable.Arn',
      'Allow ses:ListSuppressedDestinations on *',
    ]);
    const blind = settingsOf({ reconcile: '1d', sources: { ses, news: { provider: 'mailjet' } } });
    Annotations.fromStack(stackOf(blind)).hasInfo('*', Match.stringLikeRegexp('not compared.*news .Mailjet.'));
    const { Reconcile, ...others } = all;
    for (const rights of Object.values(others))
      expect(rights.filter((right) => right.endsWith(' on ApiKeys'))).toEqual([]);
    // Off, there is neither the function nor its secret.
    const { ofType } = synthesize(VARIANTS.smallest);
    expect(grants(VARIANTS.smallest)).not.toHaveProperty('Reconcile');
    expect(ofType('AWS::SecretsManager::Secret').map(([id]) => id)).toEqual(['WebhookSecrets', 'OwnKeys']);
  });

  test('only SES sources let process confirm subscriptions, on their own topics', () => {
    const confirm = grants(VARIANTS.everything).Process?.filter((right) => right.includes('sns:'));
    expect(confirm).toEqual([
      'Allow sns:ConfirmSubscription on SesTopicssesmainTopic',
      'Allow sns:ConfirmSubscription on arn:aws:sns:eu-west-1:111122223333:older',
    ]);
  });

  test('each way in has a queue of its own, and process knows which is which', () => {
    const { ofType, resources } = synthesize(VARIANTS.fed);
    const [, process] = ofType('AWS::Lambda::Function').find(([id]) => id.startsWith('Processor')) ?? [];
    const { Variables: variables = {} } = (process?.Properties.Environment ?? {}) as {
      Variables?: Record<string, unknown>;
    };
    expect(
      Object.fromEntries(
        Object.entries(variables).flatMap(([key, value]) => (/QUEUE/.test(key) ? [[key, show(value)]] : [])),
      ),
    ).toEqual({
      DEAD_LETTER_QUEUE_URL: 'DeadLetterQueue',
      ACTS_QUEUE_ARN: 'ActsQueue.Arn',
      FEEDS_QUEUE_ARN: 'FeedsQueue.Arn',
      UNARCHIVED_QUEUE_URL: 'UnarchivedQueue',
      UNARCHIVED_QUEUE_ARN: 'UnarchivedQueue.Arn',
    });
    const read = ofType('AWS::Lambda::EventSourceMapping')
      .map(([, { Properties }]) => [show(Properties.EventSourceArn), Properties] as const)
      .filter(([from]) => from.endsWith('Queue.Arn'));
    expect(read.map(([from]) => from).sort()).toEqual(
      ['ActsQueue', 'DeliveryQueue', 'FeedsQueue', 'UnarchivedQueue'].map((queue) => `${queue}.Arn`),
    );
    for (const [from, mapping] of read) {
      expect(mapping).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
      expect(mapping).not.toHaveProperty('Enabled');
      expect(grants(VARIANTS.fed).Process).toContain(`Allow sqs:ReceiveMessage on ${from}`);
      // What fails ends in the dead letters; archive lines are tried until they are taken.
      const { RedrivePolicy } = resources[from.replace('.Arn', '')]?.Properties ?? {};
      const to = (RedrivePolicy as { deadLetterTargetArn: unknown } | undefined)?.deadLetterTargetArn;
      expect(to && show(to)).toBe(from === 'UnarchivedQueue.Arn' ? undefined : 'DeadLetterQueue.Arn');
    }
  });

  test('no function but receive reads a secret that an ESP shares with us, and receive sends to nobody but the delivery queue', () => {
    const { Receive = [], ...others } = grants(VARIANTS.fed);
    for (const rights of Object.values(others))
      expect(rights.filter((right) => right.endsWith(' on WebhookSecrets'))).toEqual([]);
    expect(Receive.filter((right) => right.includes('sqs:'))).toEqual(['Allow sqs:SendMessage on DeliveryQueue.Arn']);
  });

  test('only an ESP that signs a token instead of the event lets process keep tokens', () => {
    expect(grants(withSource(settingsOf(), 'mailgun', { provider: 'mailgun' })).Process).toContain(
      'Allow dynamodb:PartiQLUpdate on EventsTable.Arn',
    );
  });

  test('pulse touches its own heartbeats and no other event, and nothing where there is no heartbeat', () => {
    const { ofType } = synthesize(VARIANTS.smallest);
    const [, policy] = ofType('AWS::IAM::Policy').find(([id]) => id.startsWith('Pulse')) as [string, Resource];
    const { Statement: statements } = policy.Properties.PolicyDocument as {
      Statement: (Statement & { Condition?: object })[];
    };
    expect(statements.find(({ Action }) => [Action].flat().includes('dynamodb:DeleteItem'))?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['~quell-heartbeat#*'] },
    });
    expect(grants(settingsOf({ heartbeat: false })).Pulse).toEqual(logging('PulseLogs'));
  });

  test('an attached table is granted by its name in the account and Region of the stack', () => {
    expect(grants(VARIANTS.attached).Process).toContain(
      'Allow dynamodb:PartiQLInsert on arn:AWS::Partition:dynamodb:AWS::Region:AWS::AccountId:table/old-events',
    );
  });

  test('no role has a managed policy, and none trusts anything but Lambda, and the archive Firehose', () => {
    for (const [, { Properties }] of synthesize(VARIANTS.everything).ofType('AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).toMatch(/(lambda|firehose)\.amazonaws\.com/);
    }
  });
});

test('the compiler refuses a function that is given too little or too much', () => {
  type Uses = ServiceFunctionProps<'receive'>['uses'];
  const all: Record<Exclude<keyof Environment<'receive'>, CommonVariable>, Access> = {
    DELIVERY_QUEUE_URL: plain('u'),
    SECRET_ARN: plain('a'),
    OWN_KEYS_ARN: plain('a'),
    UNSUBSCRIBE_KEYS_ARN: plain('a'),
    PUBLIC_URL: plain('p'),
    TOPIC_ARNS: plain('{}'),
  };
  const exact: Uses = all;
  // @ts-expect-error a variable is missing
  const less: Uses = { DELIVERY_QUEUE_URL: plain('u') };
  // @ts-expect-error a variable is not in the contract
  const more: Uses = { ...all, DEBUG: plain('1') };
  expect([exact, less, more]).toHaveLength(3);
});
