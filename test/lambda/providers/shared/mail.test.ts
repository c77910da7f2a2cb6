import { describe, expect, test } from '@jest/globals';
import {
  bareId,
  country,
  customData,
  domainOf,
  jsonOrNothing,
  mailTime,
  onlyAddress,
  scopeOf,
} from '../../../../lambda/providers/shared/mail.ts';
import { membersOf, messageIn, textTime } from '../../../../lambda/providers/shared/samples.ts';

/** Readings that several ESPs share. */

test.each([
  ['<a@b>', 'a@b'],
  [' <a@b> ', 'a@b'],
  ['a@b', 'a@b'],
  ['<<a>>', '<a>'],
  ['<>', '<>'],
  [7, '7'],
  ['', undefined],
])('the id %j is %j', (given, id) => expect(bareId(given)).toBe(id));

test.each([
  ['de', 'DE'],
  ['GB', 'GB'],
  ['Unknown', undefined],
  ['d', undefined],
  ['D1', undefined],
  [null, undefined],
])('the country %j is %j', (given, code) => expect(country(given)).toBe(code));

test('a header that names one address names somebody; one that names two does not', () => {
  expect([onlyAddress('Ada <ada@example.com>'), onlyAddress('a@b.example, c@d.example'), onlyAddress('Ada')]).toEqual([
    'Ada <ada@example.com>',
    undefined,
    undefined,
  ]);
});

test.each([
  ['Ada <ada@Example.COM>', 'example.com'],
  ['"a@b" <c@d.example>, x', 'd.example'],
  ['a@b.example; c', 'b.example'],
  ['nobody', undefined],
  [undefined, undefined],
  // What stands at the end of a header of any length.
  [`${'x'.repeat(5000)}@late.example`, 'late.example'],
  [`a@${'b'.repeat(1999)}`, 'b'.repeat(1999)],
  [`a@${'b'.repeat(2000)}`, undefined],
])('the domain of %j is %j', (given, domain) => expect(domainOf(given)).toBe(domain));

test('an unsubscribe of nobody knows what counts for all; a resubscribe of that lifts nothing', () => {
  expect([scopeOf('unsubscribed', 'list', 7), scopeOf('resubscribed', 'list', '7')]).toEqual(['list:7', 'list:7']);
  expect([scopeOf('unsubscribed', 'list', ''), scopeOf('resubscribed', 'list', undefined)]).toEqual([
    'all',
    'list:unknown',
  ]);
});

describe('the date of a mail', () => {
  const AT = Date.UTC(2026, 4, 4, 10);
  test.each([
    ['Mon, 4 May 2026 10:00:00 GMT', AT],
    ['Mon, 04 May 2026 12:00:00 +0200', AT],
    ['4 May 2026 10:00 UTC', AT],
    ['4 May 2026 04:30:00 -05:30 (IST)', AT],
    ['Monday, 4 May 2026 10:00:00.123 Z', AT],
    [' Mon, 4 May 2026 10:00:00 ut ', AT],
    ['Mon, 4 May 2026 10:00:00', undefined],
    ['Mon, 44 May 2026 10:00:00 GMT', undefined],
    ['2026-05-04T10:00:00Z', undefined],
    [undefined, undefined],
  ])('%s', (given, time) => expect(mailTime(given)).toBe(time));
});

test('custom data is the object that it was, or the text under its name', () => {
  expect(customData('{"a":1}', 'id')).toEqual({ a: 1 });
  expect(customData({ a: 1 }, 'id')).toEqual({ a: 1 });
  expect(customData('[1]', 'id')).toEqual({ id: '[1]' });
  expect(customData('order 7', 'id')).toEqual({ id: 'order 7' });
  expect(customData('{broken', 'id')).toEqual({ id: '{broken' });
  expect([customData('', 'id'), customData(null, 'id')]).toEqual([{}, {}]);
  expect([' {"a":1}', '[1]', '"a"', '1', '{'].map(jsonOrNothing)).toEqual([
    { a: 1 },
    [1],
    undefined,
    undefined,
    undefined,
  ]);
});

test('what somebody brings along is signed as it is, or, of a whole notification, its message', () => {
  expect([membersOf('{"a":1}'), membersOf('[1]'), membersOf('x')]).toEqual([{ a: 1 }, {}, {}]);
  expect(messageIn('{"Type":"Notification","Message":"{}"}')).toBe('{}');
  for (const body of ['{"Type":"Notification"}', '{"Message":"m"}', 'x']) expect(messageIn(body)).toBe(body);
  expect(textTime(Date.UTC(2026, 4, 4, 10))).toBe('2026-05-04 10:00:00');
});
