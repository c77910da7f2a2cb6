import { randomBytes } from 'node:crypto';
import { ALL } from '../../lambda/contract/unsubscribe.ts';
import { headersOf } from '../../lambda/domain/unsubscribe/headers.ts';
import { unsubscribeLink } from '../../lambda/domain/unsubscribe/link.ts';
import { RANDOM_BYTES } from '../../lambda/domain/unsubscribe/token.ts';
import type { UnsubscribeHeaders, UnsubscribeOptions } from './types.ts';

/**
 * The two header fields of RFC 8058 for one mail to one person. The mail's DKIM signature must cover both.
 * @throws TypeError where an option is not what it should be, RangeError where it is too long; no message quotes it.
 * @example
 * const headers = unsubscribeHeaders({ address: 'ada@example.com', scope: 'shop:list:weekly', keys, baseUrl: 'https://hooks.example.com' });
 * // { 'List-Unsubscribe': '<https://hooks.example.com/u/v1/...>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
 */
export const unsubscribeHeaders = (options: UnsubscribeOptions): UnsubscribeHeaders =>
  headersOf(unsubscribeUrl(options));

/**
 * The same link for the body of the mail: it opens a page with a button. Opening it changes nothing.
 * @throws as {@link unsubscribeHeaders}
 * @example html += `<a href="${unsubscribeUrl({ address: 'ada@example.com', keys, baseUrl: 'https://hooks.example.com' })}">Unsubscribe</a>`;
 */
export function unsubscribeUrl({ address, scope = ALL, keys, baseUrl, now = Date.now }: UnsubscribeOptions): string {
  const claims = { address, scope, issuedAt: Math.floor(now() / 1000) };
  return unsubscribeLink(claims, keys, baseUrl, randomBytes(RANDOM_BYTES));
}
