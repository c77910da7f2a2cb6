import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ConfirmSubscriptionCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
/** What was asked, by what it was about: each test asks about something of its own, and all of them wait side by side. */
const asked = new Map<string, number>();
const requests = (about: string): number => asked.get(about) ?? 0;
/** Requests that are answered after all, by what they are about and their number; the others hang. */
const answers = new Map<string, { readonly n: number; readonly json: object; readonly afterMs: number }>();

beforeAll(async () => {
  silent = await listen(async (request, response) => {
    const about = aboutWhat((await request.toArray()).join(''), String(request.headers['x-amz-target'] ?? 'SNS'));
    const n = requests(about) + 1;
    asked.set(about, n);
    const answer = answers.get(about);
    if (answer?.n === n) {
      const send = () =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.json));
      setTimeout(send, answer.afterMs);
    } else if (n % 2 === 0)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"');
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: silent.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => silent.close());

/** The secret, table or queue that a request names, else its operation. */
function aboutWhat(body: string, target: string): string {
  const { SecretId, QueueUrl, RequestItems } = (body.startsWith('{') ? JSON.parse(body) : {}) as Record<
    string,
    unknown
  >;
  const [table] = Object.keys(RequestItems ?? {});
  return String(SecretId ?? QueueUrl ?? table ?? target.split('.').at(-1));
}

/** Name of the error, and after how long. */
async function ended(call: Promise<unknown>): Promise<[name: string, ms: number]> {
  const given = givenTime();
  const name = await call.then(
    () => 'answered',
    (error: Error) => error.name,
  );
  return [name, given()];
}

describe('calls that are never answered, or half, end, and slow ones are waited for:', () => {
  const keys = (table: string) => ({ RequestItems: { [table]: { Keys: [] } } });

  test.concurrent('each client by itself, within its own time', async () => {
    const calls = [
      ['of-function', 1, 3000, () => dynamoClient().send(new BatchGetItemCommand(keys('of-function')))],
      ['x', 1, 2300, () => secretsClient().send(new GetSecretValueCommand({ SecretId: 'x' }))],
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
      [...calls, ...calls].map(async ([about, tries, within, call]) => {
        const [name, ms] = await ended(call());
        expect([about, name]).toEqual([about, 'TimeoutError']);
        expect([about, requests(about)]).toEqual([about, 2 * tries]);
        expect(ms).toBeLessThan(within + 2000);
      }),
    );
  });

  test.concurrent('the queue: a second and a third request within the time of one webhook', async () => {
    const client = sqsClient();
    const send = (queue: string, within: number) => ended(sendAll(client, queue, [{ body: 'x' }], Date.now() + within));
    // A client's first call also loads it, which is no part of the time that is measured.
    await send(`${silent.url}/0/first`, 500);
    const queue = `${silent.url}/0/q`;
    for (const [name, ms] of await Promise.all([send(queue, 2400), send(queue, 2400)])) {
      expect(name).toBe('NotSent');
      expect(ms).toBeLessThan(3400);
    }
    expect(requests(queue)).toBeGreaterThanOrEqual(4);
  });

  test.concurrent('the operations CLI', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const given = settings({ endpoint: silent.url, region: 'us-east-1', credentials });
    expect(given.requestHandler.socketTimeout).toBe(given.requestHandler.requestTimeout);
    const requestHandler = { ...given.requestHandler, requestTimeout: 200, socketTimeout: 200 };
    const client = new DynamoDBClient({ ...given, maxAttempts: 1, requestHandler });
    const call = () => ended(client.send(new BatchGetItemCommand(keys('of-operator'))));
    for (const [name] of await Promise.all([call(), call()])) expect(name).toBe('TimeoutError');
    expect(requests('of-operator')).toBe(2);
  });

  const json = { SecretString: '{"guide":"live"}' };
  const read = (secret: string) => new SecretStore(secretsClient(), secret).values('guide', Date.now() + 2400);

  test.concurrent('a secret whose reading hangs once is asked for again beside it', async () => {
    answers.set('hangs-once', { n: 2, json, afterMs: 0 });
    await expect(read('hangs-once')).resolves.toEqual(['live']);
    expect(requests('hangs-once')).toBe(2);
  });

  test.concurrent('a secret that takes 1.8 s is waited for', async () => {
    // One of three: a machine that stands still for the 600 ms that are left takes one of them.
    const values: unknown[] = [];
    for (let tries = 0; tries < 3 && values.length === 0; tries++) {
      answers.set(`slow-${tries}`, { n: 1, json, afterMs: 1800 });
      await read(`slow-${tries}`).then(
        (live) => values.push(live),
        () => undefined,
      );
    }
    expect(values).toEqual([['live']]);
  });

  test.concurrent('a secret that is never answered ends with the request', async () => {
    const [name, ms] = await ended(read('never'));
    expect(name).toBe('RefusedRequest');
    expect(ms).toBeLessThan(3400);
  });
});
