import { webhookPath } from '../../../../lambda/contract/paths.ts';
import { RefusedRequest } from '../../../../lambda/domain/errors.ts';
import { EVENT_TYPES } from '../../../../lambda/domain/event/event.ts';
import { proofOf } from '../../../../lambda/providers/proof.ts';
import type { Provider, SampleRequest, WebhookRequest } from '../../../../lambda/providers/provider.ts';
import { secretPart } from '../../../../lambda/providers/shared/proof/password.ts';
import { UsageError } from '../../cli/errors.ts';

/** A secret that people choose must not be guessed; what an ESP makes is as long as it is. */
const MIN_CHOSEN = 16;

/** A value no receiver could use is refused before it is stored. Messages never hold the value. */
export async function checkSecretForm(
  provider: Provider<unknown>,
  value: string,
  options: unknown,
  weakAllowed = false,
): Promise<void> {
  if (value === '') throw new UsageError('The secret is empty: nothing was stored.');
  if (value !== value.trim()) {
    throw new UsageError('The secret begins or ends with white space, most likely copied along: nothing was stored.');
  }
  if (/[\r\n]/.test(value) && !value.startsWith('-----BEGIN')) {
    throw new UsageError('The secret has more than one line: only one value is stored at a time.');
  }
  if (!(await usable(provider, value, options))) {
    throw new UsageError(
      `${provider.title} cannot use this value: nothing was stored. Expected: ${provider.secret.form}.`,
    );
  }
  const origin = proofOf(provider, options);
  const own = origin.with === 'password' ? secretPart(value) : value;
  if (origin.keys === 'chosen' && own.length < MIN_CHOSEN && !weakAllowed) {
    throw new UsageError(
      `The secret is shorter than ${MIN_CHOSEN} characters: nothing was stored. It is all that keeps others from posting events; "secrets rotate --generate" makes a good one, --yes takes this one.`,
    );
  }
}

/** The provider itself decides: given a request that another key signed, it calls this value unusable, or merely not matching. */
async function usable(provider: Provider<unknown>, value: string, options: unknown): Promise<boolean> {
  const at = Date.now();
  const webhookUrl = `https://example.com${webhookPath('sample')}`;
  const { signingKey } = provider.generateKey();
  const common = { recipient: 'ada@example.com', at, id: 'c0ffee00', signingKey, options, webhookUrl };
  const sample = EVENT_TYPES.map((type) => provider.sample({ type, ...common })).find((one) => one !== undefined);
  if (!sample) return true;
  try {
    const noFetch = () => Promise.reject(new Error('not fetched'));
    await provider.verify(asRequest(sample), { secrets: [value], options, now: at, webhookUrl, fetchText: noFetch });
    return true;
  } catch (error) {
    return !(error instanceof RefusedRequest && error.reason === 'secret-unreadable');
  }
}

/** A sample as the receiver would see it. */
export const asRequest = (sample: SampleRequest): WebhookRequest => ({
  method: sample.method,
  headers: sample.headers,
  query: sample.query ?? '',
  body: Buffer.from(sample.body),
});
