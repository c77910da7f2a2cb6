const MAX_BYTES = 64 * 1024;

/** The other side answered, but not with the text. */
export class FetchRefused extends Error {
  override readonly name = 'FetchRefused';
  readonly status: number;

  constructor(status: number) {
    super(`fetch answered ${status}`);
    this.status = status;
  }
}

/**
 * A small text over https, for certificates and confirmations. No redirects: the provider has checked this address and no other.
 * @throws Error that names no address.
 */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(1200) });
  if (!response.ok) throw new FetchRefused(response.status);
  const text = await response.text();
  if (text.length > MAX_BYTES) throw new Error('fetched text is too large');
  return text;
}
