import { strictObject } from 'valibot';
import type { Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, list, present, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvents } from '../shared/body.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { listedFor } from '../shared/listed.ts';
import { bareId, customData, jsonOrNothing, mailTime } from '../shared/mail.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

/** Transactional and marketing webhooks have two vocabularies; the names in Brevo's settings are a third. */
const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['request', 'accepted'],
  ['delivered', 'delivered'],
  ['deferred', 'deferred'],
  ['soft_bounce', 'bounced'],
  ['hard_bounce', 'bounced'],
  ['invalid_email', 'dropped'],
  ['blocked', 'dropped'],
  ['error', 'dropped'],
  ['complaint', 'complained'],
  ['spam', 'complained'],
  ['opened', 'opened'],
  ['unique_opened', 'opened'],
  ['proxy_open', 'opened'],
  ['unique_proxy_open', 'opened'],
  ['loaded_by_proxy', 'opened'],
  ['click', 'clicked'],
  ['unsubscribed', 'unsubscribed'],
  ['unsubscribe', 'unsubscribed'],
]);

const TRANSACTIONAL = 'stream:transactional';

/** Brevo (ex Sendinblue) webhooks: a JSON object, or an array where the webhook is batched; nothing is signed. */
export const brevo = defineProvider({
  id: 'brevo',
  title: 'Brevo',
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
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList: 'Contact > unblock, or DELETE /v3/smtp/blockedContacts/ADDRESS for transactional mail.',
  // Brevo throws an event away on any 4xx but 429. While a secret or the address list is being changed here, genuine requests fail
  // both checks: 503 brings them back for 11 h. What is unreadable or too large stays so, however often it comes.
  responses: { 401: 503, 403: 503 },

  verify: (request, { secrets }) => verifySharedSecret(request, secrets),
  split: (request) => ({ events: jsonEvents(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    if (Array.isArray(event.items)) return event.items.map((item) => inbound(fields(item)));
    const word = text(event.event) ?? '';
    const messageId = text(event['message-id']);
    const lists = listIds(event);
    const scopes = TYPES.get(word) === 'unsubscribed' ? scopesOf(event, lists) : [undefined];
    return scopes.map((scope) => {
      return draft(word, {
        type: TYPES.get(word) ?? 'unknown',
        // Not `id`: that is the webhook's own and the same on every event.
        recipient: text(event.email),
        // `ts_epoch` is UTC. Campaigns have `ts_event` only, UTC too; on transactional events it was seen hours off, so it comes after.
        occurredAt: instant(event.ts_epoch) ?? instant(event.ts_event) ?? instant(event.s_epoch),
        messageId: bareId(messageId),
        identity: [
          word,
          messageId,
          text(event.email)?.toLowerCase(),
          text(event.ts_epoch) ?? text(event.s_epoch) ?? text(event.ts_event),
          text(event.link) ?? text(event.URL),
          text(event.camp_id),
          // Each list has its own draft, so that it has its own record.
          scope ?? lists.join(),
        ],
        ...(scope !== undefined && { scope }),
        ...outcome(word, event),
        tags: tagList(tags(event)),
        metadata: stringMap(customData(event['X-Mailin-custom'], 'X-Mailin-custom')),
      });
    });
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    return event && postWithSecret(input.signingKey, JSON_TYPE, input.body ?? JSON.stringify(event));
  },
});

const listIds = (event: Fields): string[] =>
  (Array.isArray(event.list_id) ? event.list_id : [event.list_id]).flatMap((id) => text(id) ?? []);

/** A campaign's unsubscribe is from each of its lists; a transactional one is from all transactional mail. */
function scopesOf(event: Fields, lists: readonly string[]): string[] {
  if (lists.length > 0) return lists.map((id) => `list:${id}`);
  const marketing = text(event.camp_id) !== undefined || text(event['campaign name']) !== undefined;
  return [marketing ? 'all' : TRANSACTIONAL];
}

/** `tags` where the mail was sent with tags; `tag` is their JSON, or the one tag of a header, or the template's name. */
function tags(event: Fields): unknown {
  if (Array.isArray(event.tags)) return event.tags;
  const parsed = jsonOrNothing(text(event.tag) ?? '');
  return Array.isArray(parsed) ? parsed : event.tag;
}

function outcome(word: string, event: Fields): Partial<Draft> {
  const reason = text(event.reason)?.trim();
  const reply = { text: reason };
  switch (word) {
    case 'deferred':
      return present({ ...replyCodes(reply), diagnostic: reason });
    case 'soft_bounce':
      return present({ ...weighBounce('soft', reply), diagnostic: reason });
    case 'hard_bounce':
      return present({ ...weighBounce('hard', reply, 'mailbox'), diagnostic: reason });
    case 'invalid_email':
      return present({ dropReason: 'invalid' as const, diagnostic: reason });
    case 'blocked':
      return blocked(reason);
    case 'error':
      return present({ dropReason: 'other' as const, diagnostic: reason });
    // Changes of Brevo's contacts: no consent, no evidence.
    case 'list_addition':
    case 'contact_updated':
    case 'contact_deleted':
      return { echo: true };
    case 'proxy_open':
    case 'unique_proxy_open':
    case 'loaded_by_proxy':
      return { ...reader(event), machine: true };
    case 'opened':
    case 'unique_opened':
      return reader(event);
    case 'click':
      return present({ ...reader(event), url: text(event.link) ?? text(event.URL) });
    default:
      return {};
  }
}

/** Transactional mail has an unsubscribe list of its own, as its `unsubscribed` event has. */
function blocked(reason: string | undefined): Partial<Draft> {
  const dropReason = listedFor(reason);
  const scope = dropReason === 'suppressed-unsubscribe' ? TRANSACTIONAL : undefined;
  return present({ dropReason, scope, diagnostic: reason });
}

const reader = (event: Fields): Partial<Draft> =>
  present({ userAgent: text(event.user_agent), device: text(event.device_used) });

function inbound(item: Fields): Draft {
  const to = list(item.Recipients).length > 0 ? list(item.Recipients) : list(item.To);
  const [first] = to;
  const recipient = to.length === 1 ? (text(first) ?? text(fields(first).Address)) : undefined;
  return draft('inbound', {
    type: 'inbound' as const,
    recipient,
    occurredAt: mailTime(item.SentAtDate),
    messageId: bareId(item.MessageId),
    identity: ['inbound', text(item.MessageId), recipient, text(item.SentAtDate), text(list(item.Uuid)[0])],
    from: text(fields(item.From).Address),
    subject: text(item.Subject),
  });
}
