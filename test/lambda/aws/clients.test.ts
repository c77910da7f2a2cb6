import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  deliveryClient,
  dynamoClient,
  eventBridgeClient,
  firehoseClient,
  patientDynamoClient,
  secretsClient,
  snsClient,
  sqsClient,
} from '../../../lambda/aws/clients.ts';
import { fetchText } from '../../../lambda/aws/fetch-text.ts';
import { WrittenByEngine } from '../../../lambda/aws/written-by-engine.ts';
import { FetchRefused } from '../../../lambda/domain/errors.ts';

interface Configured {
  readonly config: {
    readonly maxAttempts: () => Promise<number>;
    readonly region: () => Promise<string>;
    readonly logger: object;
    readonly requestHandler: { httpHandlerConfigs(): Record<string, unknown> };
  };
}

process.env.AWS_REGION = 'eu-west-1';

describe('patience of the clients', () => {
  // Attempts, milliseconds for an answer, milliseconds for a connection: the sums stay within what each function has (docs/architecture.md).
  test.each([
    ['sqs', sqsClient(), 1, 1000, 500],
    ['sqs, of receive', deliveryClient(), 1, 1000, 500],
    ['sns', snsClient('us-west-2'), 2, 1000, 500],
    ['secrets', secretsClient(), 1, 2300, 500],
    ['dynamodb', dynamoClient(), 1, 3000, 1000],
    ['dynamodb, for the scheduled comparison', patientDynamoClient(), 6, 5000, 1000],
    ['eventbridge', eventBridgeClient(), 1, 5000, 1000],
    ['firehose', firehoseClient(), 1, 5000, 1000],
  ] as const)('%s', async (_name, client, attempts, requestTimeout, connectionTimeout) => {
    const { config } = client as unknown as Configured;
    expect(await config.maxAttempts()).toBe(attempts);
    // The handler reads its settings when it is first used.
    const handler = config.requestHandler as unknown as { configProvider: Promise<object> };
    expect(await handler.configProvider).toMatchObject({
      requestTimeout,
      connectionTimeout,
      throwOnRequestTimeout: true,
      // An answer that begins and stops has no more time than one that never begins.
      socketTimeout: requestTimeout,
    });
    expect(Object.keys(config.logger)).toEqual(['debug', 'warn', 'error']);
  });

  test('of a queue that has just been given megabytes: nothing is hashed once more, and `receive` writes by the engine', () => {
    const configOf = (client: unknown) => (client as { config: { md5: unknown; protocol: unknown } }).config;
    for (const client of [sqsClient(), deliveryClient()]) expect(configOf(client).md5).toBe(false);
    expect(configOf(deliveryClient()).protocol).toBeInstanceOf(WrittenByEngine);
    expect(configOf(sqsClient()).protocol).not.toBeInstanceOf(WrittenByEngine);
  });

  test('a topic is asked in its own region', async () => {
    expect(await (snsClient('us-west-2') as unknown as Configured).config.region()).toBe('us-west-2');
  });
});

describe('a small text from elsewhere', () => {
  const server = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/ok' }).end();
    else if (request.url === '/gone') response.writeHead(410).end('secret words');
    else response.end('x'.repeat(Number(request.url?.slice(1)) || 2));
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  test('64 KB at most', async () => {
    expect(await fetchText(`${base}/ok`)).toBe('xx');
    expect(await fetchText(`${base}/65536`)).toHaveLength(65_536);
    await expect(fetchText(`${base}/65537`)).rejects.toThrow('fetched text is too large');
  });

  test('ends after 1.2 s, or before that with who asked', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    expect(await fetchText(`${base}/ok`, new AbortController().signal)).toBe('xx');
    expect(timeout.mock.calls).toEqual([[1200]]);
    timeout.mockReturnValueOnce(AbortSignal.abort(new Error('late')));
    await expect(fetchText(`${base}/ok`)).rejects.toThrow('late');
    await expect(fetchText(`${base}/ok`, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    timeout.mockReturnValueOnce(AbortSignal.abort(new Error('late')));
    await expect(fetchText(`${base}/ok`, new AbortController().signal)).rejects.toThrow('late');
    timeout.mockRestore();
  });

  test('follows no redirect: nobody has checked where it leads', async () => {
    await expect(fetchText(`${base}/moved`)).rejects.toThrow('fetch failed');
  });

  test('a no is told from silence, and does not quote the answer', async () => {
    await expect(fetchText(`${base}/gone`)).rejects.toMatchObject({ name: 'FetchRefused', status: 410 });
    await expect(fetchText(`${base}/gone`)).rejects.toThrow(/^fetch answered 410$/);
  });

  test.each([
    [399, false],
    [400, true],
    [429, false],
    [499, true],
    [500, false],
  ])('%i is final: %s', (status, isFinal) => {
    expect(new FetchRefused(status).isFinal).toBe(isFinal);
  });
});
