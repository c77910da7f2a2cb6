import { randomBytes } from 'node:crypto';
import type { KeyPair, Proof } from '../../provider.ts';
import { fromHex, hmac, matchSecret, sameBytes } from './signature.ts';

/** The commonest scheme: hex HMAC-SHA256 over some parts, keyed with the text of the stored secret. */

export const hexHmac = (key: string, ...parts: readonly (string | Buffer)[]): string =>
  hmac('sha256', key, ...parts).toString('hex');

/** @throws RefusedRequest `bad-proof` with `hint`, also where `given` is no digest at all. */
export function verifyHexHmac(
  secrets: readonly string[],
  given: string,
  parts: readonly (string | Buffer)[],
  hint: string,
): Proof {
  const digest = fromHex(given) ?? Buffer.alloc(0);
  return matchSecret(secrets, (secret) => sameBytes(hmac('sha256', secret, ...parts), digest), hint);
}

/** A throwaway key, the same on both sides. */
export function hexKey(bytes = 32): KeyPair {
  const secret = randomBytes(bytes).toString('hex');
  return { secret, signingKey: secret };
}
