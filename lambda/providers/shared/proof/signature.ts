import { createHash, createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import type { EpochMs } from '../../../contract/units.ts';
import { RefusedRequest } from '../../../domain/errors.ts';
import type { Proof, WebhookRequest } from '../../provider.ts';

/** Providers reach node:crypto only through this file, so that every comparison is over bytes and in constant time. */

export type Digest = 'sha1' | 'sha256';

/** A stored secret that has not the form its provider uses. Thrown only where a secret is read: what a caller sent can never cause it. */
export class UnusableSecret extends Error {
  override readonly name = 'UnusableSecret';
}

/** @throws UnusableSecret on a key of zeros: HMAC fills keys up with zeros, so that it equals none, and anybody can compute that. */
export function hmac(digest: Digest, key: string | Buffer, ...parts: readonly (string | Buffer)[]): Buffer {
  if (Buffer.from(key).every((byte) => byte === 0)) throw new UnusableSecret('a key of zeros is no key');
  const mac = createHmac(digest, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** For the one ESP whose proof is an MD5 with the key inside the text. */
export function md5(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Constant time in the content; the length is no secret. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Bytes of a hex digest, or undefined: `Buffer.from(x, 'hex')` silently cuts at the first bad digit. */
export function fromHex(text: string, bytes = 32): Buffer | undefined {
  return text.length === bytes * 2 && /^[0-9a-f]+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** Bytes of base64 text of the expected alphabet, or undefined. */
export function fromBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64') : undefined;
}

/** The one header, or refuse as missing. */
export function requiredHeader(request: WebhookRequest, name: string): string {
  const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
  if (!value)
    throw new RefusedRequest('missing-proof', `The ${name} header is missing. Is signing switched on at the ESP?`);
  return value;
}

/** Nothing to see, or characters that no ESP shows: what was pasted is not the secret. Line ends belong to a PEM. */
export const isBlank = (secret: string): boolean => secret.trim() === '' || /[^\P{Cc}\t\r\n]/u.test(secret);

/**
 * The first live secret that satisfies `matches`. One that throws `UnusableSecret` is passed over, but if none of them is usable nothing
 * can be verified, which is our fault and not the caller's.
 * @throws RefusedRequest `bad-proof`, or `secret-unreadable` where no secret has the right form.
 */
export function matchSecret(secrets: readonly string[], matches: (secret: string) => boolean, hint: string): Proof {
  let usable = 0;
  for (const [secretIndex, secret] of secrets.entries()) {
    if (isBlank(secret)) continue;
    try {
      if (matches(secret)) return { secretIndex };
      usable++;
    } catch (error) {
      if (!(error instanceof UnusableSecret)) throw error;
    }
  }
  if (usable === 0)
    throw new RefusedRequest('secret-unreadable', 'No stored secret of this source has the form this provider uses.');
  throw new RefusedRequest('bad-proof', hint);
}

/** Refuses a signed time too far from now, in either direction. `seconds` is Unix time as the header wrote it. */
export function checkAge(seconds: string, now: EpochMs, toleranceSeconds: number): void {
  const signed = /^\d{1,12}(\.\d+)?$/.test(seconds) ? Number(seconds) : Number.NaN;
  if (Number.isNaN(signed)) throw new RefusedRequest('bad-proof', 'The signed timestamp is not a number of seconds.');
  if (Math.abs(now / 1000 - signed) > toleranceSeconds) {
    throw new RefusedRequest(
      'stale',
      `The request was signed more than ${toleranceSeconds} s away from now. Is a clock wrong, or is it a replay?`,
    );
  }
}

const keys = new Map<string, KeyObject>();

/** A public key from PEM or from base64 DER SPKI; parsed once per process. @throws UnusableSecret on anything else. */
export function publicKey(text: string): KeyObject {
  let key = keys.get(text);
  if (!key) {
    key = parseKey(text);
    if (keys.size > 100) keys.clear();
    keys.set(text, key);
  }
  return key;
}

/** One that was tried: keys that cannot verify at all (of another purpose) say so only when they are used. */
function parseKey(text: string): KeyObject {
  const pem = text.includes('-----BEGIN');
  try {
    const key = createPublicKey(pem ? text : { key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    verify(digestFor(key, 'sha256'), Buffer.alloc(1), key, Buffer.alloc(1));
    return key;
  } catch {
    throw new UnusableSecret('not a public key');
  }
}

/** Ed25519 has its own. */
const digestFor = (key: KeyObject, digest: Digest): Digest | null =>
  key.asymmetricKeyType === 'ed25519' ? null : digest;

/** Asymmetric verification; ECDSA signatures are DER, as Node takes them where it is told nothing else. A malformed signature is simply not valid. */
export function verifySignature(digest: Digest, key: KeyObject, data: Buffer, signature: Buffer): boolean {
  if (key.asymmetricKeyType === 'ed25519') throw new UnusableSecret('an Ed25519 key where RSA or ECDSA is used');
  return verify(digest, data, key, signature);
}

/** DER of an Ed25519 SPKI up to the 32 bytes of the key itself. */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 over the data itself; `key` is the raw public key. @throws UnusableSecret where that is not 32 bytes. */
export function verifyEd25519(key: Buffer, data: Buffer, signature: Buffer): boolean {
  if (key.length !== 32) throw new UnusableSecret('not an Ed25519 public key');
  return verify(null, data, publicKey(Buffer.concat([ED25519_SPKI, key]).toString('base64')), signature);
}
