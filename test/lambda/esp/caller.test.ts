import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MAX_VALUES } from '../../../lambda/domain/json.ts';
import { signedAt } from '../../../lambda/esp/aws.ts';
import { caller, type Line, type Patience } from '../../../lambda/esp/caller.ts';
import { ApiFailed, EspRefused, KeyRefused, LedAstray, OutOfTime, TooLarge } from '../../../lambda/esp/failures.ts';
import { isApiKey } from '../../../lambda/esp/key.ts';
import type { ApiRequest, EspApi } from '../../../lambda/providers/api.ts';

/** How an ESP is asked: what goes out, what each answer comes to, how long is waited, and what people are told. */

const api = {
  perSecond: 1000,
  base: 'https://api.example',
  key: 'an API key',
  rights: { events: 'Read events' },
  resetHeader: 'x-reset',
  authorise: (request: ApiRequest, key: string) => ({ ...request, headers: { authorization: key } }),
} as unknown as EspApi;
const read: ApiRequest = { use: 'events', what: 'read events', method: 'GET', path: '/events?a=1' };
const change: ApiRequest = { use: 'clear', what: 'take one off', method: 'DELETE', path: '/list' };

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}
const sent: Sent[] = [];
/** How each is fetched, beside what is sent. */
const fetched: { readonly redirect: string; readonly signal: AbortSignal }[] = [];
const waits: number[] = [];
const said: string[] = [];
type Answer = (() => Response | Error) | Response;
const ok = (json: unknown = {}) => new Response(JSON.stringify(json));
const status = (code: number, headers: Record<string, string> = {}, body = '{}') =>
  new Response(code === 204 ? null : body, { status: code, headers });

/** Answers one after the other, then always 200. */
async function ask(
  request: ApiRequest,
  answers: readonly Answer[] = [],
  over: Partial<Line> = {},
  patience: Partial<Patience> = {},
) {
  jest.spyOn(globalThis, 'fetch').mockImplementation((async (
    url: URL,
    init: Omit<Sent, 'url'> & (typeof fetched)[number],
  ) => {
    fetched.push(init);
    sent.push({
      url: String(url),
      method: init.method,
      headers: init.headers,
      ...(init.body !== undefined && { body: init.body }),
    });
    const next = answers[sent.length - 1] ?? ok;
    const answer = typeof next === 'function' ? next() : next;
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as typeof fetch);
  const pause = async (ms: number) => void waits.push(ms);
  const line: Line = {
    api,
    title: 'Esp',
    base: new URL('https://api.example/v1/'),
    key: 'k',
    say: (text) => said.push(text),
    ...over,
  };
  return caller({ ...line, patience: { pause, ...patience } })(request);
}
const failed = (...given: Parameters<typeof ask>) =>
  ask(...given).then(
    (answer) => Promise.reject(new Error(`answered ${answer.text}`)),
    (error: Error) => error,
  );

beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const list of [sent, fetched, waits, said]) list.length = 0;
});

