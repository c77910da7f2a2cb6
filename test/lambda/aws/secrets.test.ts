import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SecretStore } from '../../../lambda/aws/secrets.ts';

/** A Secrets Manager that answers what it is told to. */
let server: Server;
let client: SecretsManagerClient;
let reads = 0;
let answer: { status: number; json: object } = { status: 200, json: {} };
let now = 0;

const holds = (map: unknown): void => {
  answer = { status: 200, json: { SecretString: typeof map === 'string' ? map : JSON.stringify(map) } };
};
const store = (): SecretStore => new SecretStore(client, 'arn:test', () => now);
const deadline = Date.now() + 600_000;

beforeAll(async () => {
  server = createServer((request, response) => {
    reads++;
    request.resume().on('end', () => response.writeHead(answer.status).end(JSON.stringify(answer.json)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  reads = 0;
  now = 1_000_000;
});
afterAll(() => {
  client.destroy();
  server.close();
});

describe('secret store', () => {
  test('one value or a list of live values, read once for any number of requests at a time', async () => {
    holds({ a: 'one', b: ['new', 'old'], c: '', d: [], e: 7 });
    const secrets = store();
    const all = await Promise.all([
      secrets.values('a', deadline),
      secrets.values('b', deadline),
      secrets.values('b', deadline),
    ]);
    expect(all).toEqual([['one'], ['new', 'old'], ['new', 'old']]);
    expect(reads).toBe(1);
  });

  test.each(['c', 'd', 'e', 'constructor', '__proto__', 'nobody'])(
    'source %s has no usable value: secret-missing',
    async (source) => {
      holds({ a: 'one', c: '', d: [], e: 7 });
      await expect(store().values(source, deadline)).rejects.toMatchObject({ reason: 'secret-missing', status: 503 });
    },
  );

  test.each([
    ['no JSON', 'ada@example.com'],
    ['a list', '["x"]'],
    ['nothing', ''],
  ])('a secret that is %s: secret-unreadable, nothing let in', async (_name, text) => {
    holds(text);
    await expect(store().values('a', deadline)).rejects.toMatchObject({ reason: 'secret-unreadable', status: 503 });
  });

  test('a new stack whose secret has no value yet: secret-missing', async () => {
    answer = { status: 400, json: { __type: 'ResourceNotFoundException' } };
    await expect(store().values('a', deadline)).rejects.toMatchObject({ reason: 'secret-missing' });
  });

  test('a refresh that fails keeps the values; one that works brings the new ones', async () => {
    holds({ a: 'one' });
    const secrets = store();
    await secrets.values('a', deadline);
    now += 6 * 60_000;
    answer = { status: 500, json: {} };
    expect(await secrets.values('a', deadline)).toEqual(['one']);
    now += 6 * 60_000;
    holds({ a: 'two' });
    expect(await secrets.values('a', deadline)).toEqual(['two']);
  });

  test('after a failed check it is read again, at most every 30 s', async () => {
    holds({ a: 'one' });
    const secrets = store();
    await secrets.values('a', deadline);
    holds({ a: 'two' });
    expect(await secrets.recheck('a', deadline)).toBeUndefined();
    now += 31_000;
    expect(await secrets.recheck('a', deadline)).toEqual(['two']);
    expect(await secrets.recheck('a', deadline)).toBeUndefined();
    expect(reads).toBe(2);
  });
});
