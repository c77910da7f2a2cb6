import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { SuppressionStore } from '../../../lambda/aws/dynamodb/suppression.ts';
import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { Change } from '../../../lambda/domain/suppression/suppression.ts';
import { createReader, type Reader } from '../../../lib/reader/index.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import {
  type Call,
  type Fault,
  type FaultyProxy,
  faultyProxy,
  throttled,
} from '../../support/surroundings/faulty-proxy.ts';

const COUNT = 10_000;
const addressOf = (n: number): string => `person-${n}@example.com`;
const ALL = Array.from({ length: COUNT }, (_none, n) => addressOf(n));
/** By night all of them meet trouble, too. */
const SOME = process.env.NIGHTLY === undefined ? 1000 : COUNT;
/** Every twentieth is on the list. */
const isListed = (address: string): boolean => Number(/\d+/.exec(address)?.[0]) % 20 === 0;

let dynamo: TestDynamo;
let proxy: FaultyProxy;
let client: DynamoDBClient;
let reader: Reader;

beforeAll(async () => {
  dynamo = await startTestDynamo();
  const mark = { at: '2026-01-01T00:00:00.000Z', until: FOREVER, source: 's', event: 'spamreport' };
  const listed = ALL.filter(isListed).map((address): [string, Change] => [
    address,
    { judgements: [{ reason: 'complaint', mark: { ...mark, fingerprint: address } }] },
  ]);
  const table = dynamo.tables.suppression;
  await new SuppressionStore(dynamo.client, table).apply(new Map(listed), Date.now() + 10_000);
  proxy = await faultyProxy(dynamo.endpoint);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: proxy.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  reader = createReader({ client, table });
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

const RIGHT = ALL.map((email) => [email, isListed(email) ? 'suppressed' : 'clear']);

const ask = async (emails: readonly string[]) => {
  const answers = await reader.checkMany(emails);
  return answers.map(({ email, status }) => [email, status]);
};

const keysOf = ({ body }: Call): { recipient: { S: string } }[] => {
  const [request] = Object.values(body.RequestItems as Record<string, { Keys: { recipient: { S: string } }[] }>);
  return request?.Keys ?? [];
};

test('10,000 addresses are exactly 100 requests of 100, at most 4 at a time', async () => {
  let flying = 0;
  let meet = () => {};
  // The first ones wait for each other, however slow the machine is.
  const met = new Promise<void>((done) => {
    meet = done;
  });
  const seen = { flying: 0, sizes: new Set<number>() };
  proxy.fault = async (call) => {
    flying++;
    seen.flying = Math.max(seen.flying, flying);
    seen.sizes.add(keysOf(call).length);
    if (flying === 4) meet();
    await met;
    // ... and long enough for one more, where more were let go.
    await new Promise((resolve) => setTimeout(resolve, 2));
    flying--;
    return undefined;
  };
  expect(await ask(ALL)).toEqual(RIGHT);
  expect(proxy.calls).toEqual(new Array(100).fill('BatchGetItem'));
  expect(seen).toEqual({ flying: 4, sizes: new Set([100]) });
});

test('the same person in other words is asked about once, and answered each time', async () => {
  const some = ALL.slice(0, SOME);
  const emails = [...some, 'PERSON-0@Example.com', 'Person <person-1@example.com.>', ...some.slice(0, 500), 'nobody'];
  const answers = await reader.checkMany(emails);
  expect(proxy.calls).toHaveLength(SOME / 100);
  expect(answers.map(({ email }) => email)).toEqual(emails);
  expect(answers.slice(SOME, SOME + 2)).toMatchObject([
    { status: 'suppressed', address: addressOf(0) },
    { status: 'clear', address: addressOf(1) },
  ]);
  expect(answers.at(-1)).toEqual({ email: 'nobody', status: 'unknown', why: 'not-an-address' });
});

/** What happens to a batch, try by try, before it is let through; `half` and `none` are what DynamoDB answers of it. */
const TROUBLES = [
  [],
  ['throttled'],
  ['cut', 'none'],
  ['half', 'throttled', 'half', 'throttled'],
  ['cut-after', 'throttled', 'throttled', 'none'],
] as const;

function answerPart({ body }: Call, keys: { recipient: { S: string } }[], share: number): Fault {
  const [[table = ''] = []] = Object.entries(body.RequestItems as object);
  const cut = Math.floor(keys.length * share);
  const listed = keys.slice(0, cut).filter(({ recipient }) => isListed(recipient.S));
  const Responses = { [table]: listed.map((key) => ({ ...key, suppressedUntil: { N: String(FOREVER) } })) };
  return { status: 200, json: { Responses, UnprocessedKeys: { [table]: { Keys: keys.slice(cut) } } } };
}

test('throttled, cut and half-answered requests are asked again, and none is forgotten', async () => {
  const tries = new Map<string, number>();
  proxy.fault = (call) => {
    const keys = keysOf(call);
    // The last key stays in its batch whatever part of it was answered.
    const last = keys.at(-1)?.recipient.S ?? '';
    const batch = Math.floor(Number(/\d+/.exec(last)?.[0]) / 100);
    const at = tries.get(last) ?? 0;
    tries.set(last, at + 1);
    const trouble = TROUBLES[batch % TROUBLES.length]?.[at];
    if (trouble === 'half' || trouble === 'none') return answerPart(call, keys, trouble === 'half' ? 0.5 : 0);
    return trouble === 'throttled' ? throttled : trouble;
  };
  expect(await ask(ALL.slice(0, SOME))).toEqual(RIGHT.slice(0, SOME));
  const needed = TROUBLES.reduce((sum, troubles) => sum + troubles.length + 1, 0) * (SOME / 100 / TROUBLES.length);
  expect(proxy.calls).toHaveLength(needed);
});

test('what stays unread is unknown, with the reason, and its neighbours are answered', async () => {
  const bad = new Set([addressOf(150), addressOf(350)]);
  proxy.fault = (call) => {
    const keys = keysOf(call);
    if (keys.some(({ recipient }) => recipient.S === addressOf(150))) return throttled;
    const stuck = keys.filter(({ recipient }) => bad.has(recipient.S));
    const [[table = ''] = []] = Object.entries(call.body.RequestItems as object);
    return stuck.length === 0
      ? undefined
      : { status: 200, json: { Responses: {}, UnprocessedKeys: { [table]: { Keys: stuck } } } };
  };
  const answers = await reader.checkMany(ALL.slice(0, 400).filter((address) => !isListed(address)));
  const unknown = answers.filter(({ status }) => status === 'unknown');
  expect(answers).toHaveLength(380);
  expect(unknown.length).toBe(101);
  expect(unknown.at(-1)).toMatchObject({ email: addressOf(350), why: 'lookup-failed', error: 'UnprocessedKeys' });
  expect(unknown[0]).toMatchObject({ why: 'lookup-failed', error: 'ThrottlingException' });
});

test('nobody asked, nothing read', async () => {
  expect(await reader.checkMany([])).toEqual([]);
  expect(proxy.calls).toEqual([]);
});

test('what the given addresses throw while they are gone through is thrown, and nothing is asked', async () => {
  const broken = (function* () {
    yield addressOf(1);
    throw new Error('the file ends here');
  })();
  await expect(reader.checkMany(broken)).rejects.toThrow('the file ends here');
  expect(() => createReader(undefined as never)).toThrow(TypeError);
  expect(proxy.calls).toEqual([]);
});