describe('what goes out', () => {
  test('stands at the base, with its key; JSON, a form, or nothing', async () => {
    await ask(read);
    await ask({ ...change, json: { a: 1 } });
    await ask({
      ...change,
      form: [
        ['a', '1'],
        ['b', 'x y'],
      ],
    });
    expect(sent).toEqual([
      {
        url: 'https://api.example/v1/events?a=1',
        method: 'GET',
        headers: { accept: 'application/json', authorization: 'k' },
      },
      {
        url: 'https://api.example/v1/list',
        method: 'DELETE',
        headers: { accept: 'application/json', 'content-type': 'application/json', authorization: 'k' },
        body: '{"a":1}',
      },
      {
        url: 'https://api.example/v1/list',
        method: 'DELETE',
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          authorization: 'k',
        },
        body: 'a=1&b=x+y',
      },
    ]);
  });

  test('the key goes to one host; a file may lie elsewhere, behind TLS, and gets none', async () => {
    for (const path of ['//other.example/x', 'https://other.example/x', 'http://api.example/x', '//api.example:8443/x'])
      expect(await failed({ ...read, path }, [], { base: new URL('https://api.example') })).toBeInstanceOf(LedAstray);
    expect(await failed({ ...read, download: 'http://files.example/a' })).toBeInstanceOf(LedAstray);
    expect(await failed({ ...read, download: 'no address' })).toBeInstanceOf(LedAstray);
    expect(sent).toEqual([]);
    const local = { base: new URL('http://127.0.0.1:1') };
    expect((await ask({ ...read, download: 'https://files.example/a' }, [new Response('a\nb')])).text).toBe('a\nb');
    expect((await ask({ ...read, download: 'http://127.0.0.1:1/a' }, [], local)).text).toBe('{}');
    expect(sent.map(({ url, headers }) => [url, headers])).toEqual([
      ['https://files.example/a', { accept: 'application/json' }],
      ['http://127.0.0.1:1/a', { accept: 'application/json' }],
    ]);
  });

  test('follows no redirect, and is given up after half a minute, or with the time of who asks', async () => {
    const limits: number[] = [];
    const limit = AbortSignal.timeout;
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      limits.push(ms);
      return limit.call(AbortSignal, ms);
    });
    jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    await ask(read);
    await ask(read, [], {}, { answer: 2000, until: 1_001_500 });
    await ask(read, [], {}, { until: 1_000_000.5 });
    expect(limits).toEqual([30_000, 1500, 1]);
    expect(fetched.map(({ redirect }) => redirect)).toEqual(['manual', 'manual', 'manual']);
    expect(fetched.map(({ signal }) => signal instanceof AbortSignal)).toEqual([true, true, true]);
  });

  test('is signed in place of a key where the ESP is AWS', async () => {
    await ask(read, [], { sign: async ({ url }) => ({ signed: url.pathname }) });
    await ask({ ...read, download: 'https://files.example/a' }, [], { sign: async () => ({ signed: 'x' }) });
    expect(sent.map(({ headers }) => headers.signed)).toEqual(['/v1/events', undefined]);
  });
});

describe('an answer', () => {
  test('is parsed, and its text kept', async () => {
    expect(await ask(read, [ok({ items: [1] })])).toMatchObject({
      status: 200,
      text: '{"items":[1]}',
      json: { items: [1] },
    });
  });

  test.each<[number, string, Partial<ApiRequest>]>([
    [401, 'It does not know this key.', {}],
    [403, 'The key is known and may not do this.', {}],
  ])('%i: the key is refused, with the right that it needs', async (code, words, over) => {
    const error = await failed({ ...read, ...over }, [status(code)]);
    expect(error).toBeInstanceOf(KeyRefused);
    expect(error.message).toBe(
      `Esp refused the API key when asked to read events (${code}). ${words} Needed: an API key, with the right "Read events".`,
    );
    expect(waits).toEqual([]);
  });

  test('a key that has regions, and an ESP that says otherwise that it does not know it', async () => {
    const otherBases = ['https://eu.example'];
    const error = await failed(read, [status(400)], { api: { ...api, otherBases, keyRefused: () => true } });
    expect(error.message).toContain(
      'A key works in its own region only: https://api.example, https://eu.example (--api-base).',
    );
  });

  test.each([
    [300, 'That is a redirect, and the key follows none'],
    [302, 'That is a redirect, and the key follows none'],
    [400, 'Its documentation says what that means.'],
    [404, 'Is it the right region (--api-base)'],
  ])('%i is a no, told without what the ESP said', async (code, hint) => {
    const error = await failed(read, [status(code, {}, '{"secret":"words"}')]);
    expect([error instanceof EspRefused, error.message.includes(hint), error.message.includes('words')]).toEqual([
      true,
      true,
      false,
    ]);
    expect((error as EspRefused).status).toBe(code);
  });

  test('that its reader understands is one, whatever its status', async () => {
    expect(await ask({ ...read, accepts: [404] }, [status(404, {}, '')])).toMatchObject({ status: 404, json: {} });
  });

  test.each<[string, ApiRequest, Response, boolean]>([
    ['without a body', read, new Response(''), false],
    ['204', read, status(204), true],
    ['without a body, of a change', change, new Response(''), true],
    ['without a body, of a search by POST', { ...read, method: 'POST' }, new Response(''), false],
    ['without a body, of a list by POST', { ...read, use: 'lists', method: 'POST' }, new Response(''), false],
    ['blank', change, new Response(' '), false],
    ['no JSON', change, new Response('<html>'), false],
    ['what was asked for', { ...read, holds: 'a.items[]' }, ok({ a: { items: [] } }), true],
    ['an empty list as null', { ...read, holds: 'items[]' }, ok({ items: null }), true],
    ['null, where the answer itself is the list', { ...read, holds: '[]' }, ok(null), false],
    ['a list, where the answer itself is one', { ...read, holds: '[]' }, ok([]), true],
    ['an error in place of a list', { ...read, holds: 'items[]' }, ok({ error: 'x' }), false],
    ['no list', { ...read, holds: 'items[]' }, ok({ items: {} }), false],
    ['a member', { ...read, holds: 'id' }, ok({ id: 0 }), true],
    ['null in place of a member', { ...read, holds: 'id' }, ok({ id: null }), false],
    ['a text that is not sound', { ...read, isSound: (text) => text === 'x' }, ok({}), false],
  ])('%s: is one, or is asked for again', async (_name, request, first, good) => {
    const second = request.holds === undefined ? {} : { a: { items: [] }, items: [], id: 1 };
    const last = request.holds === '[]' ? [] : second;
    await ask({ ...request, ...(request.isSound && { isSound: (text: string) => sent.length > 1 || text === 'x' }) }, [
      first,
      ok(last),
    ]);
    expect(sent).toHaveLength(good ? 1 : 2);
  });

  test('that is larger than any list is not read', async () => {
    expect(await failed(read, [ok('x'.repeat(10))], {}, { most: 11 })).toBeInstanceOf(TooLarge);
    expect((await ask(read, [], {}, { most: 2 })).text).toBe('{}');
    // Of nobody who says otherwise 128 MB, in parts of one.
    const part = new Uint8Array(1024 * 1024);
    const parts = (count: number) => ({
      status: 200,
      headers: new Headers(),
      body: [...Array(count).fill(part), new Uint8Array(1)],
    });
    sent.length = 0;
    expect((await failed(read, [parts(128) as unknown as Response])).message).toBe(
      'Esp answered with more than 128 MB at once: it was not read.',
    );
  });

  test('that is a list without pages may hold more than any webhook', async () => {
    const many = new Response(`[${'0,'.repeat(MAX_VALUES)}0]`);
    expect((await ask({ ...read, holds: '[]' }, [many])).json).toHaveLength(MAX_VALUES + 1);
  });
});

