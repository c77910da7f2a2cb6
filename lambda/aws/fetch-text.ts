import { FetchRefused } from '../domain/errors.ts';

const MAX_BYTES = 64 * 1024;

const WITHIN = 1200;

/**
 * A small text over https, for certificates and confirmations. No redirects: the provider has checked this address and no other.
 * @param end ends it earlier than it would end by itself
 * @throws FetchRefused where the other side says no, any other Error where it says nothing; none names the address.
 */
export async function fetchText(url: string, end?: AbortSignal): Promise<string> {
  const own = AbortSignal.timeout(WITHIN);
  const signal = end ? AbortSignal.any([own, end]) : own;
  const response = await fetch(url, { redirect: 'error', signal });
  if (!response.ok) throw new FetchRefused(response.status);
  const text = await response.text();
  if (text.length > MAX_BYTES) throw new Error('fetched text is too large');
  return text;
}
