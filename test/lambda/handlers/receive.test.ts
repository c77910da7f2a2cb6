import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MAX_SQS_BYTES } from '../../../lambda/contract/message.ts';
import { formatKey, parseKey, type TokenKey } from '../../../lambda/domain/unsubscribe/key.ts';
import { RANDOM_BYTES, sealToken } from '../../../lambda/domain/unsubscribe/token.ts';
import { hexHmac } from '../../../lambda/providers/shared/proof/hmac.ts';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { type Buried, sqsStandIn } from '../../support/bundled.ts';
import { bundleOf, type Container } from '../../support/every-call/bundle.ts';
import { settingsOf } from '../../support/stack/settings.ts';
import { type Fault, type FaultyProxy, faultyProxy } from '../../support/surroundings/faulty-proxy.ts';
import { givenTime } from '../../support/surroundings/given-time.ts';

/** The bundle of `receive`: what it answers and counts of requests that prove nothing, and how it holds when a part does not answer. */

const SECRETS = {
  guide: 'guide-secret-1',
  brevo: 'quell:brevo-secret-1',
  mandrill: 'mandrill-secret-1',
  mailgun: 'mailgun-secret-1',
  loops: `whsec_${Buffer.from('loops-secret-1-of-24-bytes').toString('base64')}`,
  'elastic-email': 'query:key:elastic-secret-1',
  // Not where it belongs: nobody's key.
  'quell-heartbeat': 'stored-by-hand-1',
};
/** Of the stack's own secrets. */
const HEARTBEAT_KEY = 'heartbeat-secret-1';
const LINK_KEY = formatKey(randomBytes(32));

let queue: Listening;
let queues: FaultyProxy;
let store: Listening;
let stores: FaultyProxy;
let fresh: Awaited<ReturnType<typeof bundleOf>>;
let container: Container;
/** How much it had written when the test began. */
let before = 0;
let down = false;
const taken: Buried[] = [];

beforeAll(async () => {
  queue = await listen(
    sqsStandIn(
      () => down,
      (entries) => taken.push(...entries),
    ),
  );
  queues = await faultyProxy(queue.url);
  store = await listen(
    secretStore(
      { arn: 'x', value: JSON.stringify(SECRETS) },
      { arn: 'own', value: JSON.stringify({ 'quell-heartbeat': HEARTBEAT_KEY }) },
      { arn: 'links', value: JSON.stringify({ 'quell-unsubscribe': LINK_KEY }) },
    ),
  );
  stores = await faultyProxy(store.url);
  const sources = Object.fromEntries(
    ['brevo', 'mandrill', 'mailgun', 'loops', 'elastic-email'].map((provider) => [provider, { provider }] as const),
  );
  fresh = await bundleOf(
    'receive',
    runtimeConfig(
      settingsOf({
        unsubscribe: {},
        sources: {
          ...sources,
          ses: { provider: 'ses', topicArns: ['arn:aws:sns:eu-west-1:123456789012:feedback'] },
          guide: { provider: 'generic' },
          keyless: { provider: 'generic' },
        },
      }),
    ),
  );
  start();
});
/** A fresh start: no secret is cached, no connection open. */
function start(): void {
  container = fresh({
    variables: {
      POWERTOOLS_LOG_LEVEL: 'INFO',
      OWN_KEYS_ARN: 'own',
      UNSUBSCRIBE_KEYS_ARN: 'links',
      TOPIC_ARNS: '{}',
      PUBLIC_URL: 'https://example.com',
      DELIVERY_QUEUE_URL: `${queues.url}/000000000000/delivery`,
      AWS_ENDPOINT_URL_SQS: queues.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: stores.url,
    },
  });
  before = 0;
}
beforeEach(() => {
  before = container.log().length;
});
afterEach(() => {
  queues.fault = () => undefined;
  stores.fault = () => undefined;
  down = false;
  taken.length = 0;
  stores.calls.length = 0;
});
afterAll(async () => {
  await Promise.all([queues.stop(), stores.stop(), queue.close(), store.close()]);
});

interface Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const context = { getRemainingTimeInMillis: () => 10_000 };

const AT = 1_777_888_800_123;
function ask(
  source: string,
  body: string,
  headers: Record<string, string> = {},
  method = 'POST',
  over: object = {},
): Promise<Answer> {
  const event = {
    version: '2.0',
    routeKey: `${method} /webhooks/v1/${source}`,
    rawQueryString: '',
    headers,
    requestContext: { http: { method, sourceIp: '192.0.2.1' }, requestId: 'r1', timeEpoch: AT },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    ...over,
  };
  return container.handler(event, context) as Promise<Answer>;
}

