import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';
import { textTime } from '../shared/samples.ts';

/** Events as SMTP2GO posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, Fields>>> = {
  accepted: { event: 'processed' },
  delivered: { event: 'delivered', message: '250 2.0.0 OK' },
  bounced: { event: 'bounce', bounce: 'hard', message: '550 5.1.1 user unknown', host: 'mx.example.com' },
  dropped: { event: 'reject' },
  opened: { event: 'open', 'user-agent': 'Mozilla/5.0', 'client-device': 'desktop' },
  clicked: { event: 'click', 'user-agent': 'Mozilla/5.0', url: 'https://example.com/offer' },
  complained: { event: 'spam' },
  unsubscribed: { event: 'unsubscribe' },
  resubscribed: { event: 'resubscribe' },
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const event = SAMPLES[type];
  const time = textTime(at);
  return event && { ...event, time, sendtime: time, email_id: id, rcpt: recipient, sender: 'news@example.com' };
}
