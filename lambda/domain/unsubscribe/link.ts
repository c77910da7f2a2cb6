import { unsubscribePath } from '../../contract/paths.ts';
import { normaliseAddress } from '../address.ts';
import { parseKey } from './key.ts';
import { type Claims, sealToken } from './token.ts';

/**
 * The link of one person.
 * @param keys newest first: the first one makes the token
 * @param random as many random bytes as a token needs
 * @throws TypeError or RangeError where something is not what it should be; no message quotes it.
 */
export function unsubscribeLink(
  { address, scope, issuedAt }: Claims,
  keys: string | readonly string[],
  baseUrl: string,
  random: Buffer,
): string {
  const recipient = normaliseAddress(address);
  if (recipient === undefined) throw new TypeError('the address is none');
  const [newest] = [keys].flat();
  const key = newest === undefined ? undefined : parseKey(newest);
  if (!key) throw new TypeError('the first of the keys is no unsubscribe key');
  return base(baseUrl) + unsubscribePath(sealToken({ address: recipient, scope, issuedAt }, key, random));
}

/** One click is for HTTPS; a stack on this machine has none. */
function base(text: string): string {
  const form = /^(https:\/\/[\w.-]+(:\d+)?|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/[\w./~-]*)?$/i;
  if (!form.test(text)) throw new TypeError('baseUrl must be https://<host>, without a query');
  return text.replace(/\/+$/, '');
}