/** What it said in the test, metrics apart. */
const said = (): Record<string, unknown>[] =>
  container
    .log()
    .slice(before)
    .split('\n')
    .filter((line) => line !== '' && !line.includes('"_aws"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Sums of what was counted, without the zeros. */
function counted(): Record<string, number> {
  const sums: Record<string, number> = {};
  const lines = container.log().slice(before).split('\n').filter(Boolean);
  for (const line of lines.map((text) => JSON.parse(text) as Record<string, unknown>)) {
    const { CloudWatchMetrics = [] } = (line._aws ?? {}) as { CloudWatchMetrics?: { Metrics: { Name: string }[] }[] };
    for (const { Name } of CloudWatchMetrics.flatMap(({ Metrics }) => Metrics))
      sums[Name] = (sums[Name] ?? 0) + Number(line[Name]);
  }
  return sums;
}

const GUIDE = JSON.stringify({ event: 'delivered', timestamp: 1_777_888_800, recipient: 'ada@example.com' });
const genuine = () => ask('guide', GUIDE, { 'x-webhook-signature': hexHmac(SECRETS.guide, GUIDE) });

describe('who proves nothing is told nothing, and counts as refused whatever else is wrong', () => {
  test.each<[name: string, () => Promise<Answer>, status: number]>([
    ['no signature', () => ask('guide', GUIDE), 401],
    ['a wrong one', () => ask('guide', GUIDE, { 'x-webhook-signature': '0'.repeat(64) }), 401],
    ['what cannot be read', () => ask('mailgun', 'x'), 401],
    ['a form where JSON is read before the proof', () => ask('mailgun', 'a=1&token=2'), 401],
    [
      'a form of 64,000 fields',
      () => ask('mandrill', `mandrill_events=[1]${'&a'.repeat(64_000)}`, { 'x-mandrill-signature': 'AAAA' }),
      401,
    ],
    [
      'an empty list and 64,000 fields',
      () => ask('mandrill', `mandrill_events=[]${'&a'.repeat(64_000)}`, { 'x-mandrill-signature': 'AAAA' }),
      401,
    ],
    ['a form of empty pairs', () => ask('mandrill', '=&'.repeat(1024 * 1024), { 'x-mandrill-signature': 'AAAA' }), 401],
  ])('%s', async (_name, request, status) => {
    const answer = await request();
    expect(answer.statusCode).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({
      reason: 'not-proven',
      detail: 'The request does not prove its origin.',
    });
    expect(counted()).toEqual({ Refused: 1 });
  });

  test.each<[name: string, () => Promise<Answer>, status: number]>([
    ['a wrong method', () => ask('guide', '', {}, 'GET'), 405],
    ['too much', () => ask('guide', 'x'.repeat(4_300_000)), 413],
    ['more than this ESP ever sends', () => ask('ses', 'x'.repeat(1024 * 1024 + 1)), 413],
  ])('%s', async (_name, request, status) => {
    expect((await request()).statusCode).toBe(status);
    expect(counted()).toEqual({ Refused: 1 });
  });

  test('what is answered 5xx for the sake of an ESP is counted apart from our own failures', async () => {
    expect((await ask('brevo', '{}')).statusCode).toBe(503);
    const foreign = JSON.stringify({
      Type: 'Notification',
      Message: 'x',
      MessageId: 'x',
      Timestamp: 'x',
      TopicArn: 'arn:aws:sns:eu-west-1:999999999999:foreign',
    });
    expect((await ask('ses', foreign)).statusCode).toBe(503);
    expect(counted()).toEqual({ Refused: 2, Refused5xx: 2 });
  });

  test('a fault of ours is not named, and counts as ours', async () => {
    const answer = await ask('keyless', GUIDE, { 'x-webhook-signature': '0'.repeat(64) });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 503, reason: 'cannot-verify' });
    expect(answer.body).not.toMatch(/secret/);
    expect(counted()).toEqual({ Unverifiable: 1 });
  });
});

test('who asks for what there is not is told so; what nobody foresaw is a failure that says nothing, and may be sent again', async () => {
  const answer = await ask('nobody', GUIDE);
  expect(JSON.parse(answer.body)).toMatchObject({ status: 404, reason: 'unknown-source', requestId: 'r1' });
  expect((await ask('guide', GUIDE, {}, 'POST', { routeKey: 'POST /else' })).statusCode).toBe(404);
  const broken = await ask('guide', GUIDE, {}, 'POST', { requestContext: { requestId: 'r1' } });
  expect(JSON.parse(broken.body)).toMatchObject({ status: 500, reason: 'internal-error' });
  expect(counted()).toEqual({ Failed: 1 });
});

