import { FetchRefused } from '../domain/errors.ts';

const MAX_BYTES = 64 * 1024;

/**
 * A small text over https, for certificates and confirmations. No redirects: the provider has checked this address and no other.
 * @throws FetchRefused where the other side says no, any other Error where it says nothing; none names the address.
 */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(1200) });
  if (!response.ok) throw new FetchRefused(response.status);
  const text = await response.text();
  if (text.length > MAX_BYTES) throw new Error('fetched text is too large');
  return text;
}
