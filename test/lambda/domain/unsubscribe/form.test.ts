import { describe, expect, test } from '@jest/globals';
import { readPosted } from '../../../../lambda/domain/unsubscribe/form.ts';

const FORM = 'application/x-www-form-urlencoded';
const ONE_CLICK = { wish: 'unsubscribe', way: 'one-click' };
const posted = (type: string, body: string) => readPosted(type, Buffer.from(body));
const parts = (boundary: string, fields: readonly (readonly [string, string])[], end = '\r\n'): string =>
  [
    ...fields.flatMap(([name, value]) => [
      `--${boundary}`,
      `Content-Disposition: form-data; name="${name}"`,
      '',
      value,
    ]),
    `--${boundary}--`,
    '',
  ].join(end);
const CLICK = [['List-Unsubscribe', 'One-Click']] as const;

describe("RFC 8058's body", () => {
  test.each([
    ['as a form', FORM, 'List-Unsubscribe=One-Click'],
    ['as a form with a charset', `${FORM}; charset=UTF-8`, 'List-Unsubscribe=One-Click'],
    ['with a line end', FORM, 'List-Unsubscribe=One-Click\r\n'],
    ['without a type', '', 'List-Unsubscribe=One-Click'],
    ['as text', 'text/plain', 'List-Unsubscribe=One-Click'],
    ['in parts', 'multipart/form-data; boundary=---FormBoundaryjWmhtjORrn', parts('---FormBoundaryjWmhtjORrn', CLICK)],
    ['in parts, boundary quoted', 'Multipart/Form-Data; charset=utf-8; boundary="a b"', parts('a b', CLICK)],
    ['in parts, lines ended by LF', 'multipart/form-data; boundary=x', parts('x', CLICK, '\n')],
    ['in parts with a preamble', 'multipart/form-data; boundary=x', `ignored\r\n${parts('x', CLICK)}`],
    [
      'in parts with a type of their own',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=List-Unsubscribe\r\n\r\nOne-Click\r\n--x--',
    ],
  ])('%s', (_what, type, body) => expect(posted(type, body)).toEqual(ONE_CLICK));
});

describe("the page's own form", () => {
  test.each([
    ['wish=unsubscribe&lang=de', { wish: 'unsubscribe', way: 'page', language: 'de' }],
    ['lang=ar&wish=resubscribe', { wish: 'resubscribe', way: 'page', language: 'ar' }],
    ['wish=resubscribe', { wish: 'resubscribe', way: 'page' }],
  ])('%s', (body, expected) => expect(posted(FORM, body)).toEqual(expected));
});

describe('anything else does nothing', () => {
  test('of a body of 8 KB, and of 20 parts, all is read; of one more nothing', () => {
    const click = 'List-Unsubscribe=One-Click';
    const padded = (bytes: number) => `${click}&x=${'y'.repeat(bytes - click.length - 3)}`;
    expect([posted(FORM, padded(8192)), posted(FORM, padded(8193))]).toEqual([ONE_CLICK, undefined]);
    const others = (count: number) => Array.from({ length: count }, (_none, n) => [`n${n}`, 'x'] as const);
    const behind = (count: number) =>
      posted('multipart/form-data; boundary=x', parts('x', [...others(count), ...CLICK]));
    expect([behind(19), behind(20)]).toEqual([ONE_CLICK, undefined]);
  });

  test('a field that holds several lines holds them all', () => {
    const body = parts('x', [['wish', 'unsubscribe\r\n\r\nor not']]);
    expect(posted('multipart/form-data; boundary=x', body)).toBeUndefined();
  });

  test.each([
    ['nothing', FORM, ''],
    ['another value', FORM, 'List-Unsubscribe=One-Clicks'],
    ['another name', FORM, 'List-Unsubscribe-Post=One-Click'],
    ['another wish', FORM, 'wish=erase'],
    ['a prototype', FORM, 'wish=constructor'],
    ['JSON', 'application/json', '{"List-Unsubscribe":"One-Click"}'],
    ['parts without a boundary', 'multipart/form-data', parts('x', CLICK)],
    ['parts of another boundary', 'multipart/form-data; boundary=y', parts('x', CLICK)],
    [
      'the words within another part',
      'multipart/form-data; boundary=x',
      parts('x', [['note', 'List-Unsubscribe=One-Click']]),
    ],
    ['a long body', FORM, `${'x=y&'.repeat(3000)}List-Unsubscribe=One-Click`],
  ])('%s', (_what, type, body) => expect(posted(type, body)).toBeUndefined());
});
