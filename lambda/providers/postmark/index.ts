import { strictObject } from 'valibot';
import type { Draft, EventType } from '../../domain/event.ts';
import { type Fields, isoTime, list, present, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider, type SampleInput } from '../provider.ts';
import { jsonEvent } from '../shared/body.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { outcome } from './outcome.ts';

/** What a test post has in place of a message's id. */
const NO_MESSAGE = /^[0-]+$/;

/** Postmark webhooks: one JSON object per request, told apart by `RecordType`; nothing is signed. */
export const postmark = defineProvider({
  id: 'postmark',
  title: 'Postmark',
  options: strictObject({}),
  secret: { kind: 'shared', form: SHARED_SECRET_FORM },
  // 403 ends all of Postmark's retries at once; an address list that is out of date must not cost an event.
  responses: { 403: 401 },

  verify: (request, { secrets }) => verifySharedSecret(request, secrets),
  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const record = text(event.RecordType) ?? (text(event.BouncedAt) ? 'Bounce' : isMail(event) ? 'Inbound' : 'unnamed');
    const recipient = text(event.Recipient) ?? text(event.Email);
    const time = event.DeliveredAt ?? event.BouncedAt ?? event.ReceivedAt ?? event.ChangedAt;
    const messageId = text(event.MessageID);
    // One message id serves every recipient and every open of one send.
    const identity = text(event.ID)
      ? [record, text(event.ID), recipient]
      : [record, messageId, recipient, text(time), text(event.OriginalLink), said(event), text(event.MessageStream)];
    return [
      present({
        type: 'unknown',
        providerEvent: record,
        providerEventId: text(event.ID),
        recipient,
        occurredAt: isoTime(time),
        messageId: messageId && !NO_MESSAGE.test(messageId) ? messageId : undefined,
        identity,
        ...outcome(record, event),
        tags: tagList(event.Tag),
        metadata: stringMap(event.Metadata),
      }) as Draft,
    ];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    return event && postWithSecret(input.signingKey, JSON_TYPE, JSON.stringify(event));
  },
});

/** An inbound mail is the one post without a `RecordType`. */
const isMail = (event: Fields): boolean => list(event.ToFull).length > 0 || text(event.OriginalRecipient) !== undefined;

const said = (event: Fields): string | undefined =>
  typeof event.SuppressSending === 'boolean' ? String(event.SuppressSending) : undefined;

const READER: Fields = {
  UserAgent: 'Mozilla/5.0',
  Platform: 'Desktop',
  Geo: { IP: '192.0.2.1', CountryISOCode: 'DE' },
};
const CHANGE: Fields = { RecordType: 'SubscriptionChange', MessageStream: 'broadcast', Origin: 'Recipient' };

/** Each with the name of its time field and of its recipient field. */
const SAMPLES: ReadonlyMap<EventType, readonly [event: Fields, time: string, recipient: string]> = new Map<
  EventType,
  readonly [Fields, string, string]
>([
  ['delivered', [{ RecordType: 'Delivery', Details: 'smtp;250 2.0.0 OK' }, 'DeliveredAt', 'Recipient']],
  ['deferred', [{ RecordType: 'Bounce', Type: 'Transient', Details: 'smtp;421 4.7.0 later' }, 'BouncedAt', 'Email']],
  [
    'bounced',
    [{ RecordType: 'Bounce', Type: 'HardBounce', Details: 'smtp;550 5.1.1 user unknown' }, 'BouncedAt', 'Email'],
  ],
  ['dropped', [{ RecordType: 'Bounce', Type: 'ManuallyDeactivated', Details: '' }, 'BouncedAt', 'Email']],
  ['opened', [{ RecordType: 'Open', FirstOpen: true, ...READER }, 'ReceivedAt', 'Recipient']],
  [
    'clicked',
    [{ RecordType: 'Click', OriginalLink: 'https://example.com/offer', ...READER }, 'ReceivedAt', 'Recipient'],
  ],
  ['complained', [{ RecordType: 'SpamComplaint', Type: 'SpamComplaint' }, 'BouncedAt', 'Email']],
  [
    'unsubscribed',
    [{ ...CHANGE, SuppressSending: true, SuppressionReason: 'ManualSuppression' }, 'ChangedAt', 'Recipient'],
  ],
  ['resubscribed', [{ ...CHANGE, SuppressSending: false, SuppressionReason: null }, 'ChangedAt', 'Recipient']],
  ['inbound', [{ FromFull: { Email: 'bob@example.net', Name: 'Bob' }, Subject: 'Hello' }, 'Date', 'OriginalRecipient']],
]);

function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const sample = SAMPLES.get(type);
  if (!sample) return undefined;
  const [event, time, name] = sample;
  const when = new Date(at);
  return {
    ...event,
    [name]: recipient,
    [time]: time === 'Date' ? when.toUTCString() : when.toISOString(),
    ...(time === 'BouncedAt' && { ID: Number.parseInt(id.slice(-12), 16) || 1 }),
    MessageID: id.padStart(32, '0').replace(/^.*(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    MessageStream: event.MessageStream ?? 'outbound',
    ServerID: 23,
    Tag: 'sample',
  };
}
