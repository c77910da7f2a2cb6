import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatKey, parseKey, type TokenKey } from '../../../../lambda/domain/unsubscribe/key.ts';
import { openToken, RANDOM_BYTES, sealToken } from '../../../../lambda/domain/unsubscribe/token.ts';
import { readVectors, vectorsText } from '../../../support/list/unsubscribe-vectors.ts';
import { forgeries } from '../../../support/providers/forged-tokens.ts';
import { byChance } from '../../../support/surroundings/chance.ts';

const newKey = (): TokenKey => parseKey(formatKey(randomBytes(32))) as TokenKey;
const seal = (address: string, scope: string, key: TokenKey, issuedAt = 1_767_225_600): string =>
  sealToken({ address, scope, issuedAt }, key, randomBytes(RANDOM_BYTES));

describe('the published vectors', () => {
  const { keys, vectors, refused } = readVectors();
  const live = keys.map((text) => parseKey(text) as TokenKey);

  test.each(vectors)('$scope by $issuedAt', ({ address, scope, issuedAt, key, random, token }) => {
    expect(sealToken({ address, scope, issuedAt }, parseKey(key) as TokenKey, Buffer.from(random, 'hex'))).toBe(token);
    expect(openToken(token, live)).toEqual({ address, scope, issuedAt });
  });

  test.each(refused)('no token: $why', ({ token }) => {
    expect(openToken(token, live)).toBeUndefined();
  });

  test('are what this code makes', () => {
    expect(`${JSON.stringify(readVectors(), undefined, 2)}\n`).toBe(vectorsText());
  });
});

test('whatever was sealed is read again, by the key that sealed it only', () => {
  const key = newKey();
  const others = [newKey(), newKey()];
  fc.assert(
    fc.property(
      fc.emailAddress(),
      fc.stringMatching(/^[\x21-\x7e]{1,80}$/),
      fc.nat(2 ** 32 - 1),
      (address, scope, at) => {
        const token = seal(address, scope, key, at);
        const claims = { address: address.toLowerCase(), scope, issuedAt: at };
        expect(openToken(token, [...others, key])).toEqual(claims);
        expect(openToken(token, others)).toBeUndefined();
        expect(openToken(token, [])).toBeUndefined();
      },
    ),
  );
});

test('a token of years ago is read after two rotations of the key', () => {
  const first = newKey();
  const token = seal('ada@example.com', 'shop:list:weekly', first, 946_684_800);
  expect(openToken(token, [newKey(), newKey(), first])).toMatchObject({ issuedAt: 946_684_800 });
});

test('the address comes out in normal form', () => {
  const key = newKey();
  expect(openToken(seal('Ada <ADA@Bücher.example>', 'all', key), [key])?.address).toBe('ada@xn--bcher-kva.example');
});

test('of the same person no two tokens are alike', () => {
  const key = newKey();
  const tokens = Array.from({ length: 1000 }, () => seal('ada@example.com', 'all', key));
  // All but the version and the key id.
  expect(new Set(tokens.map((token) => token.slice(7, 20))).size).toBe(1000);
});

test(
  '20,000 forged, cut, spliced and re-scoped tokens: none is accepted',
  byChance((chance) => {
    let tried = 0;
    for (const { token, keys } of forgeries(20_000, chance)) {
      tried += 1;
      if (openToken(token, keys) !== undefined) throw new Error(`accepted: forgery ${tried}`);
    }
    expect(tried).toBe(20_000);
  }),
);

describe('keys', () => {
  test.each([
    ['of another length', formatKey(randomBytes(31))],
    ['without its prefix', randomBytes(32).toString('base64url')],
    ['in another spelling', `${formatKey(Buffer.alloc(32)).slice(0, -1)}B`],
    ['empty', ''],
  ])('%s is none', (_what, text) => expect(parseKey(text)).toBeUndefined());

  test('white space around one is not part of it', () => {
    const text = formatKey(randomBytes(32));
    expect(parseKey(`${text}\n`)).toEqual(parseKey(text));
  });
});

test.each([
  ['', 'empty'],
  ['s'.repeat(256), 'too long'],
  ['a\nb', 'control character'],
  ['\ud800', 'lone surrogate'],
])('scope %j is refused: %s', (scope) => {
  expect(() => seal('ada@example.com', scope, newKey())).toThrow(RangeError);
});
