import { describe, expect, test } from '@jest/globals';
import { headersOf } from '../../../../lambda/domain/unsubscribe/headers.ts';
import { formatKey, parseKey, type TokenKey } from '../../../../lambda/domain/unsubscribe/key.ts';
import { unsubscribeLink } from '../../../../lambda/domain/unsubscribe/link.ts';
import { openToken, RANDOM_BYTES } from '../../../../lambda/domain/unsubscribe/token.ts';

const [NEW, OLD] = [formatKey(Buffer.alloc(32, 1)), formatKey(Buffer.alloc(32, 2))];
const CLAIMS = { address: 'Ada <Ada@Example.com>', scope: 'shop:list:weekly', issuedAt: 1_767_225_600 };
const made = (over: { keys?: string | string[]; base?: string; address?: string } = {}): string =>
  unsubscribeLink(
    { ...CLAIMS, ...(over.address !== undefined && { address: over.address }) },
    over.keys ?? [NEW, OLD],
    over.base ?? 'https://mail.shop.example',
    Buffer.alloc(RANDOM_BYTES, 7),
  );
const opened = (link: string, key: string) =>
  openToken(link.slice(link.lastIndexOf('/') + 1), [parseKey(key) as TokenKey]);

describe('the link of one person', () => {
  test('is made with the newest key, for the address in normal form', () => {
    expect(made()).toMatch(/^https:\/\/mail\.shop\.example\/[\w/-]+$/);
    expect(opened(made(), NEW)).toEqual({ ...CLAIMS, address: 'ada@example.com' });
    expect(opened(made(), OLD)).toBeUndefined();
    expect(made({ keys: NEW })).toBe(made());
  });

  test.each([
    ['https://mail.shop.example/', 'https://mail.shop.example'],
    ['https://mail.shop.example:8443/prod//', 'https://mail.shop.example:8443/prod'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://localhost', 'http://localhost'],
  ])('stands at %s', (base, start) => {
    expect(made({ base })).toBe(made().replace('https://mail.shop.example', start));
  });

  test.each([
    'http://mail.shop.example',
    'https://mail.shop.example?a=1',
    'https://ada@mail.shop.example',
    'ftp://mail.shop.example',
    'mail.shop.example',
    '',
  ])('not at %j: one click is for https', (base) => {
    expect(() => made({ base })).toThrow('baseUrl must be https://<host>, without a query');
  });

  test.each([
    [{ address: 'ada.example.com' }, 'the address is none'],
    [{ keys: [] }, 'the first of the keys is no unsubscribe key'],
    [{ keys: ['secret', NEW] }, 'the first of the keys is no unsubscribe key'],
  ])('of %j is refused without a quote', (over, message) => {
    expect(() => made(over)).toThrow(new TypeError(message));
  });
});

describe('the two header fields of RFC 8058', () => {
  test('hold the link in brackets, and say that one click is enough', () => {
    expect(headersOf('https://a.example/x')).toEqual({
      'List-Unsubscribe': '<https://a.example/x>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
  });

  test('are lines of a mail: 998 octets with the name of the field, and not one more', () => {
    const link = (line: number) => 'x'.repeat(line - 'List-Unsubscribe: <>'.length);
    expect(`List-Unsubscribe: ${headersOf(link(998))['List-Unsubscribe']}`).toHaveLength(998);
    expect(() => headersOf(link(999))).toThrow(RangeError);
  });
});
