import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ConfirmSubscriptionCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SourceConfig } from '../../../lambda/contract/config.ts';
import { compare } from '../../../lambda/handlers/reconcile/compare.ts';
import { eventBus } from '../../../lib/local/emulators/bus.ts';
import { firehose } from '../../../lib/local/emulators/firehose.ts';
import { guarded, type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { startQueueServer } from '../../../lib/local/emulators/queue-server.ts';
import { secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { subscriptionConfirmer } from '../../../lib/local/emulators/sns.ts';
import { lambdasOf } from '../../../lib/local/functions/lambdas.ts';
import { eventSources } from '../../../lib/local/sources/event-sources.ts';
import { localPlaces } from '../../../lib/local/template/places.ts';
import { viewStack } from '../../../lib/local/template/stack-view.ts';
import { openSession } from '../../../lib/ops/esp/session.ts';
import { localTargetOf } from '../../../lib/ops/target/local.ts';
import { until } from '../../support/local-toy.ts';

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

const MIB = 1024 * 1024;
const ARCHIVED = {
  Archive: { Type: 'AWS::S3::Bucket', Properties: {} },
  Stream: {
    Type: 'AWS::KinesisFirehose::DeliveryStream',
    Properties: {
      DeliveryStreamName: 'lines',
      ExtendedS3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::archive', Prefix: 'events/' },
    },
  },
};
const stackAt = (url: string) => viewStack(ARCHIVED, localPlaces(ARCHIVED, { sqs: url, api: url }));
const put = (url: string, ...records: Buffer[]) =>
  fetch(url, {
    method: 'POST',
    headers: { 'x-amz-target': 'Firehose_20150804.PutRecordBatch' },
    body: JSON.stringify({
      DeliveryStreamName: 'lines',
      Records: records.map((record) => ({ Data: record.toString('base64') })),
    }),
  });

describe('Firehose', () => {
  test('a backlog larger than one object is written as several, and nothing of it is lost', async () => {
    const s3 = await startQueueServer();
    const archive = firehose(() => undefined);
    await archive.connect(stackAt(s3.url), s3.url);
    const server = await listen(guarded(archive.listener));
    servers.push(server);
    const records = Array.from({ length: 13 }, (_none, at) => Buffer.alloc(0.95 * MIB, 65 + at));
    for (const record of records) expect((await put(server.url, record)).status).toBe(200);
    await archive.flush();
    const listed = await (await fetch(`${s3.url}/archive?list-type=2`)).text();
    const keys = [...listed.matchAll(/<Key>([^<]+)/g)].map(([, key]) => key);
    const stored = await Promise.all(
      keys.map(async (key) => Buffer.from(await (await fetch(`${s3.url}/archive/${key}`)).arrayBuffer())),
    );
    expect(keys.length).toBeGreaterThan(1);
    expect(Buffer.concat(stored).length).toBe(Buffer.concat(records).length);
    for (const record of records) expect(stored.some((object) => object.includes(record))).toBe(true);
    await s3.stop();
  });

  test('what S3 did not take is kept, tried again and told of once', async () => {
    const said: string[] = [];
    const stored: string[] = [];
    let refusals = 3;
    const s3 = await listen(async (request, response) => {
      const body = await text(request);
      const refuses = body !== '' && refusals > 0;
      if (refuses) refusals -= 1;
      else if (body !== '') stored.push(body);
      response.writeHead(refuses ? 413 : 200).end();
    });
    const archive = firehose((line) => said.push(line));
    await archive.connect(stackAt(s3.url), s3.url);
    const server = await listen(guarded(archive.listener));
    servers.push(s3, server);
    await put(server.url, Buffer.from('a'));
    await expect(archive.flush()).rejects.toThrow('413');
    await put(server.url, Buffer.from('b'));
    // By itself: nobody asks for it.
    await until(() => stored.length > 0);
    expect(stored).toEqual(['ab']);
    expect(said).toEqual([expect.stringContaining('413')]);
  });

  test('a record or a request larger than Firehose takes is refused', async () => {
    const s3 = await listen((_request, response) => void response.end());
    const archive = firehose(() => undefined);
    await archive.connect(stackAt(s3.url), s3.url);
    const server = await listen(guarded(archive.listener));
    servers.push(s3, server);
    const part = Buffer.alloc(0.9 * MIB);
    for (const records of [
      [Buffer.alloc(1000 * 1024 + 1)],
      [part, part, part, part, part],
      Array(501).fill(Buffer.from('a')),
    ])
      expect((await put(server.url, ...records)).status).toBe(400);
  });
});

describe('bad input is answered and ends nothing', () => {
  const STAND_INS = {
    'AWSEvents.PutEvents': eventBus,
    'Firehose_20150804.PutRecordBatch': () => firehose(() => undefined).listener,
    'secretsmanager.GetSecretValue': () => secretStore(),
    sns: subscriptionConfirmer,
    lambda: () => eventSources().listener,
  };

  test.each(Object.entries(STAND_INS))('%s', async (target, make) => {
    const server = await listen(guarded(make()));
    servers.push(server);
    const headers = { 'x-amz-target': target };
    for (const body of [
      'x',
      '',
      'null',
      '5',
      '"x"',
      '[]',
      '{"Entries":5}',
      '{"Entries":[null]}',
      '{"Records":[{"Data":5}]}',
    ]) {
      const answer = await fetch(server.url, { method: 'POST', headers, body });
      expect([400, 404]).toContain(answer.status);
    }
    await new Promise<void>((closed) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.once('close', () => closed());
      const head = `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-amz-target: ${target}\r\ncontent-length: 1000\r\n\r\n{"a`;
      socket.write(head, () => socket.destroy());
    });
    // An unhandled rejection would have ended this process.
    expect((await fetch(server.url, { method: 'POST', headers, body: 'x' })).status).toBeGreaterThanOrEqual(400);
  });

  test('a fault of the stand-in itself is a 500, which clients try again', async () => {
    const server = await listen(guarded(() => Promise.reject(new Error('disk full'))));
    servers.push(server);
    const answer = await fetch(server.url);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ __type: 'InternalFailure' });
  });
});
