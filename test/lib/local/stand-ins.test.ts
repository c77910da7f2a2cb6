import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ConfirmSubscriptionCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SourceConfig } from '../../../lambda/contract/config.ts';
import { compare } from '../../../lambda/handlers/reconcile/compare.ts';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { subscriptionConfirmer } from '../../../lib/local/emulators/sns.ts';
import { lambdasOf } from '../../../lib/local/functions/lambdas.ts';
import { localPlaces } from '../../../lib/local/template/places.ts';
import { viewStack } from '../../../lib/local/template/stack-view.ts';
import { openSession } from '../../../lib/ops/esp/session.ts';
import { localTargetOf } from '../../../lib/ops/target/local.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:quell-local/webhook-secrets-local1';
const COMMON = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts: 1 };

let servers: Listening[];
let secrets: SecretsManagerClient;
let sns: SNSClient;

beforeAll(async () => {
  servers = await Promise.all([listen(secretStore({ arn: ARN, value: '{"a":"1"}' })), listen(subscriptionConfirmer())]);
  secrets = new SecretsManagerClient({ ...COMMON, endpoint: servers[0]?.url ?? '' });
  sns = new SNSClient({ ...COMMON, endpoint: servers[1]?.url ?? '' });
});
afterAll(async () => {
  secrets.destroy();
  sns.destroy();
  await Promise.all(servers.map((server) => server.close()));
});

test('a secret is read by ARN and by name, and replaced', async () => {
  expect((await secrets.send(new GetSecretValueCommand({ SecretId: ARN }))).SecretString).toBe('{"a":"1"}');
  await secrets.send(new PutSecretValueCommand({ SecretId: 'quell-local/webhook-secrets', SecretString: '{"a":"2"}' }));
  const answer = await secrets.send(new GetSecretValueCommand({ SecretId: 'quell-local/webhook-secrets' }));
  expect(answer).toMatchObject({ SecretString: '{"a":"2"}', ARN, VersionId: 'v2', VersionStages: ['AWSCURRENT'] });
  const described = await secrets.send(new DescribeSecretCommand({ SecretId: ARN }));
  expect(described).toMatchObject({ ARN, Name: 'quell-local/webhook-secrets' });
});

test('a secret that is not there is said to be missing', async () => {
  const answer = secrets.send(new GetSecretValueCommand({ SecretId: 'other' }));
  await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
});

test('a subscription is confirmed; anything else is refused by its name', async () => {
  const topic = { TopicArn: 'arn:aws:sns:us-east-1:000000000000:ses', Token: 'token' };
  const { SubscriptionArn } = await sns.send(new ConfirmSubscriptionCommand(topic));
  expect(SubscriptionArn).toBe(`${topic.TopicArn}:local`);
  await expect(sns.send(new ListTopicsCommand({}))).rejects.toThrow('ListTopics is not part of the local run');
});

/** SES is asked as AWS, by credentials, and a local run has those of nobody. */
test('the list of SES is asked of nobody: neither by a function, which is sent to a stand-in that refuses, nor by a command', async () => {
  const url = servers[1]?.url ?? '';
  const names = ['dynamodb', 'sqs', 'secretsmanager', 'sns', 'lambda', 'eventbridge', 'firehose', 's3'] as const;
  const endpoints = Object.fromEntries(names.map((name) => [name, url])) as Record<(typeof names)[number], string>;
  const Code = { S3Key: 'a.zip' };
  const resources = {
    ReconcileFunction: { Type: 'AWS::Lambda::Function', Properties: { Code, Handler: 'index.handler' } },
  };
  const view = viewStack(resources, localPlaces(resources, { sqs: url, api: url }));
  const [lambda] = lambdasOf(view, { resources, outputs: {}, assetFolder: () => '/tmp' }, endpoints, url);
  expect(lambda?.environment.AWS_ENDPOINT_URL_SESV2).toBe(url);

  process.env.AWS_ENDPOINT_URL_SESV2 = url;
  const client = new DynamoDBClient({ ...COMMON, endpoint: url });
  const config = { provider: 'ses', options: {}, dedupeGroup: 'ses' } as never as SourceConfig;
  const asked = { source: 'ses', config, key: '', now: Date.now(), hours: 24, until: Date.now() + 60_000 };
  const compared = compare({ ...asked, tables: { client, events: '', suppression: '' } });
  await expect(compared)
    .rejects.toThrow('Amazon SES answered 400')
    .finally(() => client.destroy());
  delete process.env.AWS_ENDPOINT_URL_SESV2;

  const stack = { url, endpoints, tables: { events: '', suppression: '' }, secretArn: '', ownKeysArn: '' };
  const queues = { delivery: '', acts: '', deadLetter: '' };
  const target = localTargetOf({ ...stack, queues, sources: { ses: { provider: 'ses', url } } }, '/tmp');
  await expect(openSession(target, 'ses', {}, {} as never)).rejects.toThrow('The local stack has no AWS account');
});
