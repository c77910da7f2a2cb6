import { strictObject } from 'valibot';
import type { Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { deliveryMeta, signWebhook, verifyWebhook, WEBHOOK_SECRET_FORM, webhookKey } from '../shared/proof/webhook.ts';
import { rawFields } from '../shared/raw.ts';
import { sampleEvent } from './samples.ts';

type Facts = Partial<Draft> & { readonly type: EventType };

const WORDS: ReadonlyMap<string, Facts> = new Map<string, Facts>([
  ['campaign.email.sent', { type: 'accepted' }],
  ['loop.email.sent', { type: 'accepted' }],
  ['transactional.email.sent', { type: 'accepted' }],
  ['email.delivered', { type: 'delivered' }],
  // Tried again by Loops, and some times delivered in the end.
  ['email.softBounced', { type: 'deferred' }],
  ['email.hardBounced', { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
  ['email.opened', { type: 'opened' }],
  ['email.clicked', { type: 'clicked' }],
  ['email.spamReported', { type: 'complained' }],
  // Of all mail or of one list, which it does not say. The event of the contact, which does, always comes with it.
  ['email.unsubscribed', { type: 'unknown', echo: true }],
  ['contact.unsubscribed', { type: 'unsubscribed', scope: 'all' }],
  ['contact.deleted', { type: 'unknown', echo: true }],
  ['email.resubscribed', { type: 'resubscribed', scope: 'all' }],
]);

const LISTS: ReadonlyMap<string, EventType> = new Map([
  ['contact.mailingList.subscribed', 'resubscribed'],
  ['contact.mailingList.unsubscribed', 'unsubscribed'],
]);

/** Loops: one JSON event per request, signed by Standard Webhooks. */
export const loops = defineProvider({
  id: 'loops',
  title: 'Loops',
  options: strictObject({}),
  secret: { form: WEBHOOK_SECRET_FORM },
  keys: 'shown',
  proof: { signs: 'body', with: 'hmac' },
  emits: [
    'accepted',
    'delivered',
    'deferred',
    'bounced',
    'opened',
    'clicked',
    'complained',
    'unsubscribed',
    'resubscribed',
  ],
  clearList: 'Contact > resubscribe; a suppressed one is removed from suppression there.',
  maxBodyBytes: ONE_EVENT_BYTES,

  verify: (request, context) => verifyWebhook(request, context),

  split(request) {
    const meta = deliveryMeta(request);
    return { events: jsonEvent(request), ...(meta && { meta }) };
  },

  normalise(raw, { meta }) {
    const event = rawFields(raw);
    const email = fields(event.email);
    const contact = fields(event.contactIdentity);
    const word = text(event.eventName) ?? '';
    const delivery = text(meta.id);
    return [
      draft(word, {
        providerEventId: delivery,
        recipient: text(contact.email),
        occurredAt: instant(event.eventTime),
        // `emailMessageId` names the version that was sent to everybody, not this mail.
        messageId: text(email.id),
        ...(onList(word, event) ?? WORDS.get(word) ?? { type: 'unknown' }),
        // The delivery id is the same over retries. Without the headers: the event's own words.
        identity: delivery
          ? [delivery]
          : [
              word,
              text(contact.email) ?? text(contact.id),
              text(event.eventTime),
              text(email.id),
              text(fields(event.mailingList).id),
            ],
      }),
    ];
  },

  generateKey: webhookKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    const headers = signWebhook({ id: `msg_${input.id}`, at: input.at, secret: input.signingKey }, body);
    return { method: 'POST', headers, body };
  },
});

function onList(word: string, event: Fields): Facts | undefined {
  const type = LISTS.get(word);
  return type && { type, scope: `list:${text(fields(event.mailingList).id) ?? 'unknown'}` };
}
