import { optional, picklist, strictObject } from 'valibot';
import type { BounceCause, BounceClass, Draft, EventType } from '../../domain/event/event.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { type Fields, fields, instant, number, present, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { bodyText, jsonEvent } from '../shared/body.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { jsonLines } from '../shared/json-lines.ts';
import { jsonMemberEvents } from '../shared/json-member.ts';
import { listedFor } from '../shared/listed.ts';
import { hexHmac, verifyHexHmac } from '../shared/proof/hmac.ts';
import { basicKey, verifySharedSecret } from '../shared/proof/password.ts';
import { requiredHeader } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'mailtrap-signature';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['delivery', 'delivered'],
  ['open', 'opened'],
  ['click', 'clicked'],
  // Mailtrap goes on trying after a soft bounce; its end is a `bounce`.
  ['soft bounce', 'deferred'],
  ['suspension', 'deferred'],
  ['bounce', 'bounced'],
  ['reject', 'dropped'],
  ['spam', 'complained'],
  ['unsubscribe', 'unsubscribed'],
  ['inbound.message_received', 'inbound'],
  ['inbound_message_received', 'inbound'],
]);

/** By what `bounce_category` holds once only its letters are left, the first that fits. */
const CATEGORIES: readonly (readonly [RegExp, BounceClass, BounceCause])[] = [
  [/spam|content|virus/, 'block', 'content'],
  [/reputation|blacklist|blocklist/, 'block', 'reputation'],
  [/policy|relay/, 'block', 'policy'],
  [/quota|full/, 'soft', 'full'],
  [/(bad|invalid|unknown)domain/, 'hard', 'domain'],
  [/mailbox|user|recipient/, 'hard', 'mailbox'],
];

/** Mailtrap Email Sending: `{"events": [...]}` or JSON Lines, HMAC-SHA256 over the raw body; older webhooks sign nothing. */
export const mailtrap = defineProvider({
  id: 'mailtrap',
  title: 'Mailtrap',
  options: strictObject({
    /** `shared-secret` for webhooks from before signing: credentials in the URL instead. */
    auth: optional(picklist(['signature', 'shared-secret']), 'signature'),
  }),
  secret: {
    form: 'the signing secret of the webhook; with "auth": "shared-secret" user:password or query:<name>:<value>',
  },
  keys: 'shown',
  proof: { signs: 'body', with: 'hmac' },
  otherProofs: [{ options: { auth: 'shared-secret' }, signs: 'nothing', with: 'password', keys: 'chosen' }],
  emits: ['delivered', 'deferred', 'bounced', 'dropped', 'opened', 'clicked', 'complained', 'unsubscribed', 'inbound'],
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList: 'Suppressions of the sending domain > remove.',

  // No timestamp is signed: dedupe takes replays.
  verify(request, { secrets, options }) {
    if (options.auth === 'shared-secret') return verifySharedSecret(request, secrets);
    return verifyHexHmac(
      secrets,
      requiredHeader(request, SIGNATURE),
      [request.body],
      'The signature does not match. Is this the signing secret of this very webhook?',
    );
  },

  split: (request) => ({ events: events(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const word = text(event.event) ?? '';
    const type = TYPES.get(word) ?? 'unknown';
    return [
      draft(word, {
        type,
        providerEventId: text(event.event_id),
        recipient: text(event.email),
        occurredAt: instant(event.timestamp),
        messageId: text(event.message_id),
        identity: [
          word,
          text(event.email),
          text(event.timestamp),
          text(event.message_id),
          // Of inbound mail the id is not known to be the same in a retry.
          type === 'inbound' ? text(event.inbox_id) : text(event.event_id),
          text(event.url),
        ],
        ...outcome(type, event),
        tags: tagList(event.category),
        metadata: stringMap(event.custom_variables),
      }),
    ];
  },

  // Serves as signing secret and as credentials.
  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify({ events: [event] });
    if (input.options.auth === 'shared-secret') return postWithSecret(input.signingKey, JSON_TYPE, body);
    const headers = { 'content-type': JSON_TYPE, [SIGNATURE]: hexHmac(input.signingKey, body) };
    return { method: 'POST', headers, body };
  },
});

/** A body that is no JSON as a whole is JSON Lines; a lone line of it is an event itself. */
function events(request: WebhookRequest): string[] {
  let value: unknown;
  try {
    value = parseJson(bodyText(request));
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    return jsonLines(request);
  }
  return fields(value).event === undefined ? jsonMemberEvents(request, 'events') : jsonEvent(request);
}

function outcome(type: EventType, event: Fields): Partial<Draft> {
  const diagnostic = text(event.response) ?? text(event.reason);
  const reply = { code: number(event.response_code), text: diagnostic };
  switch (type) {
    case 'bounced': {
      const category = (text(event.bounce_category) ?? '').toLowerCase().replace(/[^a-z]/g, '');
      const known = CATEGORIES.find(([pattern]) => pattern.test(category));
      return present({ ...weighBounce(known?.[1] ?? 'hard', reply, known?.[2] ?? 'mailbox'), diagnostic });
    }
    case 'deferred':
      return present({ ...replyCodes(reply), diagnostic });
    case 'dropped': {
      const reason = text(event.reason) ?? diagnostic;
      const dropReason = /suppress/i.test(reason ?? '') ? listedFor(reason) : 'policy';
      return present({
        dropReason,
        scope: dropReason === 'suppressed-unsubscribe' ? streamOf(event) : undefined,
        diagnostic: reason,
      });
    }
    case 'opened':
    case 'clicked':
      return present({ url: text(event.url), userAgent: text(event.user_agent), ip: text(event.ip) });
    case 'unsubscribed':
      return { scope: streamOf(event) };
    default:
      return {};
  }
}

function streamOf(event: Fields): string {
  const stream = text(event.sending_stream);
  return stream === undefined ? 'all' : `stream:${stream}`;
}
