import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { heartbeatKeys } from '../../../lambda/aws/heartbeat-key.ts';
import { changeSecretMap, NoSecretMap, readSecretMap, SecretKeepsChanging } from '../../../lambda/aws/secret-map.ts';
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

  test('what was read counts for five minutes, to the millisecond', async () => {
    holds({ a: 'one' });
    const secrets = store();
    await secrets.values('a', deadline);
    now += 300_000;
    await secrets.values('a', deadline);
    expect(reads).toBe(1);
    now += 1;
    await secrets.values('a', deadline);
    expect(reads).toBe(2);
  });

  test('a source that is not in it is looked for again, at most every 30 s; whoever is in it is not', async () => {
    holds({ a: 'one' });
    const secrets = store();
    await secrets.values('a', deadline);
    holds({ a: 'one', b: 'two' });
    now += 30_000;
    await expect(secrets.values('b', deadline)).rejects.toMatchObject({ reason: 'secret-missing' });
    now += 1;
    await secrets.values('a', deadline);
    expect(reads).toBe(1);
    expect(await secrets.values('b', deadline)).toEqual(['two']);
    expect(reads).toBe(2);
  });

  test('a store that was never read is asked with every request, and again at once', async () => {
    answer = { status: 500, json: {} };
    const secrets = store();
    for (let request = 0; request < 2; request++)
      await expect(secrets.values('a', deadline)).rejects.toMatchObject({ reason: 'secret-unreadable' });
    // Each read is two requests, one beside the other.
    expect(reads).toBe(4);
  });

  test('a refresh that failed is not tried again before five minutes, nor a check before 30 s', async () => {
    holds({ a: 'one' });
    const secrets = store();
    await secrets.values('a', deadline);
    answer = { status: 500, json: {} };
    now += 300_001;
    await secrets.values('a', deadline);
    const failed = reads;
    now += 30_000;
    expect(await secrets.recheck('a', deadline)).toBeUndefined();
    await secrets.values('a', deadline);
    expect(reads).toBe(failed);
    now += 1;
    // It cannot be read: the values that are known are what there is.
    expect(await secrets.recheck('a', deadline)).toEqual(['one']);
    expect(reads).toBeGreaterThan(failed);
  });

  test('can be read, or not, as far as that was last due: every five minutes, and after a failure every 30 s', async () => {
    holds({ a: 'one' });
    const secrets = store();
    expect(await secrets.readable(deadline)).toBe(true);
    answer = { status: 500, json: {} };
    now += 300_000;
    expect(await secrets.readable(deadline)).toBe(true);
    now += 1;
    expect(await secrets.readable(deadline)).toBe(false);
    const failed = reads;
    holds({ a: 'one' });
    now += 30_000;
    expect([await secrets.readable(deadline), reads]).toEqual([false, failed]);
    now += 1;
    expect(await secrets.readable(deadline)).toBe(true);
    // A secret without any value can be read; one that is no map cannot.
    answer = { status: 400, json: { __type: 'ResourceNotFoundException' } };
    expect(await store().readable(deadline)).toBe(true);
    holds('[]');
    expect(await store().readable(deadline)).toBe(false);
  });

  test('a secret that loses its value keeps what is known of it', async () => {
    holds({ a: 'one' });
    const secrets = store();
    await secrets.values('a', deadline);
    answer = { status: 400, json: { __type: 'ResourceNotFoundException' } };
    now += 300_001;
    expect(await secrets.values('a', deadline)).toEqual(['one']);
    expect(await secrets.readable(deadline)).toBe(true);
  });

  test('after a failed check it is read again, at most every 30 s', async () => {
    holds({ a: 'one' });
    const secrets = store();
    await secrets.values('a', deadline);
    holds({ a: 'two' });
    expect(await secrets.recheck('a', deadline)).toBeUndefined();
    now += 30_000;
    expect(await secrets.recheck('a', deadline)).toBeUndefined();
    now += 1;
    expect(await secrets.recheck('a', deadline)).toEqual(['two']);
    expect(await secrets.recheck('a', deadline)).toBeUndefined();
    expect(reads).toBe(2);
  });
});

