import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Mailjet posts them, one of each type. */

const READER: Fields = { ip: '192.0.2.1', geo: 'DE', agent: 'Mozilla/5.0' };
const UNKNOWN_USER: Fields = { error_related_to: 'recipient', error: 'user unknown' };

const SAMPLES: ReadonlyMap<EventType, Fields> = new Map<EventType, Fields>([
  ['delivered', { event: 'sent', smtp_reply: 'sent (250 2.0.0 OK)' }],
  [
    'deferred',
    { event: 'bounce', hard_bounce: false, blocked: false, error_related_to: 'domain', error: 'greylisted' },
  ],
  ['bounced', { event: 'bounce', hard_bounce: true, blocked: true, ...UNKNOWN_USER }],
  ['dropped', { event: 'blocked', error_related_to: 'mailjet', error: 'preblocked' }],
  ['opened', { event: 'open', ...READER }],
  ['clicked', { event: 'click', url: 'https://example.com/offer', ...READER }],
  ['complained', { event: 'spam', source: 'JMRPP' }],
  ['unsubscribed', { event: 'unsub', mj_list_id: 42, ...READER }],
]);

/** A message id of seventeen digits. */
export const digits = (id: string): string =>
  `2${String(BigInt(`0x0${id.replace(/[^0-9a-f]/gi, '')}`) % 10n ** 16n).padStart(16, '0')}`;

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const event = SAMPLES.get(type);
  return (
    event && {
      event: event.event,
      time: Math.floor(at / 1000),
      MessageID: 0,
      Message_GUID: id,
      email: recipient,
      mj_campaign_id: 7276,
      mj_contact_id: 126,
      customcampaign: 'sample',
      CustomID: '',
      Payload: '',
      ...event,
    }
  );
}
