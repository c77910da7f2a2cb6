import { strictObject } from 'valibot';
import type { Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, list, present, stringMap, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { sesBounce } from '../ses/bounce.ts';
import { jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { deliveryMeta, signWebhook, verifyWebhook, WEBHOOK_SECRET_FORM, webhookKey } from '../shared/proof/webhook.ts';
import { rawFields } from '../shared/raw.ts';
import { resendSample } from './samples.ts';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['email.sent', 'accepted'],
  ['email.scheduled', 'accepted'],
  ['email.delivered', 'delivered'],
  ['email.delivery_delayed', 'deferred'],
  // So it was spelt once.
  ['email.delivered_delayed', 'deferred'],
  ['email.bounced', 'bounced'],
  ['email.suppressed', 'dropped'],
  ['email.failed', 'dropped'],
  ['email.complained', 'complained'],
  ['email.opened', 'opened'],
  ['email.clicked', 'clicked'],
  ['email.received', 'inbound'],
]);

/** Why an address got onto Resend's list. */
const ADDED: ReadonlyMap<string | undefined, Partial<Draft>> = new Map<string | undefined, Partial<Draft>>([
  ['bounce', { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox', echo: true }],
  ['complaint', { type: 'complained', echo: true }],
  ['manual', { type: 'unsubscribed', scope: 'all', echo: true }],
]);

/** Resend: one JSON event per request, signed by Svix. */
export const resend = defineProvider({
  id: 'resend',
  title: 'Resend',
  options: strictObject({}),
  secret: { form: WEBHOOK_SECRET_FORM },
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
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList: 'Suppressions of the account, or the contact of the audience: set it to subscribed.',
  maxBodyBytes: ONE_EVENT_BYTES,

  verify: (request, context) => verifyWebhook(request, context),

  split(request) {
    const meta = deliveryMeta(request);
    return { events: jsonEvent(request), ...(meta && { meta }) };
  },

  normalise(raw, { meta }) {
    const event = rawFields(raw);
    const data = fields(event.data);
    const word = text(event.type) ?? '';
    return [
      draft(word, {
        type: TYPES.get(word) ?? 'unknown',
        providerEventId: text(meta.id),
        recipient: recipient(word, data),
        occurredAt: instant(event.created_at),
        // The same for all events of a mail; the RFC header only where it is missing.
        messageId: text(data.email_id) ?? text(data.message_id),
        ...outcome(word, data),
        metadata: metadata(data.tags),
        // What tells events of one mail apart, in Resend's words. Not the delivery id: it is in a header, so a captured body would be
        // another event than the delivery it came with.
        identity: [
          word,
          // A mail without its id is that of its recipient: two people must never be one event.
          text(data.email_id) ?? text(data.id) ?? recipient(word, data),
          text(event.created_at),
          text(fields(data.click).link),
          text(data.email),
        ],
      }),
    ];
  },

  generateKey: webhookKey,

  sample(input) {
    const event = resendSample(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    const headers = signWebhook({ id: `msg_${input.id}`, at: input.at, secret: input.signingKey }, body, 'svix');
    return { method: 'POST', headers, body };
  },
});

/** A mail to several people has an event for each, and none says for whom. */
function recipient(word: string, data: Fields): string | undefined {
  if (!word.startsWith('email.')) return text(data.email);
  const received = addresses(data.received_for);
  if (word === 'email.received' && received.length > 0) return received.length === 1 ? received[0] : undefined;
  const named = [data.to, data.cc, data.bcc].flatMap(addresses);
  return named.length === 1 ? named[0] : undefined;
}

const addresses = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? list(value) : [value]).flatMap((item) => text(item) ?? []);

function outcome(word: string, data: Fields): Partial<Draft> {
  switch (word) {
    case 'email.bounced':
      return bounce(fields(data.bounce));
    case 'email.suppressed':
      return suppressed(fields(data.suppressed));
    case 'email.failed':
      return { dropReason: 'other', ...present({ diagnostic: text(fields(data.failed).reason) }) };
    case 'email.opened':
    case 'email.clicked': {
      const act = fields(word === 'email.opened' ? data.open : data.click);
      return present({ url: text(act.link), ip: text(act.ipAddress), userAgent: text(act.userAgent) });
    }
    case 'email.received':
      return present({ from: text(data.from), subject: text(data.subject) });
    case 'contact.updated':
      return contact(data);
    case 'suppression.added':
      return ADDED.get(text(data.origin)) ?? {};
    case 'suppression.removed':
      // Only what `manual` set can be lifted by a resubscribe: an address freed of a bounce has agreed to nothing.
      return data.origin === 'bounce' || data.origin === 'complaint'
        ? {}
        : { type: 'resubscribed', scope: 'all', echo: true };
    default:
      return {};
  }
}

function bounce({ type, subType, message }: Fields): Partial<Draft> {
  const reply = text(message);
  if (text(type) !== undefined) return sesBounce({ type: text(type), subType: text(subType), reply });
  // Older events have the text alone.
  if (/suppressed sending/i.test(reply ?? '')) return sesBounce({ type: 'Permanent', subType: 'Suppressed', reply });
  const judged = sesBounce({
    type: /hard bounce/i.test(reply ?? '') ? 'Permanent' : undefined,
    subType: undefined,
    reply,
  });
  return judged.bounceClass === 'hard' ? { bounceCause: 'mailbox', ...judged } : judged;
}

function suppressed({ type, message }: Fields): Partial<Draft> {
  const words = `${text(type) ?? ''} `.toLowerCase();
  const dropReason: DropReason = words.includes('complaint')
    ? 'suppressed-complaint'
    : words.includes('bounce') || words === 'suppressed '
      ? 'suppressed-bounce'
      : 'suppressed-unknown';
  return { dropReason, ...present({ diagnostic: text(message) }) };
}

/**
 * Fires on any edit and tells the present state, so it speaks for its own audience only: `unsubscribed: false` without an audience
 * would lift what the person said elsewhere, and is kept as `unknown`.
 */
function contact({ unsubscribed, audience_id }: Fields): Partial<Draft> {
  const audience = text(audience_id);
  if (unsubscribed === true) return { type: 'unsubscribed', scope: audience ? `audience:${audience}` : 'all' };
  return unsubscribed === false && audience ? { type: 'resubscribed', scope: `audience:${audience}` } : {};
}

/** Tags are an object, or, as they are sent, a list of names and values. */
const metadata = (tags: unknown): Record<string, string> | undefined =>
  stringMap(
    Array.isArray(tags)
      ? Object.fromEntries(list(tags).map((tag) => [text(fields(tag).name) ?? '', fields(tag).value]))
      : tags,
  );
