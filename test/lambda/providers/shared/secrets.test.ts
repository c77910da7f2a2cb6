import { describe, expect, test } from '@jest/globals';
import { hmac, isBlank, matchSecret, UnusableSecret } from '../../../../lambda/providers/shared/proof/signature.ts';

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
