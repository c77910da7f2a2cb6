import { RefusedRequest } from '../../../lambda/domain/errors.ts';
import type { Draft, NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import type { VerifyContext, WebhookRequest } from '../../../lambda/providers/provider.ts';
import { arrival } from './contract.ts';

/** Short forms for the tests of single providers. */

export const post = (body: string | Buffer, headers: Record<string, string> = {}, query = ''): WebhookRequest => ({
  method: 'POST',
  headers,
  query,
  body: Buffer.from(body),
});

export const get = (query = '', headers: Record<string, string> = {}): WebhookRequest => ({
  ...post('', headers, query),
  method: 'GET',
});

export const verifyContext = <Options>(
  secrets: readonly string[],
  options: Options,
  now = Date.UTC(2026, 4, 4, 10, 0, 1),
): VerifyContext<Options> => ({
  secrets,
  options,
  now,
  fetchText: () => Promise.reject(new Error('no fetch expected')),
});

/** Why it refuses, or what it gives. */
export function reasonOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return error.reason;
  }
}

/** A draft as it is stored, its fingerprint apart. */
export function stored(
  draft: Draft | undefined,
  provider: string,
): { fingerprint: string; event: Omit<NormalisedEvent, 'fingerprint'> } {
  if (!draft) throw new Error('no draft');
  const { fingerprint, ...event } = normalisedEvent(draft, arrival(provider));
  return { fingerprint, event };
}
