import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Postmark posts them, one of each type. */

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

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
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
