import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { EpochSeconds } from '../../contract/units.ts';
import { ALL } from '../../contract/unsubscribe.ts';
import { normaliseAddress } from '../address.ts';
import type { TokenKey } from './key.ts';

/**
 * The token of an unsubscribe link: who, from what, issued when, readable and makeable by holders of a key only. The format is a
 * contract with senders in four languages (docs/unsubscribe.md, docs/unsubscribe-vectors.json): mail is clicked years after it was sent.
 */
export interface Claims {
  /** In normal form where a token was opened. */
  readonly address: string;
  /** A scope as the suppression table names it, or `all`. */
  readonly scope: string;
  /** Epoch seconds. */
  readonly issuedAt: EpochSeconds;
}

/** Octets of UTF-8 that a scope may have. */
const MAX_SCOPE = 255;
/** Random bytes that a token needs. */
export const RANDOM_BYTES = 24;

const VERSION = 1;
const KEY_LABEL = 'quell unsubscribe v1';
const TAG = 16;
const HEAD = 1 + 4 + RANDOM_BYTES;
/** Time of issue and length of the scope. */
const FIXED = 4 + 1;
/** Whatever is longer fits no header line, and is not worth deciphering. */
const MAX_CHARACTERS = 1024;

/** @param random {@link RANDOM_BYTES} fresh random bytes @throws RangeError where a claim does not fit; it quotes nothing */
export function sealToken({ address, scope, issuedAt }: Claims, key: TokenKey, random: Buffer): string {
  const named = Buffer.from(scope === ALL ? '' : scope);
  if (!isScope(scope)) throw new RangeError(`a scope has 1 to ${MAX_SCOPE} octets and no control characters`);
  const fixed = Buffer.alloc(FIXED);
  fixed.writeUInt32BE(issuedAt);
  fixed.writeUInt8(named.length, 4);
  const head = Buffer.concat([Buffer.from([VERSION]), key.id, random]);
  const cipher = createCipheriv('aes-256-gcm', tokenKey(key, random), random.subarray(12)).setAAD(head);
  const sealed = Buffer.concat([cipher.update(Buffer.concat([fixed, named, Buffer.from(address)])), cipher.final()]);
  return Buffer.concat([head, sealed, cipher.getAuthTag()]).toString('base64url');
}

/**
 * What a token says; undefined where it is none of ours. Malformed text and an unknown key take the same way as a wrong tag, so that
 * neither the answer nor its time tells them apart.
 * @param keys newest first; old ones stay, for old mail
 */
export function openToken(token: string, keys: readonly TokenKey[]): Claims | undefined {
  const bytes = decode(token);
  const head = (bytes ?? DECOY).subarray(0, HEAD);
  const body = (bytes ?? DECOY).subarray(HEAD, -TAG);
  const key = keys.find(({ id }) => id.equals(head.subarray(1, 5)));
  const random = head.subarray(5);
  const decipher = createDecipheriv('aes-256-gcm', tokenKey(key ?? NOBODY, random), random.subarray(12), {
    authTagLength: TAG,
  });
  decipher.setAAD(head).setAuthTag((bytes ?? DECOY).subarray(-TAG));
  try {
    const open = Buffer.concat([decipher.update(body), decipher.final()]);
    return bytes && key ? claimsOf(open) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Each token has a key of its own: a random nonce of GCM may only be used some billion times under one key, and a large sender gets
 * there.
 */
const tokenKey = ({ secret }: Pick<TokenKey, 'secret'>, random: Buffer): Buffer =>
  createHmac('sha256', secret).update(KEY_LABEL).update(random.subarray(0, 12)).digest();

const NOBODY = { secret: Buffer.alloc(32) };
/** Deciphered in place of what is no token. About as long as one. */
const DECOY = Buffer.alloc(HEAD + FIXED + 32 + TAG);

/** Of all spellings of the same bytes only the one we make is accepted: a changed token is never a token. */
function decode(token: string): Buffer | undefined {
  if (token.length > MAX_CHARACTERS) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const whole = bytes.length > HEAD + FIXED + TAG && bytes[0] === VERSION && bytes.toString('base64url') === token;
  return whole ? bytes : undefined;
}

function claimsOf(open: Buffer): Claims | undefined {
  const end = FIXED + open.readUInt8(4);
  const scope = open.toString('utf8', FIXED, end) || ALL;
  const address = normaliseAddress(open.toString('utf8', end));
  return address !== undefined && isScope(scope) ? { address, scope, issuedAt: open.readUInt32BE(0) } : undefined;
}

const isScope = (scope: string): boolean =>
  scope !== '' && Buffer.byteLength(scope) <= MAX_SCOPE && scope.isWellFormed() && !/\p{Cc}/u.test(scope);
