import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SecretStore } from '../../../../lambda/aws/secrets.ts';
import { RefusedRequest } from '../../../../lambda/domain/errors.ts';
import { formatKey, parseKey, type TokenKey } from '../../../../lambda/domain/unsubscribe/key.ts';
import { PAGE_HEADERS } from '../../../../lambda/domain/unsubscribe/page.ts';
import { RANDOM_BYTES, sealToken } from '../../../../lambda/domain/unsubscribe/token.ts';
import { metricsIn } from '../../../support/alarms/emf.ts';

// The logger reads its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
const { isUnsubscribe, unsubscriber } = await import('../../../../lambda/handlers/receive/unsubscribe.ts');

/** The page behind a link: what each request is answered, puts on the queue and leaves in the log. */

const [text, other] = [formatKey(randomBytes(32)), formatKey(randomBytes(32))];
const token = sealToken(
  { address: 'ada@example.com', scope: 'weekly', issuedAt: 1_767_225_600 },
  parseKey(text) as TokenKey,
  randomBytes(RANDOM_BYTES),
);
const queued: unknown[] = [];
const lines: string[] = [];
beforeEach(() => {
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  lines.length = 0;
  queued.length = 0;
});

interface Surroundings {
  readonly live?: readonly string[];
  readonly fresh?: readonly string[] | undefined;
  /** What the keys, or the queue, refuse with. */
  readonly keysFail?: Error;
  readonly queueFails?: Error;
}
async function ask(method: string, body?: string, over: object = {}, around: Surroundings = {}) {
  const { live = [text], fresh, keysFail, queueFails } = around;
  const keys = {
    values: async () => (keysFail ? Promise.reject(keysFail) : live),
    recheck: async () => fresh,
  } as unknown as SecretStore;
  const run = unsubscriber(
    { sender: 'Shop', language: 'en', lists: { weekly: 'Weekly news' }, texts: {} },
    keys,
    async (raw) => {
      if (queueFails) throw queueFails;
      queued.push(JSON.parse(raw));
    },
  );
  const event = {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    pathParameters: { token },
    requestContext: { http: { method }, requestId: 'r1', timeEpoch: 1_777_888_800_000 },
    ...(body !== undefined && { body }),
    ...over,
  } as unknown as APIGatewayProxyEventV2;
  return run(event, Date.now() + 1000);
}

const ONE_CLICK = 'List-Unsubscribe=One-Click';
const wish = {
  wish: 'unsubscribe',
  recipient: 'ada@example.com',
  scope: 'weekly',
  at: '2026-05-04T10:00:00Z',
  issuedAt: '2026-01-01T00:00:00Z',
};
const counted = () =>
  lines.flatMap((line) => metricsIn(line)).map(({ name, dimensions, value }) => `${name} ${dimensions} ${value}`);

test.each([
  ['POST /u/v1/{token}', true],
  ['GET /u/v1/{token}', true],
  ['POST /webhooks/v1/news', false],
  ['GET /health', false],
])('%s: is of the page: %s', (routeKey, expected) => {
  expect(isUnsubscribe({ routeKey } as APIGatewayProxyEventV2)).toBe(expected);
});

describe('a link that is genuine', () => {
  test('is looked at: it asks, and nothing happens', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { statusCode, headers, body } = await ask(method);
      expect([statusCode, headers]).toEqual([200, { ...PAGE_HEADERS, 'content-language': 'en' }]);
      expect(body).toContain('Weekly news');
    }
    expect(queued).toEqual([]);
  });

  test('by a mail program: one event, as it was clicked', async () => {
    const { statusCode, body } = await ask('POST', ONE_CLICK);
    expect(statusCode).toBe(200);
    expect(queued).toEqual([{ ...wish, way: 'one-click' }]);
    expect(body).not.toBe((await ask('GET')).body);
    expect((await ask('POST', Buffer.from(ONE_CLICK).toString('base64'), { isBase64Encoded: true })).statusCode).toBe(
      200,
    );
    expect(queued).toHaveLength(2);
    // A program that does not say what it posts is understood too.
    expect((await ask('POST', ONE_CLICK, { headers: {} })).statusCode).toBe(200);
    expect(queued).toHaveLength(3);
  });

  test('by the page: leaves, and comes back', async () => {
    const left = await ask('POST', 'wish=unsubscribe');
    const back = await ask('POST', 'wish=resubscribe');
    expect(queued).toEqual([
      { ...wish, way: 'page' },
      { ...wish, wish: 'resubscribe', way: 'page' },
    ]);
    expect(left.body).not.toBe(back.body);
  });

  test('posts something else: 400, it asks again, and nothing happens', async () => {
    const { statusCode, body } = await ask('POST', 'wish=whatever');
    expect([statusCode, body]).toEqual([400, (await ask('GET')).body]);
    // Only what is posted is a wish.
    expect((await ask('GET', ONE_CLICK)).statusCode).toBe(200);
    expect(queued).toEqual([]);
  });

  test('speaks the language of the form, of the link, of the browser, in this order', async () => {
    const browser = { headers: { 'accept-language': 'fr', 'content-type': 'application/x-www-form-urlencoded' } };
    const language = async (...request: Parameters<typeof ask>) =>
      (await ask(...request)).headers?.['content-language'];
    expect(await language('GET', undefined, browser)).toBe('fr');
    expect(await language('GET', undefined, { ...browser, queryStringParameters: { lang: 'de' } })).toBe('de');
    expect(
      await language('POST', 'wish=unsubscribe&lang=es', { ...browser, queryStringParameters: { lang: 'de' } }),
    ).toBe('es');
  });
});

describe('keys', () => {
  test('that were made a moment ago are read again', async () => {
    expect((await ask('POST', ONE_CLICK, {}, { live: [other], fresh: [other, text] })).statusCode).toBe(200);
    expect(queued).toHaveLength(1);
  });

  test('that do not open it: 404, noted without the link, and no metric', async () => {
    for (const fresh of [undefined, [other]]) {
      lines.length = 0;
      expect((await ask('POST', ONE_CLICK, {}, { live: [other, 'no key'], fresh })).statusCode).toBe(404);
      expect(counted()).toEqual([]);
      expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
        expect.objectContaining({
          message: 'refused',
          reason: 'bad-proof',
          requestId: 'r1',
          from: 'quell-unsubscribe',
        }),
      ]);
      expect(lines.join()).not.toContain(token);
    }
    expect(queued).toEqual([]);
    expect((await ask('GET', undefined, { pathParameters: undefined })).statusCode).toBe(404);
  });

  test('that cannot be read: 503, to be tried again, and counted', async () => {
    const answer = await ask('POST', ONE_CLICK, {}, { keysFail: new RefusedRequest('secret-unreadable', 'No.') });
    expect(answer).toMatchObject({ statusCode: 503, headers: { ...PAGE_HEADERS, 'retry-after': '30' } });
    expect(counted()).toEqual(['Unverifiable source=quell-unsubscribe 1']);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ reason: 'secret-unreadable', requestId: 'r1' });
  });
});

test('a queue that does not take it: 503, and it counts as any event that was not taken', async () => {
  const answer = await ask('POST', ONE_CLICK, {}, { queueFails: new RefusedRequest('cannot-enqueue', 'No.') });
  expect(answer.statusCode).toBe(503);
  expect(counted()).toEqual(['NotEnqueued  1']);
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ from: 'quell-unsubscribe' });
});

test('what nobody foresaw is no page', async () => {
  await expect(ask('POST', ONE_CLICK, {}, { queueFails: new TypeError('x') })).rejects.toThrow(TypeError);
});
