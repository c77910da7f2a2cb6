import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Mailtrap posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, Fields>>> = {
  delivered: { event: 'delivery' },
  deferred: { event: 'soft bounce', response: '421 4.7.0 try again later', response_code: 421 },
  bounced: { event: 'bounce', response: '550 5.1.1 user unknown', response_code: 550, bounce_category: 'bad-mailbox' },
  dropped: { event: 'reject', reason: 'Recipient in suppression list' },
  opened: { event: 'open', ip: '192.0.2.1', user_agent: 'Mozilla/5.0' },
  clicked: { event: 'click', ip: '192.0.2.1', user_agent: 'Mozilla/5.0', url: 'https://example.com/offer' },
  complained: { event: 'spam' },
  unsubscribed: { event: 'unsubscribe' },
  inbound: { event: 'inbound.message_received', inbox_id: 7 },
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const event = SAMPLES[type];
  return (
    event && {
      ...event,
      event_id: `sample-${id}`,
      message_id: `message-${id}`,
      email: recipient,
      timestamp: Math.floor(at / 1000),
      sending_stream: 'transactional',
      category: 'sample',
    }
  );
}
