import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as ZeptoMail posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, readonly [string, Fields?]>>> = {
  delivered: ['delivered'],
  bounced: ['hardbounce', { reason: 'Invalid recipient', diagnostic_message: '550 5.1.1 user unknown' }],
  opened: ['email_open', { ip_location_info: { ip_address: '192.0.2.1' } }],
  clicked: ['email_link_click', { clicked_link: 'https://example.com/offer' }],
  complained: ['feedback loop'],
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const [name, more] = SAMPLES[type] ?? [];
  const time = new Date(at).toISOString();
  const detail = { ...more, time, ...(type === 'bounced' && { bounced_recipient: recipient }) };
  if (name === undefined) return undefined;
  return {
    event_name: [name],
    event_message: [
      {
        email_info: { email_reference: id, to: [{ email_address: { address: recipient } }], processed_time: time },
        event_data: [{ object: name, details: [detail] }],
        request_id: `request-${id}`,
      },
    ],
    mailagent_key: 'sample',
    webhook_request_id: `sample-${id}`,
  };
}
