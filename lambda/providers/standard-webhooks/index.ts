import { optional, picklist, strictObject } from 'valibot';
import { defineProvider } from '../provider.ts';
import { jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { MAPPING_OPTIONS, mappedDraft } from '../shared/mapping/mapping.ts';
import { mappedSample, usualPlace } from '../shared/mapping/sample.ts';
import {
  contentId,
  deliveryMeta,
  signWebhook,
  verifyWebhook,
  WEBHOOK_SECRET_FORM,
  webhookKey,
} from '../shared/proof/webhook.ts';
import { rawFields } from '../shared/raw.ts';

/** Any sender that signs by Standard Webhooks or through Svix; where its facts stand and what its words mean are settings. */
export const standardWebhooks = defineProvider({
  id: 'standard-webhooks',
  title: 'Standard Webhooks',
  options: strictObject({
    ...MAPPING_OPTIONS,
    /** A few senders use their secret as it stands, prefix and all, rather than the bytes it encodes. */
    secretEncoding: optional(picklist(['base64', 'utf8']), 'base64'),
  }),
  secret: { form: `${WEBHOOK_SECRET_FORM}; or whpk_ and base64, where the sender signs with Ed25519` },
  keys: 'shown',
  proof: { signs: 'body', with: 'hmac' },
  emits: [
    'accepted',
    'delivered',
    'deferred',
    'bounced',
    'dropped',
    'opened',
    'clicked',
    'complained',
    'unsubscribed',
    'resubscribed',
    'inbound',
  ],
  clearList: "The sender's own list, where it keeps one.",
  maxBodyBytes: ONE_EVENT_BYTES,

  verify: (request, context) => verifyWebhook(request, context, context.options.secretEncoding),

  split(request) {
    const meta = deliveryMeta(request);
    return { events: jsonEvent(request), ...(meta && { meta }) };
  },

  normalise(raw, { options, meta }) {
    const draft = mappedDraft(raw, rawFields(raw), options);
    // The delivery id is the same over retries: the scheme's own idempotency key.
    return [{ ...draft, ...(meta.id && { providerEventId: meta.id }), identity: [meta.id || contentId(raw)] }];
  },

  generateKey: webhookKey,

  sample(input) {
    const event = mappedSample(input, (place) =>
      place === 'type'
        ? 'type'
        : place === 'time'
          ? 'timestamp'
          : `data.${place === 'recipient' ? 'email' : usualPlace(place)}`,
    );
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    const { id, at, signingKey: secret, options } = input;
    return {
      method: 'POST',
      headers: signWebhook({ id: `msg_${id}`, at, secret, encoding: options.secretEncoding }, body),
      body,
    };
  },
});
