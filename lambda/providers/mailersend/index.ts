import { nonEmpty, optional, pipe, strictObject, string } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import type { Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, list, present, stringMap, tagList, text, utcTime } from '../../domain/read.ts';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { bodyJson, jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { bareId, scopeOf } from '../shared/mail.ts';
import { hexHmac, hexKey } from '../shared/proof/hmac.ts';
import { fromHex, hmac, matchSecret, requiredHeader, sameBytes, UnusableSecret } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'signature';
const PING = 'webhook.test';
/** Signs the ping that is sent when a webhook is saved. MailerSend publishes it: it proves nothing but the ping. */
const PING_SECRET = 'test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['activity.sent', 'accepted'],
  ['activity.delivered', 'delivered'],
  ['activity.deferred', 'deferred'],
  ['activity.soft_bounced', 'bounced'],
  ['activity.hard_bounced', 'bounced'],
  ['activity.opened', 'opened'],
  ['activity.opened_unique', 'opened'],
  ['activity.clicked', 'clicked'],
  ['activity.clicked_unique', 'clicked'],
  ['activity.unsubscribed', 'unsubscribed'],
  ['activity.spam_complaint', 'complained'],
  ['recipient.on_hold_added', 'dropped'],
  ['inbound.message', 'inbound'],
]);

/** MailerSend webhooks: one JSON object, HMAC-SHA256 over the raw body. */
export const mailersend = defineProvider({
  id: 'mailersend',
  title: 'MailerSend',
  options: strictObject({ pingSecret: optional(pipe(string(), nonEmpty()), PING_SECRET) }),
  secret: { form: 'the signing secret of this webhook' },
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
    'inbound',
  ],
  api: { tells: 'list', byDomain: true, load: async () => (await import('./api.ts')).api },
  clearList:
    'Email > Suppressions (hard bounces, spam complaints, unsubscribes, on hold); or DELETE /v1/suppressions/...',
  maxBodyBytes: ONE_EVENT_BYTES,
  // MailerSend gives up at once on any 4xx but 429. While a secret or the address list is being changed here, genuine requests
  // fail both checks: 503 brings them back. What is unreadable or too large stays so, however often it comes.
  responses: { 401: 503, 403: 503 },

  // No signed time: what is replayed is taken by dedupe.
  verify(request, { secrets, options }) {
    const given = fromHex(requiredHeader(request, SIGNATURE)) ?? Buffer.alloc(0);
    const signedWith = (secret: string): boolean => sameBytes(hmac('sha256', secret, request.body), given);
    const ping = isPing(request);
    if (ping && signedWith(options.pingSecret)) return { answer: { status: 200 } };
    const proof = matchSecret(
      secrets,
      (secret) => {
        if (secret === options.pingSecret) throw new UnusableSecret('a public secret proves nothing');
        return signedWith(secret);
      },
      'The signature does not match. Is this the signing secret of this very webhook?',
    );
    return ping ? { ...proof, answer: { status: 200 } } : proof;
  },

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const data = fields(event.data);
    // Until 2023 `email` was an object with the message and the recipient in it.
    const email = fields(data.email);
    const word = text(event.type) ?? '';
    const created = data.created_at ?? event.created_at;
    return [
      draft(word, {
        type: TYPES.get(word) ?? 'unknown',
        providerEventId: text(data.id),
        recipient: text(data.email) ?? text(fields(email.recipient).email) ?? text(fields(data.recipient).email),
        occurredAt: instant(created) ?? utcTime(created),
        messageId: text(data.message_id) ?? text(fields(email.message).id),
        identity: [word, text(data.id) ?? raw],
        ...outcome(word, event, data),
        tags: tagList(data.tags ?? email.tags),
        metadata: stringMap(data.meta),
      }),
    ];
  },

  generateKey: () => hexKey(16),

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    return {
      method: 'POST',
      headers: { 'content-type': 'application/json', [SIGNATURE]: hexHmac(input.signingKey, body) },
      body,
    };
  },
});

function isPing(request: WebhookRequest): boolean {
  if (!request.body.includes(PING)) return false;
  try {
    return fields(bodyJson(request).value).type === PING;
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return false;
  }
}

function outcome(word: string, event: Fields, data: Fields): Partial<Draft> {
  const morph = fields(data.morph);
  const reason = text(morph.reason) ?? text(data.reason);
  const reply = { text: reason };
  switch (word) {
    case 'activity.deferred':
      return present({ ...replyCodes(reply), diagnostic: reason });
    case 'activity.soft_bounced':
      return present({ ...weighBounce('soft', reply), diagnostic: reason });
    case 'activity.hard_bounced':
      return present({ ...weighBounce('hard', reply, 'mailbox'), diagnostic: reason });
    case 'activity.opened':
    case 'activity.opened_unique':
      return reader(morph, data);
    case 'activity.clicked':
    case 'activity.clicked_unique':
      return present({ ...reader(morph, data), url: text(morph.url) ?? text(data.url) });
    case 'activity.unsubscribed':
      return { scope: scopeOf('unsubscribed', 'domain', data.domain_id ?? event.domain_id) };
    case 'recipient.on_hold_added':
      return { dropReason: 'suppressed-unknown', echo: true };
    case 'recipient.on_hold_removed':
      // Ends MailerSend's own hold. It is no consent, so that it lifts nothing here.
      return { echo: true };
    case 'inbound.message':
      return inbound(data);
    default:
      return {};
  }
}

const reader = (morph: Fields, data: Fields): Partial<Draft> => present({ ip: text(morph.ip) ?? text(data.ip) });

function inbound(data: Fields): Partial<Draft> {
  const to = list(fields(data.recipients).rcptTo);
  return present({
    recipient: to.length === 1 ? text(fields(to[0]).email) : undefined,
    messageId: bareId(fields(data.headers)['Message-ID']),
    from: text(fields(data.from).email) ?? text(data.from),
    subject: text(data.subject),
  });
}
