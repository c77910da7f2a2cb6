import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createReader, normaliseAddress, type ReaderOptions } from '../../../lib/reader/index.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { type FaultyProxy, faultyProxy, throttled } from '../../support/surroundings/faulty-proxy.ts';
import { addressOf, CASES, fill, TOMORROW } from './people.ts';

let dynamo: TestDynamo;
let proxy: FaultyProxy;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamo = await startTestDynamo();
  await fill(dynamo.client, dynamo.tables.suppression);
  proxy = await faultyProxy(dynamo.endpoint);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: proxy.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(() => {
  proxy.fault = () => undefined;
  proxy.calls.length = 0;
});
afterAll(async () => {
  client.destroy();
  await proxy.stop();
  await dynamo.stop();
});

const readerWith = (options: Partial<ReaderOptions> = {}) =>
  createReader({ client, table: dynamo.tables.suppression, ...options });

describe('the rule, over entries as process writes them', () => {
  test.each(CASES)('%s %j', async (email, question, expected) => {
    const reader = readerWith();
    const address = normaliseAddress(email);
    const answer = { email, ...(address && { address }), ...expected };
    expect(await reader.check(email, question)).toEqual(answer);
    expect(await reader.checkMany([email], question)).toEqual([answer]);
  });

  test('a list that is mailed through two sources has two scopes', async () => {
    const question = { scope: ['ses:topic:7', 'sendgrid:asm:42'] };
    expect(await readerWith().check(addressOf('left-list'), question)).toMatchObject({ scope: 'sendgrid:asm:42' });
  });

  test('an entry suppresses until the second of its end, and not in it', async () => {
    const at = (now: number) => readerWith({ now: () => now }).check(addressOf('soft'));
    expect(await at(TOMORROW * 1000 - 1)).toMatchObject({ status: 'suppressed' });
    expect(await at(TOMORROW * 1000)).toMatchObject({ status: 'clear' });
  });
});

describe('when the list does not answer', () => {
  const complained = addressOf('complained');

  test('throttled and cut requests are tried again', async () => {
    const faults = [throttled, 'cut' as const, 'cut-after' as const];
    proxy.fault = () => faults.shift();
    expect(await readerWith().check(complained)).toMatchObject({ status: 'suppressed' });
    expect(proxy.calls).toEqual(new Array(4).fill('GetItem'));
  });

  test('unknown after four tries, with the name of the error', async () => {
    proxy.fault = () => throttled;
    const answer = { status: 'unknown', why: 'lookup-failed', error: 'ThrottlingException', address: complained };
    expect(await readerWith().check(complained)).toEqual({ email: complained, ...answer });
    expect(proxy.calls).toHaveLength(4);
  });

  test('what no second try can mend is not tried again', async () => {
    const reader = readerWith({ table: 'no-such-table' });
    const answer = { status: 'unknown', why: 'lookup-failed', error: 'ResourceNotFoundException' };
    expect(await reader.check(complained)).toMatchObject(answer);
    expect(await reader.checkMany([complained])).toMatchObject([answer]);
    expect(proxy.calls).toEqual(['GetItem', 'BatchGetItem']);
  });

  test('a request that hangs is given up', async () => {
    proxy.fault = () => new Promise(() => undefined);
    const began = Date.now();
    expect(await readerWith({ timeout: 50 }).check(complained)).toMatchObject({ status: 'unknown' });
    expect(Date.now() - began).toBeLessThan(2000);
  });
});

test('reads are eventually consistent unless asked otherwise', async () => {
  const asked: unknown[] = [];
  proxy.fault = ({ body }) => {
    const [request] = Object.values((body.RequestItems ?? { only: body }) as Record<string, unknown>);
    asked.push((request as { ConsistentRead: unknown }).ConsistentRead);
    return undefined;
  };
  for (const consistent of [undefined, true]) {
    const reader = readerWith(consistent === undefined ? {} : { consistent });
    await reader.check(addressOf('soft'));
    await reader.checkMany([addressOf('soft')]);
  }
  expect(asked).toEqual([false, false, true, true]);
});

test('the normal form is the published one', () => {
  const { vectors } = JSON.parse(readFileSync('docs/address-vectors.json', 'utf8')) as {
    vectors: { in: string; out: string | null }[];
  };
  for (const vector of vectors)
    expect([vector.in, normaliseAddress(vector.in) ?? null]).toEqual([vector.in, vector.out]);
});
