import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ConfirmSubscriptionCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { subscriptionConfirmer } from '../../../lib/local/emulators/sns.ts';

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
