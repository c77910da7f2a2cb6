import { describe, expect, test } from '@jest/globals';
import { CannotKnow } from '../../../../lambda/domain/cannot-know.ts';
import {
  basic,
  bearer,
  credentials,
  findIn,
  isoSeconds,
  keyHeader,
  pathOf,
  query,
  rawItems,
  sameAddress,
  segment,
  spacedSeconds,
  urlWithUser,
  withAddress,
} from '../../../../lambda/providers/shared/api.ts';

/** What the clients of several ESPs' APIs have in common. */

const request = { use: 'lists', what: 'ask', method: 'GET', path: '/', headers: { accept: 'x' } } as const;

test('a key travels in a header of its own, beside those that are there', () => {
  expect(keyHeader('x-key')(request, 'k').headers).toEqual({ accept: 'x', 'x-key': 'k' });
  expect(bearer(request, 'k').headers).toEqual({ accept: 'x', authorization: 'Bearer k' });
  const given = (text: string) => ({ accept: 'x', authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  expect(basic('api')(request, 'k').headers).toEqual(given('api:k'));
  expect(basic()(request, 'user:k').headers).toEqual(given('user:k'));
});

test('a query holds what is known, escaped', () => {
  expect(query({ a: 1, b: undefined, c: 'x&y' })).toBe('?a=1&c=x%26y');
  expect(query({ a: undefined })).toBe('');
});

test('a path is never built from a name that could stand for everything', () => {
  expect([segment('a/b@c'), segment('.a')]).toEqual(['a%2Fb%40c', '.a']);
  for (const empty of ['', ' ', '.', '..', ' . ']) expect(() => segment(empty)).toThrow(CannotKnow);
});

test('items are those of the list, exactly as they were sent', () => {
  expect(rawItems('{"a":[{"n": 1.0},2]}', 'a')).toEqual(['{"n": 1.0}', '2']);
  for (const json of ['{"a":{}}', '{"b":[1]}', '{}']) expect(rawItems(json, 'a')).toEqual([]);
});

test.each([
  ['https://elsewhere.example/v3/next?page=2#x', '/v3/next?page=2'],
  ['/v3/next?page=2', '/v3/next?page=2'],
  ['v3', '/v3'],
  ['//elsewhere.example/x', '/x'],
  ['https://', undefined],
  ['', undefined],
  [null, undefined],
])('the next page at %j is %j of our base', (link, path) => {
  expect(pathOf(link)).toBe(path);
});

test('times are UTC, in whole seconds', () => {
  const at = Date.UTC(2026, 4, 4, 10, 0, 0, 999);
  expect([isoSeconds(at), spacedSeconds(at)]).toEqual(['2026-05-04T10:00:00Z', '2026-05-04 10:00:00']);
});

test('an address is found in every page, however it is cased, each entry once', async () => {
  const entry = (address: string, list = 'l') => ({ address, list, reason: 'manual' }) as const;
  async function* pages() {
    yield [entry('bob@example.com'), entry('Ada@Example.com')];
    yield [entry('Ada@Example.com'), entry(' ada@example.com', 'm')];
  }
  expect(await findIn(pages(), 'ADA@example.com ')).toEqual([entry('Ada@Example.com'), entry(' ada@example.com', 'm')]);
  expect([sameAddress('a@b', 'A@B '), sameAddress('a@b', 'a@c')]).toEqual([true, false]);
  expect([
    withAddress('a@b', { list: 'l', reason: 'manual' }),
    withAddress('', { list: 'l', reason: 'manual' }),
  ]).toEqual([[entry('a@b')], []]);
});

describe('a chosen secret in the settings of a webhook', () => {
  const url = 'https://hooks.example.com/x';
  test.each([
    ['user:pa:ss', { user: 'user', password: 'pa:ss', headers: {}, target: url }],
    ['bearer:token', { headers: { authorization: 'Bearer token' }, target: url }],
    ['header:X-Key:v', { headers: { 'x-key': 'v' }, target: url }],
    ['query:key:v w', { headers: {}, target: `${url}?key=v+w` }],
  ])('%s', (secret, expected) => {
    expect(credentials(secret, url)).toEqual(expected);
  });

  test('stands within the URL where there is no other place', () => {
    expect(urlWithUser(url, 'us er:pa/ss')).toBe('https://us%20er:pa%2Fss@hooks.example.com/x');
    expect(urlWithUser(url, 'query:key:v')).toBe(`${url}?key=v`);
  });
});
