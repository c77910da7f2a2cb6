import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Customer.io posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, readonly [string, string, Fields?]>>> = {
  accepted: ['email', 'sent'],
  delivered: ['email', 'delivered'],
  deferred: ['email', 'attempted', { failure_message: '421 4.7.0 try again later' }],
  bounced: ['email', 'bounced', { failure_message: '550 5.1.1 user unknown' }],
  dropped: ['email', 'dropped'],
  opened: ['email', 'opened'],
  clicked: ['email', 'clicked', { href: 'https://example.com/offer', link_id: '1' }],
  complained: ['email', 'spammed'],
  unsubscribed: ['email', 'unsubscribed'],
  resubscribed: ['customer', 'subscribed'],
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const [object_type, metric, more] = SAMPLES[type] ?? [];
  if (object_type === undefined) return undefined;
  return {
    event_id: `sample-${id}`,
    object_type,
    metric,
    timestamp: Math.floor(at / 1000),
    data: {
      customer_id: id,
      identifiers: { id, email: recipient },
      ...(object_type === 'email' && { delivery_id: `delivery-${id}`, recipient, subject: 'Sample' }),
      ...more,
    },
  };
}
