import { strictObject } from 'valibot';
import type { Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { type Fields, fields, instant, present, stringMap, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { listedFor } from '../shared/listed.ts';
import { hexHmac, hexKey, verifyHexHmac } from '../shared/proof/hmac.ts';
import { checkAge, requiredHeader } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'x-cio-signature';
const TIMESTAMP = 'x-cio-timestamp';
/** The header is the time of the attempt, signed anew with each retry. */
const TOLERANCE_SECONDS = 300;

/** By `object_type.metric`. Only e-mail counts: an SMS or push metric of the same name says nothing about an address. */
const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['email.attempted', 'deferred'],
  ['email.sent', 'accepted'],
  ['email.delivered', 'delivered'],
  ['email.opened', 'opened'],
  ['email.human_opened', 'opened'],
  ['email.clicked', 'clicked'],
  ['email.human_clicked', 'clicked'],
  ['email.bounced', 'bounced'],
  ['email.dropped', 'dropped'],
  ['email.undeliverable', 'dropped'],
  ['email.failed', 'dropped'],
  ['email.spammed', 'complained'],
  ['email.unsubscribed', 'unsubscribed'],
  ['customer.unsubscribed', 'unsubscribed'],
  ['customer.subscribed', 'resubscribed'],
]);

const PREFERENCES = 'customer.cio_subscription_preferences_changed';

const DROPS: ReadonlyMap<string, DropReason> = new Map([
  ['email.undeliverable', 'policy'],
  ['email.failed', 'other'],
]);

/** What of `data` is kept as metadata: which mailing it was. */
const MAILING = ['campaign_id', 'broadcast_id', 'newsletter_id', 'transactional_message_id', 'action_id', 'content_id'];

/** Customer.io reporting webhooks: one JSON object, HMAC-SHA256 over version, timestamp and raw body. */
export const customerio = defineProvider({
  id: 'customerio',
  title: 'Customer.io',
  options: strictObject({}),
  secret: { form: 'the signing key shown on the reporting webhook' },
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
  ],
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList:
    'Person > unsuppress, and the subscription preferences; ESP suppressions: DELETE /v1/esp/suppression/TYPE/ADDRESS.',
  maxBodyBytes: ONE_EVENT_BYTES,

  verify(request, { secrets, now }) {
    const signature = requiredHeader(request, SIGNATURE);
    const timestamp = requiredHeader(request, TIMESTAMP);
    const proof = verifyHexHmac(
      secrets,
      signature,
      [`v0:${timestamp}:`, request.body],
      'The signature does not match. Is this the signing key of this very reporting webhook?',
    );
    checkAge(timestamp, now, TOLERANCE_SECONDS);
    return proof;
  },

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const data = fields(event.data);
    const word = eventWord(event);
    const type = TYPES.get(word) ?? 'unknown';
    const recipient = text(data.recipient) ?? text(fields(data.identifiers).email) ?? text(data.email_address);
    const known = draft(word, {
      type,
      providerEventId: text(event.event_id),
      recipient,
      occurredAt: instant(event.timestamp),
      messageId: text(data.delivery_id),
      identity: [
        word,
        recipient,
        text(event.timestamp),
        text(event.event_id) ?? text(data.delivery_id),
        text(data.link_id) ?? text(data.href),
      ],
      ...outcome(type, word, data),
      metadata: stringMap(Object.fromEntries(MAILING.map((name) => [name, data[name]]))),
    });
    return word === PREFERENCES ? preferences(known, data) : [known];
  },

  generateKey: () => hexKey(),

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    const timestamp = String(Math.floor(input.at / 1000));
    return {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [TIMESTAMP]: timestamp,
        [SIGNATURE]: hexHmac(input.signingKey, `v0:${timestamp}:`, body),
      },
      body,
    };
  },
});

/** `email.bounced`; the format before 2021 has `event_type: "email_bounced"` instead. */
function eventWord(event: Fields): string {
  const old = text(event.event_type);
  if (old !== undefined) return old.replace('_', '.');
  const parts = [text(event.object_type), text(event.metric)].filter((part) => part !== undefined);
  return parts.join('.');
}

function outcome(type: EventType, word: string, data: Fields): Partial<Draft> {
  const diagnostic = text(data.failure_message) ?? text(data.reason);
  switch (type) {
    case 'bounced':
      // "bounced" is not said to exclude soft ones: hard unless the reply says otherwise, for ever only where it names the cause.
      return present({ ...weighBounce('hard', { text: diagnostic }), diagnostic });
    case 'deferred':
      return present({ ...replyCodes({ text: diagnostic }), diagnostic });
    case 'dropped':
      return present({ dropReason: DROPS.get(word) ?? listedFor(diagnostic), diagnostic });
    case 'opened':
    case 'clicked':
      return present({ url: text(data.href), machine: word.startsWith('email.human_') ? false : undefined });
    case 'unsubscribed':
    case 'resubscribed':
      return { scope: 'all' };
    default:
      return {};
  }
}

/** One draft per topic; the preferences are JSON inside a string. Unreadable ones stay one unknown event. */
function preferences(draft: Draft, data: Fields): readonly Draft[] {
  let content: Fields;
  try {
    content = fields(parseJson(text(data.content) ?? '{}'));
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    return [draft];
  }
  const drafts = Object.entries(fields(content.topics)).flatMap(([topic, wanted]): Draft[] =>
    typeof wanted === 'boolean'
      ? [
          {
            ...draft,
            type: wanted ? 'resubscribed' : 'unsubscribed',
            scope: `topic:${topic.replace(/^topic_/, '')}`,
            identity: [...draft.identity, topic, wanted],
          },
        ]
      : [],
  );
  return drafts.length > 0 ? drafts : [draft];
}
