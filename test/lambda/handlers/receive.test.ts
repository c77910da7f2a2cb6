import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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
  'quell-heartbeat': 'heartbeat-secret-1',
};

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
  store = await listen(secretStore({ arn: 'x', value: JSON.stringify(SECRETS) }));
  stores = await faultyProxy(store.url);
  const sources = Object.fromEntries(
    ['brevo', 'mandrill', 'mailgun'].map((provider) => [provider, { provider }] as const),
  );
  fresh = await bundleOf(
    'receive',
    runtimeConfig(
      settingsOf({
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
  readonly body: string;
}

const context = { getRemainingTimeInMillis: () => 10_000 };

function ask(source: string, body: string, headers: Record<string, string> = {}, method = 'POST'): Promise<Answer> {
  const event = {
    version: '2.0',
    routeKey: `${method} /webhooks/v1/${source}`,
    rawQueryString: '',
    headers,
    requestContext: { http: { method, sourceIp: '192.0.2.1' }, requestId: 'r1', timeEpoch: Date.now() },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  };
  return container.handler(event, context) as Promise<Answer>;
}

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
    expect((await health()).statusCode).toBe(200);
    expect((await health()).statusCode).toBe(200);
    await genuine();
    expect(stores.calls).toEqual(['GetSecretValue']);
  });

  test('says no where it cannot', async () => {
    start();
    stores.fault = () => ({ status: 400, json: { __type: 'AccessDeniedException' } });
    const answer = await health();
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toMatch(/secret/i);
  });
});

test('a heartbeat is checked with the key of its own secret', async () => {
  const body = JSON.stringify({ event_id: '1', event: 'heartbeat', timestamp: Date.now() });
  const answer = await ask('quell-heartbeat', body, {
    'x-webhook-signature': hexHmac(SECRETS['quell-heartbeat'], body),
  });
  expect(answer.statusCode).toBe(200);
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
    receivedAt: expect.stringMatching(/^\S+Z$/),
  });
});
