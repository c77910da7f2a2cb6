import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ConfirmSubscriptionCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  dynamoClient,
  eventBridgeClient,
  firehoseClient,
  secretsClient,
  snsClient,
  sqsClient,
} from '../../../lambda/aws/clients.ts';
import { SecretStore } from '../../../lambda/aws/secrets.ts';
import { sendAll } from '../../../lambda/aws/sqs.ts';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { settings } from '../../../lib/ops/target/clients.ts';
import { givenTime } from '../../support/surroundings/given-time.ts';

/**
 * A server that takes a request and never answers: a connection that was frozen with its function, an AZ that is half gone. Every second
 * request of an operation is answered half, and never to the end.
 */

let silent: Listening;
let requests = 0;
const operations: string[] = [];
/** Requests that are answered after all, by their number; the others hang. */
let answers: ReadonlyMap<number, object>;
let answerAfter: number;
/** The one operation whose requests count; undefined = all. */
let counted: string | undefined;

beforeAll(async () => {
  silent = await listen((request, response) => {
    const operation =
      String(request.headers['x-amz-target'] ?? 'SNS')
        .split('.')
        .at(-1) ?? '';
    operations.push(operation);
    // A retry of the test before may still be on its way.
    if (counted !== undefined && operation !== counted) return;
    requests += 1;
    const answer = answers.get(requests);
    if (!answer) {
      if (operations.filter((seen) => seen === operation).length % 2 === 0)
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"');
      return;
    }
    const send = () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    setTimeout(send, answerAfter);
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: silent.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
beforeEach(() => {
  requests = 0;
  answers = new Map();
  answerAfter = 0;
  operations.length = 0;
});
afterAll(() => silent.close());

/** Name of the error, and after how long. */
async function ended(call: Promise<unknown>): Promise<[name: string, ms: number]> {
  const given = givenTime();
  const name = await call.then(
    () => 'answered',
    (error: Error) => error.name,
  );
  return [name, given()];
}

describe('a call that is never answered, or half, ends', () => {
  const keys = { RequestItems: { x: { Keys: [] } } };

  test('each client by itself, within its own time', async () => {
    const calls = [
      ['BatchGetItem', 1, 3000, () => dynamoClient().send(new BatchGetItemCommand(keys))],
      ['GetSecretValue', 1, 2300, () => secretsClient().send(new GetSecretValueCommand({ SecretId: 'x' }))],
      ['PutEvents', 1, 5000, () => eventBridgeClient().send(new PutEventsCommand({ Entries: [] }))],
      [
        'PutRecordBatch',
        1,
        5000,
        () => firehoseClient().send(new PutRecordBatchCommand({ DeliveryStreamName: 'x', Records: [] })),
      ],
      [
        'SNS',
        2,
        2000,
        () => snsClient('us-east-1').send(new ConfirmSubscriptionCommand({ TopicArn: 'x', Token: 'x' })),
      ],
    ] as const;
    await Promise.all(
      [...calls, ...calls].map(async ([operation, tries, within, call]) => {
        const [name, ms] = await ended(call());
        expect([operation, name]).toEqual([operation, 'TimeoutError']);
        expect(operations.filter((seen) => seen === operation)).toHaveLength(2 * tries);
        expect(ms).toBeLessThan(within + 2000);
      }),
    );
  }, 15_000);

  test('the queue: a second and a third request within the time of one webhook', async () => {
    const client = sqsClient();
    const send = (within: number) => ended(sendAll(client, `${silent.url}/0/q`, [{ body: 'x' }], Date.now() + within));
    // A client's first call also loads it, which is no part of the time that is measured.
    await send(500);
    requests = 0;
    for (const [name, ms] of await Promise.all([send(2400), send(2400)])) {
      expect(name).toBe('NotSent');
      expect(ms).toBeLessThan(3400);
    }
    expect(requests).toBeGreaterThanOrEqual(4);
  });

  test('the operations CLI', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const given = settings({ endpoint: silent.url, region: 'us-east-1', credentials });
    expect(given.requestHandler.socketTimeout).toBe(given.requestHandler.requestTimeout);
    const requestHandler = { ...given.requestHandler, requestTimeout: 200, socketTimeout: 200 };
    const client = new DynamoDBClient({ ...given, maxAttempts: 1, requestHandler });
    const call = () => ended(client.send(new BatchGetItemCommand(keys)));
    for (const [name] of await Promise.all([call(), call()])) expect(name).toBe('TimeoutError');
    expect(operations).toHaveLength(2);
  });
});

describe('reading a secret', () => {
  beforeAll(() => {
    counted = 'GetSecretValue';
  });

  const secret = { SecretString: '{"guide":"live"}' };
  const read = () => new SecretStore(secretsClient(), 'x').values('guide', Date.now() + 2400);

  test('that hangs once is asked for again beside it', async () => {
    answers = new Map([[2, secret]]);
    await expect(read()).resolves.toEqual(['live']);
    expect(requests).toBe(2);
  });

  test('that takes 1.8 s is waited for', async () => {
    answers = new Map([[1, secret]]);
    answerAfter = 1800;
    // One of three: a machine that stands still for the 600 ms that are left takes one of them.
    const values: unknown[] = [];
    for (let tries = 0; tries < 3 && values.length === 0; tries++) {
      requests = 0;
      await read().then(
        (live) => values.push(live),
        () => undefined,
      );
    }
    expect(values).toEqual([['live']]);
  });

  test('that is never answered ends with the request', async () => {
    const [name, ms] = await ended(read());
    expect(name).toBe('RefusedRequest');
    expect(ms).toBeLessThan(3400);
  });
});
