import { describe, expect, test } from '@jest/globals';
import {
  basicKey,
  presentSecret,
  renewed,
  secretPart,
  verifySharedSecret,
} from '../../../../lambda/providers/shared/proof/password.ts';
import { post, reasonOf } from '../../../support/providers/cases.ts';

/** Proof by a secret that is repeated with every request. */

const base64 = (text: string) => Buffer.from(text).toString('base64');
const checked = (secrets: string[], headers: Record<string, string> = {}, query = ''): unknown =>
  reasonOf(() => verifySharedSecret(post('{}', headers, query), secrets));

describe('each way to carry it', () => {
  test.each<[secret: string, headers: Record<string, string>, query?: string]>([
    ['user:pass', { authorization: `Basic ${base64('user:pass')}` }],
    ['user:pa:ss', { authorization: `basic  ${base64('user:pa:ss')}` }],
    ['bearer:token', { authorization: 'Bearer token' }],
    ['bearer:to:ken', { authorization: 'BEARER to:ken' }],
    ['header:X-Key:value', { 'x-key': 'value' }],
    ['header:X-Key:val:ue', { 'x-key': 'val:ue' }],
    ['query:key:value', {}, 'a=1&key=value'],
    ['query:Key:val:ue', {}, 'Key=val%3Aue'],
  ])('%s', (secret, headers, query = '') => {
    expect(checked([secret], headers, query)).toEqual({ secretIndex: 0 });
    expect(checked(['other:one', secret], headers, query)).toEqual({ secretIndex: 1 });
    expect(checked([`${secret}x`], headers, query)).toBe('bad-proof');
    expect(checked([secret])).toBe('missing-proof');
    // What a sample presents is what is taken.
    const sample = presentSecret(secret);
    expect(checked([secret], { ...sample.headers }, sample.query ?? '')).toEqual({ secretIndex: 0 });
  });

  test('is another than the others, though it carries the same', () => {
    expect(checked(['bearer:token'], { authorization: 'Basic token' })).toBe('missing-proof');
    expect(checked(['user:pass'], { authorization: 'Bearer user:pass' })).toBe('missing-proof');
    expect(checked(['query:key:value'], { key: 'value' })).toBe('missing-proof');
    expect(checked(['header:key:value'], {}, 'key=value')).toBe('missing-proof');
    expect(checked(['header:constructor:value'])).toBe('missing-proof');
  });

  test('says that credentials are missing only where those of no stored value came', () => {
    expect(checked(['user:pass', 'bearer:token'], { authorization: 'Bearer other' })).toBe('bad-proof');
  });
});

test.each([
  'user',
  ':pass',
  'user:',
  'bearer:',
  'header:',
  'header:X-Key',
  'header:X-Key:',
  'header::value',
  'query:key',
  'query:key:',
  '',
])('%j is no shared secret', (secret) => {
  expect(checked([secret], { authorization: `Basic ${base64(secret)}` })).toBe('secret-unreadable');
});

test.each([
  ['user:pass', 'pass'],
  ['user:pa:ss', 'pa:ss'],
  ['bearer:token', 'token'],
  ['header:X-Key:va:lue', 'va:lue'],
  ['query:key:value', 'value'],
  ['whole', 'whole'],
])('of %s nobody else knows %s; a new one is carried as it was', (secret, part) => {
  expect(secretPart(secret)).toBe(part);
  expect(renewed(secret, 'quell:new')).toBe(`${secret.slice(0, secret.length - part.length)}new`);
});

test('a throwaway is a user and 18 random bytes', () => {
  const { secret, signingKey } = basicKey();
  expect(secret).toMatch(/^quell:[\w-]{24}$/);
  expect(signingKey).toBe(secret);
  expect(basicKey().secret).not.toBe(secret);
});
