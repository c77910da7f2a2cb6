import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as SparkPost posts them, one of each type. */

const READER: Fields = {
  ip_address: '192.0.2.1',
  user_agent: 'Mozilla/5.0',
  user_agent_parsed: { device_family: 'Mac', is_prefetched: false, is_proxy: false },
  geo_ip: { country: 'DE', region: 'BE', city: 'Berlin' },
};

/** Class and event. */
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

/** A mail that SparkPost relays carries no time and no event id. */
const relayed = (recipient: string, id: string): Fields => ({
  relay_message: {
    webhook_id: '4839201967643219',
    friendly_from: 'bob@example.net',
    msg_from: 'bob@example.net',
    rcpt_to: recipient,
    protocol: 'smtp',
    content: {
      subject: 'Hello',
      to: [recipient],
      headers: [{ 'Message-ID': `<${id}@example.net>` }],
      text: 'Hello',
    },
  },
});

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  if (type === 'inbound') return { msys: relayed(recipient, id) };
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
