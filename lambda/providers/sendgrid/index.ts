import { generateKeyPairSync, sign } from 'node:crypto';
import { strictObject } from 'valibot';
import type { EventType } from '../../domain/event/event.ts';
import { type Fields, instant, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvents } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { fromBase64, matchSecret, publicKey, requiredHeader, verifySignature } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { sendgridOutcome } from './outcome.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['processed', 'accepted'],
  ['delivered', 'delivered'],
  ['deferred', 'deferred'],
  ['bounce', 'bounced'],
  ['blocked', 'bounced'],
  ['dropped', 'dropped'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['spamreport', 'complained'],
  ['unsubscribe', 'unsubscribed'],
  ['group_unsubscribe', 'unsubscribed'],
  ['group_resubscribe', 'resubscribed'],
]);

/** The event's own fields; every other one is a custom argument, which SendGrid flattens into the event. */
const RESERVED = new Set(
  `email timestamp event sg_event_id sg_message_id smtp-id category reason status response attempt type bounce_classification ip
  useragent url url_offset tls asm_group_id sg_machine_open sg_content_type pool marketing_campaign_id marketing_campaign_name
  marketing_campaign_version marketing_campaign_split_id singlesend_id singlesend_name mc_stats phase_id sg_template_id
  sg_template_name template_id newsletter cert_err send_at mc_pod_id mc_auto_id mc_auto_name`.split(/\s+/),
);

/** Twilio SendGrid event webhook: a JSON array, ECDSA P-256 over timestamp and raw body. */
export const sendgrid = defineProvider({
  id: 'sendgrid',
  title: 'SendGrid',
  options: strictObject({}),
  secret: { form: 'the verification key: base64 of the public key, one line' },
  keys: 'shown',
  proof: { signs: 'body', with: 'public-key' },
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
  ],
  ownTest: 'use "Test Your Integration" in Settings > Mail Settings > Event Webhooks',
  api: { tells: 'events', load: async () => (await import('./api.ts')).api },
  clearList: 'Suppressions: Bounces, Spam Reports, Invalid, Unsubscribes; or DELETE /v3/suppression/bounces/ADDRESS.',

  // Whether SendGrid signs retries anew is not documented and it retries for 24 h: no age is enforced, dedupe takes replays.
  verify(request, { secrets }) {
    const signature = requiredHeader(request, SIGNATURE);
    const timestamp = requiredHeader(request, TIMESTAMP);
    const signed = Buffer.concat([Buffer.from(timestamp), request.body]);
    return matchSecret(
      secrets,
      (secret) => verifySignature('sha256', publicKey(secret), signed, fromBase64(signature) ?? Buffer.alloc(0)),
      'The signature does not match. Is this the verification key of this very webhook?',
    );
  },

  split: (request) => ({ events: jsonEvents(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const word = text(event.event) ?? '';
    const type = TYPES.get(word) ?? 'unknown';
    return [
      draft(word, {
        type,
        providerEventId: text(event.sg_event_id),
        recipient: text(event.email),
        occurredAt: instant(event.timestamp),
        messageId: text(event.sg_message_id)?.split('.')[0] ?? text(event['smtp-id']),
        // Without `sg_event_id`: SendGrid sends a new one with every retry of the same event.
        identity: [
          word,
          text(event.email),
          text(event.timestamp),
          text(event.sg_message_id) ?? text(event['smtp-id']),
          text(event.url),
          offset(event.url_offset),
          text(event.asm_group_id),
          text(event.attempt),
        ],
        ...sendgridOutcome(type, word, event),
        tags: tagList(event.category),
        metadata: stringMap(event, RESERVED),
      }),
    ];
  },

  generateKey() {
    const { publicKey: open, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      secret: open.export({ type: 'spki', format: 'der' }).toString('base64'),
      signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
  },

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify([event]);
    const timestamp = String(Math.floor(input.at / 1000));
    return {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [TIMESTAMP]: timestamp,
        [SIGNATURE]: sign('sha256', Buffer.from(timestamp + body), input.signingKey).toString('base64'),
      },
      body,
    };
  },
});

/** Where in the mail the link stands, as `index:type`. */
const offset = (value: unknown): string | undefined => {
  const { index, type } = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  return text(index) === undefined ? undefined : `${text(index)}:${text(type) ?? ''}`;
};
