import type { SampleRequest, WebhookRequest } from '../../../lambda/providers/provider.ts';

/** A sample as the request that `receive` would hand over. */
export function asRequest(sample: SampleRequest): WebhookRequest {
  return { method: sample.method, headers: sample.headers, query: sample.query ?? '', body: Buffer.from(sample.body) };
}