describe('a change of the map', () => {
  interface Put {
    readonly SecretString: string;
    readonly ClientRequestToken: string;
  }
  /** A secret with its versions, the newest last. @param meanwhile what somebody else writes just before each of our writes */
  function secret(first: string | undefined, meanwhile: readonly string[] = []) {
    const others = [...meanwhile];
    const versions: { id: string; text: string }[] = first === undefined ? [] : [{ id: 'v0', text: first }];
    const ends: unknown[] = [];
    const asked: object[] = [];
    const send = async ({ input }: { input: object }, options: { abortSignal?: unknown } = {}) => {
      ends.push(options.abortSignal);
      asked.push(input);
      if ('SecretString' in input) {
        const other = others.shift();
        if (other !== undefined) versions.push({ id: `other-${others.length}`, text: other });
        const { SecretString: text, ClientRequestToken: id } = input as Put;
        versions.push({ id, text });
        return { VersionId: id };
      }
      const found = versions.at((input as { VersionStage: string }).VersionStage === 'AWSPREVIOUS' ? -2 : -1);
      if (!found || ((input as { VersionStage: string }).VersionStage === 'AWSPREVIOUS' && versions.length < 2))
        throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
      return { SecretString: found.text, VersionId: found.id };
    };
    const stored = () => JSON.parse(versions.at(-1)?.text ?? 'null') as unknown;
    return { client: { send } as unknown as SecretsManagerClient, asked, ends, versions, stored };
  }
  const adding = (map: ReadonlyMap<string, unknown>) => new Map([...map, ['mine', 'x']]);

  test('is written once over what was read', async () => {
    const { client, asked, ends, stored } = secret('{"a":"1"}');
    const signal = new AbortController().signal;
    expect(await changeSecretMap(client, 'arn', adding, signal)).toEqual(
      new Map(Object.entries({ a: '1', mine: 'x' })),
    );
    expect(stored()).toEqual({ a: '1', mine: 'x' });
    expect(asked).toEqual([
      { SecretId: 'arn', VersionStage: 'AWSCURRENT' },
      {
        SecretId: 'arn',
        SecretString: '{"a":"1","mine":"x"}',
        ClientRequestToken: expect.stringMatching(/^[\w-]{36}$/),
      },
      { SecretId: 'arn', VersionStage: 'AWSPREVIOUS' },
    ]);
    expect(ends).toEqual([signal, signal, signal]);
  });

  test('is the first value of a secret that has none', async () => {
    const { client, stored } = secret(undefined);
    await changeSecretMap(client, 'arn', adding);
    expect(stored()).toEqual({ mine: 'x' });
  });

  test('that changes nothing writes nothing', async () => {
    const { client, versions } = secret('{"a":"1"}');
    expect(await changeSecretMap(client, 'arn', (map) => map)).toEqual(new Map([['a', '1']]));
    expect(versions).toHaveLength(1);
  });

  test('is made again on top of what somebody else wrote meanwhile, and is told that it is again', async () => {
    const { client, stored } = secret('{"a":"1"}', ['{"a":"1","theirs":"y"}']);
    const again: boolean[] = [];
    await changeSecretMap(client, 'arn', (map, second) => {
      again.push(second);
      return adding(map);
    });
    expect(stored()).toEqual({ a: '1', theirs: 'y', mine: 'x' });
    expect(again).toEqual([false, true]);
  });

  test('that has nothing to add any more still brings back what it wrote over', async () => {
    const { client, stored } = secret('{"a":"1"}', ['{"a":"1","mine":"theirs"}']);
    await changeSecretMap(client, 'arn', (map) => (map.has('mine') ? map : adding(map)));
    expect(stored()).toEqual({ a: '1', mine: 'theirs' });
  });

  test('is given up after five writes that somebody else came before', async () => {
    const { client, versions } = secret('{}', ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":5}', '{"n":6}']);
    await expect(changeSecretMap(client, 'arn', adding)).rejects.toBeInstanceOf(SecretKeepsChanging);
    expect(versions.filter(({ id }) => !id.startsWith('other') && id !== 'v0')).toHaveLength(5);
  });

  test.each(['[]', '"text"', 'null', 'no JSON', ''])('of what is no map (%j) writes nothing', async (text) => {
    const { client, versions } = secret(text);
    await expect(changeSecretMap(client, 'arn', adding)).rejects.toBeInstanceOf(NoSecretMap);
    await expect(readSecretMap(client, 'arn')).rejects.toThrow('the secret is not a JSON object');
    expect(versions).toHaveLength(1);
  });

  test('that the store refuses is not made', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const client = { send: () => Promise.reject(denied) } as unknown as SecretsManagerClient;
    await expect(changeSecretMap(client, 'arn', adding)).rejects.toBe(denied);
  });
});

describe('the key of the heartbeat', () => {
  const keyed = async (stored: string) => {
    const written: string[] = [];
    const send = async ({ input }: { input: { SecretString?: string } }) => {
      if (input.SecretString !== undefined) written.push(input.SecretString);
      return { SecretString: stored };
    };
    return { keys: await heartbeatKeys({ send } as unknown as SecretsManagerClient, 'arn'), written };
  };

  test('is made where there is none, of 32 bytes, beside what is stored', async () => {
    const { keys, written } = await keyed('{"a":"1"}');
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(JSON.parse(written[0] ?? '')).toEqual({ a: '1', 'quell-heartbeat': keys[0] });
  });

  test('is left as it is where it stands', async () => {
    expect(await keyed('{"quell-heartbeat":["new","old"]}')).toEqual({ keys: ['new', 'old'], written: [] });
  });
});
