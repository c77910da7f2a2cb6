import { strictObject } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import { fields, instant, list, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { bodyJson, jsonEvents } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { outcome, TYPES } from './outcome.ts';
import { sampleEvent } from './samples.ts';

const PING_BYTES = 256;

/** SparkPost webhooks: a JSON array of `{msys: {<class>: event}}`, nothing signed. */
export const sparkpost = defineProvider({
  id: 'sparkpost',
  title: 'SparkPost',
  options: strictObject({}),
  secret: { form: SHARED_SECRET_FORM },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
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
    'inbound',
  ],
  api: { tells: 'events', load: async () => (await import('./api.ts')).api },
  clearList: 'Recipients > Suppressions; or DELETE /api/v1/suppression-list/ADDRESS (both types, per subaccount).',

  // Everything but 200 is retried for 8 h, the whole batch: no status of ours needs replacing.
  verify(request, { secrets }) {
    const proof = verifySharedSecret(request, secrets);
    return isPing(request) ? { ...proof, answer: { status: 200 } } : proof;
  },

  split: (request) => ({ events: jsonEvents(request) }),

  normalise(raw) {
    const [entry] = Object.entries(fields(rawFields(raw).msys));
    if (!entry) return [];
    const event = fields(entry[1]);
    const word = text(event.type) ?? entry[0];
    return [
      draft(word, {
        type: TYPES.get(word) ?? 'unknown',
        providerEventId: text(event.event_id),
        // `rcpt_to` is lower-cased.
        recipient: text(event.raw_rcpt_to) ?? text(event.rcpt_to),
        occurredAt: instant(event.timestamp),
        // What the send API returned.
        messageId: text(event.transmission_id) ?? text(event.message_id),
        // A retried batch repeats its bytes: what has no id is told by its text.
        identity: [word, text(event.event_id) ?? raw],
        ...outcome(word, event),
        tags: tagList([...list(event.rcpt_tags), event.campaign_id]),
        metadata: stringMap(event.rcpt_meta),
      }),
    ];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    return event && postWithSecret(input.signingKey, JSON_TYPE, input.body ?? JSON.stringify([event]));
  },
});

/** `[{"msys":{}}]`, which creating or validating a webhook posts, or an empty batch. */
function isPing(request: WebhookRequest): boolean {
  if (request.body.length > PING_BYTES) return false;
  try {
    const { value } = bodyJson(request);
    return Array.isArray(value) && value.every((item) => isEmpty(fields(item).msys));
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return false;
  }
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
