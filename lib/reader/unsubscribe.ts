import { randomBytes } from 'node:crypto';
import { unsubscribePath } from '../../lambda/contract/paths.ts';
import { normaliseAddress } from '../../lambda/domain/address.ts';
import { parseKey } from '../../lambda/domain/unsubscribe/key.ts';
import { ALL, RANDOM_BYTES, sealToken } from '../../lambda/domain/unsubscribe/token.ts';
import type { UnsubscribeHeaders, UnsubscribeOptions } from './types.ts';

/** Longest line of a mail's header (RFC 5322), in octets. */
const MAX_LINE = 998;

/**
 * The two header fields of RFC 8058 for one mail to one person. The mail's DKIM signature must cover both.
 * @throws TypeError or RangeError where an option is not what it should be; no message quotes it.
 */
export function unsubscribeHeaders(options: UnsubscribeOptions): UnsubscribeHeaders {
  const url = unsubscribeUrl(options);
  if ('List-Unsubscribe: <>'.length + url.length > MAX_LINE)
    throw new RangeError(`the address and the scope are too long for one header line (${MAX_LINE} octets)`);
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/** The same link for the body of the mail: it opens a page with a button. @throws as {@link unsubscribeHeaders} */
export function unsubscribeUrl({ address, scope = ALL, keys, baseUrl, now = Date.now }: UnsubscribeOptions): string {
  const recipient = normaliseAddress(address);
  if (recipient === undefined) throw new TypeError('the address is none');
  const [newest] = [keys].flat();
  const key = newest === undefined ? undefined : parseKey(newest);
  if (!key) throw new TypeError('the first of the keys is no unsubscribe key');
  const claims = { address: recipient, scope, issuedAt: Math.floor(now() / 1000) };
  return base(baseUrl) + unsubscribePath(sealToken(claims, key, randomBytes(RANDOM_BYTES)));
}

/** One click is for HTTPS; a stack on this machine has none. */
function base(text: string): string {
  const form = /^(https:\/\/[\w.-]+(:\d+)?|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/[\w./~-]*)?$/i;
  if (!form.test(text)) throw new TypeError('baseUrl must be https://<host>, without a query');
  return text.replace(/\/+$/, '');
}
