import { describe, expect, test } from '@jest/globals';
import { RefusedRequest } from '../../../../lambda/domain/errors.ts';
import { bodyJson, bodyText, jsonEvent, jsonEvents, MAX_EVENTS } from '../../../../lambda/providers/shared/body.ts';
import { formBytes } from '../../../../lambda/providers/shared/form/bytes.ts';
import { jsonLines } from '../../../../lambda/providers/shared/json-lines.ts';
import { jsonMemberEvents } from '../../../../lambda/providers/shared/json-member.ts';
import { post } from '../../../support/providers/cases.ts';

/** How a body is cut into events, and why one is refused. */

/** The events, or the refusal in its own words. */
function cut(run: () => readonly string[]): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return `${error.reason}: ${error.message}`;
  }
}
const bytes = Buffer.from([0x7b, 0xff, 0x7d]);

describe('an object or an array', () => {
  test.each([
    [' {"a": 1.0}\n', ['{"a": 1.0}']],
    ['[{"a": 1.0}, 2 ]', ['{"a": 1.0}', '2']],
    ['"text"', 'unreadable: The body is neither a JSON object nor an array.'],
    ['null', 'unreadable: The body is neither a JSON object nor an array.'],
    ['[]', 'unreadable: The body holds no event.'],
    ['{}', 'unreadable: The body holds no event.'],
    [' \n', 'unreadable: The body is empty.'],
    ['{"a":1', 'unreadable: The body is not JSON at offset 6.'],
    [`[${'1,'.repeat(20_000)}1]`, 'too-large: The body is an array of more than 20000 elements.'],
    [`[${'['.repeat(64)}${']'.repeat(64)}]`, 'unreadable: The body is nested deeper than 64.'],
  ])('%s', (text, expected) => {
    expect(cut(() => jsonEvents(post(text)))).toEqual(expected);
  });

  test('of as many elements as are taken', () => {
    expect(MAX_EVENTS).toBe(20_000);
    expect(jsonEvents(post(`[${'1,'.repeat(19_999)}1]`))).toHaveLength(20_000);
  });

  test('that is not UTF-8 is refused, and none is guessed', () => {
    for (const read of [bodyText, bodyJson, jsonEvents, jsonEvent, jsonLines])
      expect(cut(() => read(post(bytes)) as string[])).toBe('unreadable: The body is not UTF-8.');
  });
});

describe('one object', () => {
  test.each([
    [' {"a": 1.0}\n', ['{"a": 1.0}']],
    ...['[{"a":1}]', '{}', 'null', '1'].map(
      (text) => [text, 'unreadable: The body is not a JSON object with an event in it.'] as const,
    ),
  ])('%s', (text, expected) => {
    expect(cut(() => jsonEvent(post(text)))).toEqual(expected);
  });
});

describe('a list within the object', () => {
  const members = (text: string) => cut(() => jsonMemberEvents(post(text), 'events'));
  test.each([
    ['{"v":1,"events":[{"a": 1.0},2]}', ['{"a": 1.0}', '2']],
    ...['{"events":[]}', '{"events":{}}', '{}', '[]'].map(
      (text) => [text, 'unreadable: The body holds no list of events named events.'] as const,
    ),
  ])('%s', (text, expected) => {
    expect(members(text)).toEqual(expected);
  });

  test('of as many events as are taken, and not one more', () => {
    expect(members(`{"events":[${'1,'.repeat(19_999)}1]}`)).toHaveLength(20_000);
    expect(members(`{"events":[${'1,'.repeat(20_000)}1]}`)).toBe('too-large: The body holds more than 20000 events.');
  });
});

describe('one document per line', () => {
  const lines = (text: string) => cut(() => jsonLines(post(text)));
  test.each([
    ['{"a":1}\r\n\n {"b": 2} \n', ['{"a":1}', '{"b": 2}']],
    // A broken line stands alone in its message; a line of another kind is text.
    ['{"a":1}\n{"b":\n[1]\nx', ['{"a":1}', ' {"b":', '[1]', 'x']],
    ['[1]\n{"b":', 'unreadable: No line of the body is a JSON object.'],
  ])('%j', (text, expected) => {
    expect(lines(text)).toEqual(expected);
  });

  test('of as many lines as are taken, and not one more', () => {
    expect(lines(`${'{}\n'.repeat(19_999)}{}`)).toHaveLength(20_000);
    expect(lines('{}\n'.repeat(20_000))).toBe('too-large: The body has more than 20000 lines.');
  });
});

test.each([
  ['a+b%20c', 'a b c'],
  ['%41%7a%7A%39', 'Azz9'],
  ['%C3%A9', '\u00c3\u00a9'],
  ['100%', '100%'],
  ['%4', '%4'],
  ['%4g%g4%', '%4g%g4%'],
  ['%/0%0/%:0%0:%@0%0@%G0%`0', '%/0%0/%:0%0:%@0%0@%G0%`0'],
  ['%00%ff%0a', '\u0000\u00ff\n'],
  ['', ''],
])('the bytes of %j', (text, expected) => {
  expect(formBytes(text).toString('latin1')).toBe(expected);
});