describe('what failed for now', () => {
  test('is asked again after waits that double up to a minute, eight times in all, and is then told with its purpose', async () => {
    const error = await failed(
      read,
      Array<Answer>(9).fill(() => status(500)),
    );
    expect(sent).toHaveLength(8);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60].map((n) => n * 750));
    expect(said).toEqual([6, 12, 24, 45].map((seconds) => `Esp failed (500): waiting ${seconds} s.`));
    expect(error).toBeInstanceOf(ApiFailed);
    expect(error.message).toBe(
      'Esp, asked to read events, failed (500). Nothing is lost: run the same command again, it goes on from there.',
    );
  });

  test.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': ' 3 ' }, 3000],
    ['parts of a second', { 'retry-after': '0.5' }, 500],
    [
      'a date, by its own clock',
      { 'retry-after': 'Mon, 04 May 2026 10:00:07 GMT', date: 'Mon, 04 May 2026 10:00:00 GMT' },
      7000,
    ],
    [
      'a date that is over',
      { 'retry-after': 'Mon, 04 May 2026 10:00:00 GMT', date: 'Mon, 04 May 2026 10:00:07 GMT' },
      0,
    ],
    ['a date, where it tells no time of its own', { 'retry-after': 'Mon, 04 May 2026 10:00:03 GMT' }, 3000],
    ['by a header of its own', { 'x-reset': '2' }, 2000],
  ])('waits as long as the ESP says: %s', async (_name, headers, ms) => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 4, 4, 10));
    await ask(read, [status(429, headers)]);
    expect(waits).toEqual([ms + 500]);
  });

  test('what it says that is no time counts for nothing; of both headers the usual one', async () => {
    await ask(read, [status(503, { 'retry-after': 'soon' }), status(429, { 'retry-after': '1', 'x-reset': '9' })]);
    expect(waits).toEqual([750, 1500]);
    waits.length = 0;
    sent.length = 0;
    const { resetHeader: _, ...without } = api as EspApi & { resetHeader?: string };
    await ask(read, [status(429, { 'x-reset': '9' })], { api: without as EspApi });
    expect(waits).toEqual([750]);
  });

  test('not longer than anybody waits: then it says how long it would be', async () => {
    await ask(read, [status(429, { 'retry-after': '900' })]);
    expect(waits).toEqual([900_500]);
    sent.length = 0;
    const error = await failed(read, [status(429, { 'retry-after': '900.001' })]);
    expect(error.message).toContain('asks to slow down, and to wait 16 minutes');
  });

  test('a wait of five seconds and more is told, in whole seconds', async () => {
    const asked = (seconds: string) => status(429, { 'retry-after': seconds });
    await ask(read, [asked('4.499'), asked('4.5'), asked('4.501')]);
    expect(said).toEqual(['Esp asks to slow down: waiting 5 s.', 'Esp asks to slow down: waiting 6 s.']);
  });

  test('a network that fails, and one that does not answer', async () => {
    const late = Object.assign(new Error('x'), { name: 'TimeoutError' });
    await ask(read, [() => new Error('x'), () => late], {}, { first: 20_000 });
    expect(said).toEqual(['Esp could not be reached: waiting 15 s.', 'Esp did not answer in time: waiting 30 s.']);
  });

  test('is not done twice, where it may have been done', async () => {
    const once: ApiRequest = { ...change, once: true };
    expect((await failed(once, [() => new Error('x')])).message).toContain(
      'could not be reached: whether it was done is not known',
    );
    sent.length = 0;
    expect((await failed(once, [status(502)])).message).toContain('failed: whether it was done is not known');
    sent.length = 0;
    expect((await ask(once, [new Response('<html>')])).text).toBe('<html>');
    expect(sent).toHaveLength(1);
    sent.length = 0;
    await ask(once, [status(429)]);
    expect(sent).toHaveLength(2);
  });

  test('ends with the time of who asks: before a wait that would outlast it, and before the first', async () => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now);
    const error = await failed(read, [status(500)], {}, { until: now + 750 });
    expect([error instanceof OutOfTime, error.message]).toEqual([
      true,
      'There was no time left to ask Esp further: it failed (500).',
    ]);
    expect(waits).toEqual([]);
    sent.length = 0;
    expect((await failed(read, [], {}, { until: Date.now() - 1 })).message).toBe(
      'There was no time left to ask Esp further.',
    );
    expect(sent).toEqual([]);
    await ask(read, [status(500)], {}, { until: now + 751 });
    expect(sent).toHaveLength(2);
  });
});

