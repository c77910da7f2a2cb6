import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Lettermint posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, readonly [string, Fields?]>>> = {
  accepted: ['sent'],
  delivered: ['delivered', { response: { status_code: 250, enhanced_status_code: '2.0.0', content: 'OK' } }],
  bounced: [
    'hard_bounced',
    { response: { status_code: 550, enhanced_status_code: '5.1.1', content: '550 5.1.1 user unknown' } },
  ],
  dropped: ['suppressed'],
  opened: ['opened', { user_agent: 'Mozilla/5.0' }],
  clicked: ['clicked', { user_agent: 'Mozilla/5.0', destination_url: 'https://example.com/offer' }],
  complained: ['spam_complaint'],
  unsubscribed: ['unsubscribed'],
  inbound: ['inbound', { from: { email: 'bob@example.org' }, subject: 'Sample' }],
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const [name, more] = SAMPLES[type] ?? [];
  const data = { message_id: `message-${id}`, recipient, metadata: {}, tag: 'sample', ...more };
  if (name === undefined) return undefined;
  return { id: `sample-${id}`, event: `message.${name}`, timestamp: new Date(at).toISOString(), data };
}
