import { randomBytes } from 'node:crypto';
import { ALL } from '../../lambda/contract/unsubscribe.ts';
import { headersOf } from '../../lambda/domain/unsubscribe/headers.ts';
import { unsubscribeLink } from '../../lambda/domain/unsubscribe/link.ts';
import { RANDOM_BYTES } from '../../lambda/domain/unsubscribe/token.ts';
import type { UnsubscribeHeaders, UnsubscribeOptions } from './types.ts';

/**
 * The two header fields of RFC 8058 for one mail to one person. The mail's DKIM signature must cover both.
 * @throws TypeError or RangeError where an option is not what it should be; no message quotes it.
 */
export const unsubscribeHeaders = (options: UnsubscribeOptions): UnsubscribeHeaders =>
  headersOf(unsubscribeUrl(options));

/** The same link for the body of the mail: it opens a page with a button. @throws as {@link unsubscribeHeaders} */
export function unsubscribeUrl({ address, scope = ALL, keys, baseUrl, now = Date.now }: UnsubscribeOptions): string {
  const claims = { address, scope, issuedAt: Math.floor(now() / 1000) };
  return unsubscribeLink(claims, keys, baseUrl, randomBytes(RANDOM_BYTES));
}
