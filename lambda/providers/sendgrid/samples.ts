import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as SendGrid posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, Fields>>> = {
  accepted: { event: 'processed' },
  delivered: { event: 'delivered', response: '250 2.0.0 OK' },
  deferred: { event: 'deferred', response: '421 4.7.0 try again later', attempt: '2' },
  bounced: {
    event: 'bounce',
    type: 'bounce',
    status: '5.1.1',
    reason: '550 5.1.1 The email account that you tried to reach does not exist.',
    bounce_classification: 'Invalid Address',
  },
  dropped: { event: 'dropped', reason: 'Bounced Address' },
  opened: { event: 'open', useragent: 'Mozilla/5.0', ip: '192.0.2.1', sg_machine_open: false },
  clicked: {
    event: 'click',
    useragent: 'Mozilla/5.0',
    ip: '192.0.2.1',
    url: 'https://example.com/offer',
    url_offset: { index: 0, type: 'html' },
  },
  complained: { event: 'spamreport' },
  unsubscribed: { event: 'group_unsubscribe', asm_group_id: 42 },
  resubscribed: { event: 'group_resubscribe', asm_group_id: 42 },
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const event = SAMPLES[type];
  return (
    event && {
      email: recipient,
      timestamp: Math.floor(at / 1000),
      ...event,
      sg_event_id: `sample-${id}`,
      sg_message_id: `${id}.filter0001.1.1-0`,
      category: ['sample'],
    }
  );
}
