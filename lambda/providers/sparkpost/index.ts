import { strictObject } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import type { Draft, EventType } from '../../domain/event.ts';
import { type Fields, fields, isoTime, list, present, stringMap, tagList, text, unixTime } from '../../domain/read.ts';
import { defineProvider, type SampleInput, type WebhookRequest } from '../provider.ts';
import { bodyJson, jsonEvents } from '../shared/body.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { outcome, TYPES } from './outcome.ts';

const PING_BYTES = 256;

/** SparkPost webhooks: a JSON array of `{msys: {<class>: event}}`, nothing signed. */
export const sparkpost = defineProvider({
  id: 'sparkpost',
  title: 'SparkPost',
  options: strictObject({}),
  secret: { kind: 'shared', form: SHARED_SECRET_FORM },

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
      present({
        type: TYPES.get(word) ?? 'unknown',
        providerEvent: word || 'unnamed',
        providerEventId: text(event.event_id),
        // `rcpt_to` is lower-cased.
        recipient: text(event.raw_rcpt_to) ?? text(event.rcpt_to),
        occurredAt: unixTime(event.timestamp) ?? isoTime(event.timestamp),
        // What the send API returned.
        messageId: text(event.transmission_id) ?? text(event.message_id),
        // A retried batch repeats its bytes: what has no id is told by its text.
        identity: [word, text(event.event_id) ?? raw],
        ...outcome(word, event),
        tags: tagList([...list(event.rcpt_tags), event.campaign_id]),
        metadata: stringMap(event.rcpt_meta),
      }) as Draft,
    ];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    return event && postWithSecret(input.signingKey, JSON_TYPE, JSON.stringify([event]));
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

const READER: Fields = {
  ip_address: '192.0.2.1',
  user_agent: 'Mozilla/5.0',
  user_agent_parsed: { device_family: 'Mac', is_prefetched: false, is_proxy: false },
  geo_ip: { country: 'DE', region: 'BE', city: 'Berlin' },
};

/** Class and event. A relayed mail carries no time, so there is none of it. */
const SAMPLES: ReadonlyMap<EventType, readonly [string, Fields]> = new Map<EventType, readonly [string, Fields]>([
  ['accepted', ['message_event', { type: 'injection' }]],
  ['delivered', ['message_event', { type: 'delivery', queue_time: '520' }]],
  [
    'deferred',
    ['message_event', { type: 'delay', bounce_class: '21', error_code: '454', raw_reason: '454 4.4.4 later' }],
  ],
  [
    'bounced',
    ['message_event', { type: 'bounce', bounce_class: '10', error_code: '550', raw_reason: '550 5.1.1 user unknown' }],
  ],
  [
    'dropped',
    [
      'gen_event',
      { type: 'generation_rejection', error_code: '554', raw_reason: '554 5.7.1 recipient address suppressed' },
    ],
  ],
  ['opened', ['track_event', { type: 'open', ...READER }]],
  ['clicked', ['track_event', { type: 'click', target_link_url: 'https://example.com/offer', ...READER }]],
  ['complained', ['message_event', { type: 'spam_complaint', fbtype: 'abuse', report_by: 'example.net' }]],
  ['unsubscribed', ['unsubscribe_event', { type: 'list_unsubscribe', mailfrom: 'person@example.com' }]],
]);

function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const [kind, event] = SAMPLES.get(type) ?? [];
  return kind === undefined
    ? undefined
    : {
        msys: {
          [kind]: {
            ...event,
            event_id: `sample-${id}`,
            timestamp: String(Math.floor(at / 1000)),
            message_id: id,
            transmission_id: id,
            rcpt_to: recipient.toLowerCase(),
            raw_rcpt_to: recipient,
            campaign_id: 'sample',
          },
        },
      };
}