describe('what is accepted', () => {
  const message = () => JSON.parse(taken[0]?.MessageBody ?? '{}') as Record<string, unknown>;

  test('is on the queue before it is answered, with how many events there are, and when they came', async () => {
    const answer = await genuine();
    expect([answer.statusCode, answer.headers]).toEqual([200, { 'content-type': 'application/json' }]);
    expect(JSON.parse(answer.body)).toEqual({ accepted: 1, requestId: 'r1' });
    expect(message()).toEqual({
      ...{ v: 1, source: 'guide', channel: 'https', requestId: 'r1', origin: 'live' },
      ...{ receivedAt: '2026-05-04T10:00:00.123Z', events: [JSON.parse(GUIDE)] },
    });
    // Its own clock decides, whatever Lambda says that is left.
    const hurried = { getRemainingTimeInMillis: () => 1 };
    const event = { 'x-webhook-signature': hexHmac(SECRETS.guide, GUIDE) };
    const { http, requestId, timeEpoch } = { http: { method: 'POST', sourceIp: '' }, requestId: 'r', timeEpoch: AT };
    const request = { routeKey: 'POST /webhooks/v1/guide', headers: event, body: GUIDE };
    expect(
      await container.handler({ ...request, requestContext: { http, requestId, timeEpoch } }, hurried),
    ).toMatchObject({ statusCode: 200 });
  });

  test('keeps of the headers what the event needs', async () => {
    const body = JSON.stringify({ eventName: 'email.delivered', webhookSchemaVersion: '1.0.0' });
    const [id, at] = ['msg_1', String(Math.floor(Date.now() / 1000))];
    const key = Buffer.from(SECRETS.loops.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
    const signed = { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${signature}` };
    expect((await ask('loops', body, signed)).statusCode).toBe(200);
    expect(message()).toMatchObject({ source: 'loops', meta: { id } });
  });

  test('may come by GET where its ESP sends it so', async () => {
    const query = 'transaction=t1&to=ada%40example.com&status=Sent&date=2026-05-04';
    const get = (rawQueryString: string) => ask('elastic-email', '', {}, 'GET', { rawQueryString });
    expect((await get(`${query}&key=elastic-secret-1`)).statusCode).toBe(200);
    expect(taken).toHaveLength(1);
    expect((await get(query)).statusCode).toBe(401);
  });

  test('to try a URL, or to show that there is nothing, puts nothing on the queue', async () => {
    expect(await ask('mandrill', '', {}, 'HEAD')).toEqual({ statusCode: 200, body: '' });
    const text = 'https://example.com/webhooks/v1/mandrillmandrill_events[]';
    const signature = createHmac('sha1', 'test-webhook').update(text).digest('base64');
    expect(await ask('mandrill', 'mandrill_events=%5B%5D', { 'x-mandrill-signature': signature })).toEqual({
      statusCode: 200,
      body: '',
    });
    expect(taken).toEqual([]);
  });

  test('is as large as the queue takes, with room for the attributes of a dead letter, and no larger', async () => {
    const event = (length: number) => ({
      ...{ event: 'delivered', recipient: 'ada@example.com', note: 'x'.repeat(length) },
    });
    const post = async (length: number, ...others: object[]) => {
      const body = JSON.stringify(others.length > 0 ? [...others, event(length)] : event(length));
      return ask('guide', body, { 'x-webhook-signature': hexHmac(SECRETS.guide, body) });
    };
    await post(0);
    const most = MAX_SQS_BYTES - 4096 - Buffer.byteLength(taken[0]?.MessageBody ?? '');
    expect((await post(most)).statusCode).toBe(200);
    const answer = await post(most + 1);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 413, reason: 'too-large' });
    expect(taken).toHaveLength(2);
    // Nor is a part of such a request taken.
    expect((await post(most + 1, event(0))).statusCode).toBe(413);
    expect(taken).toHaveLength(2);
  });

  test('of a link by which somebody leaves is a wish of theirs', async () => {
    const claims = { address: 'ada@example.com', scope: 'weekly', issuedAt: 1_767_225_600 };
    const token = sealToken(claims, parseKey(LINK_KEY) as TokenKey, randomBytes(RANDOM_BYTES));
    const answer = await ask(
      '',
      'List-Unsubscribe=One-Click',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'POST',
      { routeKey: 'POST /u/v1/{token}', pathParameters: { token } },
    );
    expect(answer.statusCode).toBe(200);
    expect(message()).toMatchObject({
      ...{ source: 'quell-unsubscribe', channel: 'https', origin: 'live', requestId: 'r1' },
      events: [expect.objectContaining({ wish: 'unsubscribe', recipient: 'ada@example.com', scope: 'weekly' })],
    });
  });
});

test('who has proven the origin is told what is wrong', async () => {
  const answer = await ask('guide', '[]', { 'x-webhook-signature': hexHmac(SECRETS.guide, '[]') });
  expect(JSON.parse(answer.body)).toMatchObject({
    status: 400,
    reason: 'unreadable',
    detail: 'The body holds no event.',
  });
  expect(counted()).toEqual({ Unreadable: 1 });
});

test('more events than any ESP sends are refused before they are cut', async () => {
  const body = `[${'{},'.repeat(1_300_000)}{}]`;
  const given = givenTime();
  const answer = await ask('guide', body, { 'x-webhook-signature': hexHmac(SECRETS.guide, body) });
  expect(answer.statusCode).toBe(413);
  expect(given()).toBeLessThan(2400);
});

describe('a part that does not answer', () => {
  const once = (operation: string, fault: Fault): FaultyProxy['fault'] => {
    let first = true;
    return (call) => {
      if (!first || call.operation !== operation) return undefined;
      first = false;
      return fault;
    };
  };

  test.each<Fault & string>(['hang', 'hang-after', 'cut', 'cut-after', 'half-after'])(
    'once (%s): the request is taken in time all the same',
    async (fault) => {
      start();
      stores.fault = once('GetSecretValue', fault);
      queues.fault = once('SendMessageBatch', fault);
      const given = givenTime();
      expect((await genuine()).statusCode).toBe(200);
      expect(given()).toBeLessThan(2500);
      expect(taken.length).toBeGreaterThanOrEqual(1);
      expect(new Set(taken.map(({ MessageBody }) => MessageBody.replace(/"receivedAt":"[^"]*"/, ''))).size).toBe(1);
    },
  );

  test('at all: 503 within the time that an ESP waits, and nothing is taken', async () => {
    queues.fault = () => 'hang';
    const given = givenTime();
    expect((await genuine()).statusCode).toBe(503);
    expect(given()).toBeLessThan(2900);
    expect(counted()).toEqual({ NotEnqueued: 1 });
    expect(said()).toEqual([
      expect.objectContaining({
        ...{ message: 'events not enqueued', errorName: 'NotSent', source: 'guide', requestId: 'r1' },
      }),
    ]);
  });
});

test('characters that a queue refuses are sent once more in ASCII; what it never takes is not sent again for ever', async () => {
  const refuse =
    (pattern: RegExp): FaultyProxy['fault'] =>
    ({ body }) => {
      const entries = (body.Entries ?? []) as { Id: string; MessageBody: string }[];
      const refused = entries.filter(({ MessageBody }) => pattern.test(MessageBody));
      if (refused.length === 0) return undefined;
      return {
        status: 200,
        json: { Failed: refused.map(({ Id }) => ({ Id, Code: 'InvalidMessageContents', SenderFault: true })) },
      };
    };
  const post = (name: string) => {
    const body = JSON.stringify({ event: 'delivered', recipient: 'ada@example.com', metadata: { name } });
    return ask('guide', body, { 'x-webhook-signature': hexHmac(SECRETS.guide, body) });
  };
  queues.fault = refuse(/ü/);
  expect((await post('ü')).statusCode).toBe(200);
  expect(taken.map(({ MessageBody }) => MessageBody)).toEqual([expect.stringContaining('"\\u00fc"')]);
  queues.fault = refuse(/./);
  expect((await post('x')).statusCode).toBe(400);
});

describe('health', () => {
  const health = () =>
    container.handler({ routeKey: 'GET /health', requestContext: { requestId: 'r' } }, context) as Promise<Answer>;

  test('says yes while the secret can be read, and reads it no oftener than requests do', async () => {
    start();
    expect(await health()).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: '{"status":"ok"}',
    });
    expect((await health()).statusCode).toBe(200);
    await genuine();
    expect(stores.calls).toEqual(['GetSecretValue']);
  });

  test('says no where it cannot', async () => {
    start();
    stores.fault = () => ({ status: 400, json: { __type: 'AccessDeniedException' } });
    const answer = await health();
    expect(JSON.parse(answer.body)).toMatchObject({ status: 503, reason: 'cannot-verify' });
    expect(answer.body).not.toMatch(/secret/i);
  });
});

test('a heartbeat is checked with the key of its own secret', async () => {
  const body = JSON.stringify({ event_id: '1', event: 'heartbeat', timestamp: Date.now() });
  const signedWith = (key: string) => ask('quell-heartbeat', body, { 'x-webhook-signature': hexHmac(key, body) });
  expect((await signedWith(SECRETS['quell-heartbeat'])).statusCode).toBe(401);
  expect((await signedWith(HEARTBEAT_KEY)).statusCode).toBe(200);
  const message = {
    v: 1,
    source: 'quell-heartbeat',
    channel: 'https',
    requestId: 'r1',
    origin: 'live',
    events: [JSON.parse(body) as object],
  };
  expect(JSON.parse(taken[0]?.MessageBody ?? '{}')).toEqual({
    ...message,
    receivedAt: '2026-05-04T10:00:00.123Z',
  });
});
