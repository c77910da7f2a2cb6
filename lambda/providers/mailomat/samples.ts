import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Mailomat posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, readonly [string, Fields]>>> = {
  accepted: ['accepted', {}],
  delivered: ['delivered', {}],
  deferred: ['failure_tmp', { reason: '421 4.7.0 try again later' }],
  bounced: ['failure_perm', { reason: '550 5.1.1 user unknown' }],
  dropped: ['not_accepted', { reason: 'Sender is not verified' }],
  opened: ['opened', {}],
  clicked: ['clicked', { url: 'https://example.com/offer' }],
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const [eventType, payload] = SAMPLES[type] ?? [];
  if (eventType === undefined) return undefined;
  return {
    id: `sample-${id}`,
    eventType,
    occurredAt: new Date(at).toISOString(),
    messageUuid: `message-${id}`,
    messageId: `${id}@example.com`,
    recipient,
    payload,
  };
}