test('AWS is asked in its Region, in China by another name, and locally where it is said', async () => {
  const at = (region: string, endpoint?: string) =>
    signedAt({ region, credentials: { accessKeyId: 'id', secretAccessKey: 'key' }, endpoint }, 'ses');
  expect(at('eu-west-1').base.href).toBe('https://email.eu-west-1.amazonaws.com/');
  expect(at('cn-north-1').base.href).toBe('https://email.cn-north-1.amazonaws.com.cn/');
  expect(at('eu-west-1', 'http://127.0.0.1:4566').base.href).toBe('http://127.0.0.1:4566/');
  const signed = (body?: string) =>
    at('eu-west-1').sign({
      method: 'PUT',
      url: new URL('https://email.example:8443/v2/a%40b?c=d+e'),
      headers: { accept: 'x' },
      body,
    });
  const headers = await signed('{}');
  expect(headers).toMatchObject({ accept: 'x', host: 'email.example:8443' });
  // As AWS writes down how to sign, step by step.
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const time = headers['x-amz-date'] ?? '';
  const names = ['accept', 'host', 'x-amz-content-sha256', 'x-amz-date'];
  const signedHeaders = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const request = ['PUT', '/v2/a%2540b', 'c=d%20e', signedHeaders, names.join(';'), sha256('{}')].join('\n');
  const scope = [time.slice(0, 8), 'eu-west-1', 'ses', 'aws4_request'];
  const key = scope.reduce<string | Buffer>(
    (inner, part) => createHmac('sha256', inner).update(part).digest(),
    'AWS4key',
  );
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(request)].join('\n');
  expect(headers.authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=id/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${createHmac('sha256', key).update(toSign).digest('hex')}`,
  );
  expect(headers['x-amz-content-sha256']).toBe(sha256('{}'));
  expect((await signed())['x-amz-content-sha256']).toBe(createHash('sha256').digest('hex'));
});

test.each([
  ['key-1_~', true],
  ['', false],
  ['a b', false],
  ['a\n', false],
  ['ü', false],
])('%j can be a key: %s', (text, expected) => {
  expect(isApiKey(text)).toBe(expected);
});
