import { expect, test } from '@jest/globals';
import { fields, instant, isoTime, list, number, text, unixTime, utcTime } from '../../../lambda/domain/read.ts';

/** Values of payloads, by the kind that is asked for: that kind or nothing. Each row beside one that is just not it. */

const AT = Date.UTC(2026, 4, 4, 10);

test.each([
  [1, 1],
  ['1', 1],
  [' 1.5 ', 1.5],
  ['1e3', 1000],
  [-2, -2],
  [0, 0],
  ['', undefined],
  ['  ', undefined],
  ['1x', undefined],
  ['Infinity', undefined],
  [Number.NaN, undefined],
  [true, undefined],
  [null, undefined],
  [['1'], undefined],
])('number(%j) is %p', (value, expected) => expect(number(value)).toBe(expected));

test.each([
  ['a', 'a'],
  [' a ', ' a '],
  [7, '7'],
  ['', undefined],
  [' \t', undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [false, undefined],
  [{}, undefined],
])('text(%j) is %p', (value, expected) => expect(text(value)).toBe(expected));

test.each([
  [AT / 1000, AT],
  [String(AT / 1000), AT],
  [AT / 1000 + 0.1235, AT + 124],
  [AT, AT],
  // Seconds until the year 5138, milliseconds from 1973 on.
  [1e11, 1e14],
  [1e11 + 1, 1e11 + 1],
  [1, 1000],
  [0.0004, 0],
  [0, undefined],
  [-1, undefined],
  ['soon', undefined],
])('unixTime(%j) is %p', (value, expected) => expect(unixTime(value)).toBe(expected));

test.each([
  ['2026-05-04T10:00:00Z', AT],
  ['2026-05-04 10:00:00 UTC', AT],
  ['2026-05-04T12:00:00+02:00', AT],
  ['2026-05-04T12:00:00+0200', AT],
  ['2026-05-04T12:00:00+02', AT],
  ['2026-05-04T04:30:00-05:30', AT],
  [' 2026-05-04T10:00:00.1239999Z ', AT + 123],
  ['2026-05-04T10:00:00', undefined],
  ['2026-05-04', undefined],
  ['2026-13-04T10:00:00Z', undefined],
  ['x2026-05-04T10:00:00Z', undefined],
  ['2026-05-04T10:00:00Zx', undefined],
  [AT, undefined],
])('isoTime(%j) is %p', (value, expected) => expect(isoTime(value)).toBe(expected));

test.each([
  ['2026-05-04 10:00:00', AT],
  ['2026-05-04T10:00:00.5', AT + 500],
  ['2026-05-04 10:00:00Z', undefined],
  ['2026-05-04 25:00:00', undefined],
  [AT, undefined],
])('utcTime(%j) is %p', (value, expected) => expect(utcTime(value)).toBe(expected));

test('an instant is either form, and a number only of this millennium', () => {
  expect(['2026-05-04T10:00:00Z', AT / 1000, AT, String(AT)].map(instant)).toEqual([AT, AT, AT, AT]);
  expect([946_684_800, 946_684_799, '2026-05-04 10:00:00'].map(instant)).toEqual([
    946_684_800_000,
    undefined,
    undefined,
  ]);
});

test('fields of an object and items of a list; nothing of anything else', () => {
  expect([{ a: 1 }, [1], null, 'a', undefined].map(fields)).toEqual([{ a: 1 }, {}, {}, {}, {}]);
  expect([[1], { length: 1 }, 'a', null].map(list)).toEqual([[1], [], [], []]);
});
