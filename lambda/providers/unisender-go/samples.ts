import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';
import { textTime } from '../shared/samples.ts';

/** Events as Unisender Go posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, readonly [string, Fields?]>>> = {
  accepted: ['sent'],
  delivered: ['delivered'],
  deferred: ['soft_bounced', { delivery_status: 'err_will_retry', destination_response: '421 4.7.0 try again later' }],
  bounced: ['hard_bounced', { delivery_status: 'err_user_unknown', destination_response: '550 5.1.1 user unknown' }],
  dropped: ['hard_bounced', { delivery_status: 'err_unsubscribed' }],
  opened: ['opened', { user_agent: 'Mozilla/5.0', ip: '192.0.2.1' }],
  clicked: ['clicked', { user_agent: 'Mozilla/5.0', ip: '192.0.2.1' }],
  complained: ['spam'],
  unsubscribed: ['unsubscribed'],
  resubscribed: ['subscribed'],
};

export function sampleData({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const [status, delivery_info] = SAMPLES[type] ?? [];
  if (status === undefined) return undefined;
  return {
    job_id: id,
    email: recipient,
    status,
    event_time: textTime(at),
    ...(status === 'clicked' && { url: 'https://example.com/offer' }),
    ...(delivery_info && { delivery_info }),
  };
}
