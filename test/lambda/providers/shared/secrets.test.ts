import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  checkAge,
  fromBase64,
  fromHex,
  hmac,
  isBlank,
  matchSecret,
  publicKey,
  sameBytes,
  UnusableSecret,
  verifyEd25519,
  verifySignature,
} from '../../../../lambda/providers/shared/proof/signature.ts';

/** HMAC fills a key up with zeros: one of nothing but zeros equals none, and what it signs anybody can sign. */
const NULS = '\u0000'.repeat(3);

describe('a secret that is none', () => {
  test.each(['', '\u0000', NULS, Buffer.alloc(64)])('signs nothing: %j', (key) => {
    expect(() => hmac('sha256', key, 'text')).toThrow(UnusableSecret);
  });

  test.each(['', ' \n', NULS, `key\u0000`, '\u001b[2J', '\u0085'])('is passed over: %j', (secret) => {
    expect(isBlank(secret)).toBe(true);
    expect(() => matchSecret([secret], () => true, 'no')).toThrow(
      expect.objectContaining({ reason: 'secret-unreadable' }) as unknown as Error,
    );
    expect(matchSecret([secret, 'live'], (one) => one === 'live', 'no')).toEqual({ secretIndex: 1 });
  });

  test('what a caller sent is never taken for an unusable secret', () => {
    const crash = () => {
      throw new RangeError('of the caller');
    };
    expect(() => matchSecret(['live'], crash, 'no')).toThrow(RangeError);
  });
});

describe('bytes of a text', () => {
  test('are those of the whole text, in its own alphabet, or none', () => {
    const hex = 'aB'.repeat(32);
    expect(fromHex(hex)).toEqual(Buffer.alloc(32, 0xab));
    expect(fromHex('ab', 1)).toEqual(Buffer.from([0xab]));
    for (const text of [`${hex}ab`, hex.slice(2), `${hex.slice(1)}g`, '']) expect(fromHex(text)).toBeUndefined();
    expect(fromBase64('YQ==')).toEqual(Buffer.from('a'));
    for (const text of ['YQ', 'YQ=', 'Y===', 'Y-Q=', '', '====']) expect(fromBase64(text)).toBeUndefined();
  });

  test('are the same only where both are as long', () => {
    const [a, b] = [Buffer.from('a'), Buffer.from('ab')];
    expect([sameBytes(a, a), sameBytes(a, b), sameBytes(b, Buffer.from('ac'))]).toEqual([true, false, false]);
  });
});

test.each([
  ['1777888800', 300, 'fresh'],
  ['1777888500.000', 300, 'fresh'],
  ['1777888499.999', 300, 'stale'],
  ['1777889100', 300, 'fresh'],
  ['1777889101', 300, 'stale'],
  ['', 300, 'bad-proof'],
  ['-1777888800', 300, 'bad-proof'],
  ['0x69f8', 300, 'bad-proof'],
  ['1'.repeat(13), 300, 'bad-proof'],
])('signed at %s s, of which %i may be between: %s', (signed, tolerance, said) => {
  const check = () => checkAge(signed, 1_777_888_800_000, tolerance);
  if (said === 'fresh') expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ reason: said }) as unknown as Error);
});

describe('a public key', () => {
  const { publicKey: ec, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const raw = ed.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const [pem, der] = [
    ec.export({ format: 'pem', type: 'spki' }) as string,
    ec.export({ format: 'der', type: 'spki' }).toString('base64'),
  ];
  const data = Buffer.from('text');

  test('is read in either form, once in a process', () => {
    const signature = sign('sha256', data, privateKey);
    for (const text of [pem, der]) {
      expect(publicKey(text)).toBe(publicKey(text));
      expect(verifySignature('sha256', publicKey(text), data, signature)).toBe(true);
      expect(verifySignature('sha1', publicKey(text), data, signature)).toBe(false);
    }
    expect(verifySignature('sha256', publicKey(der), data, Buffer.from('x'))).toBe(false);
  });

  test('of another kind is none', () => {
    for (const text of ['', 'x', pem.slice(0, -60), '-----BEGIN PUBLIC KEY-----'])
      expect(() => publicKey(text)).toThrow(UnusableSecret);
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' });
    expect(() => publicKey(x25519.toString('base64'))).toThrow(UnusableSecret);
    expect(() => verifySignature('sha256', ed.publicKey, data, data)).toThrow(UnusableSecret);
  });

  test('of Ed25519 is its 32 bytes', () => {
    const signature = sign(null, data, ed.privateKey);
    expect([verifyEd25519(raw, data, signature), verifyEd25519(raw, Buffer.from('x'), signature)]).toEqual([
      true,
      false,
    ]);
    for (const key of [raw.subarray(1), Buffer.concat([raw, Buffer.alloc(1)])])
      expect(() => verifyEd25519(key, data, signature)).toThrow(UnusableSecret);
  });
});
