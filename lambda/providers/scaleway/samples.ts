import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Scaleway TEM posts them, one of each type. */

const SAMPLES: ReadonlyMap<EventType, Fields> = new Map<EventType, Fields>([
  ['accepted', { type: 'email_queued' }],
  ['delivered', { type: 'email_delivered', email_response_code: 250, email_response_message: '250 2.0.0 OK' }],
  [
    'deferred',
    { type: 'email_deferred', email_response_code: 421, email_response_message: '421 4.7.0 try again later' },
  ],
  [
    'bounced',
    { type: 'email_mailbox_not_found', email_response_code: 550, email_response_message: '550 5.1.1 User unknown' },
  ],
  [
    'dropped',
    { type: 'email_blocklisted', blocklist_type: 'mailbox_not_found', blocklist_reason: 'mailbox not found' },
  ],
]);

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const sample = SAMPLES.get(type);
  return (
    sample && {
      id: `event-${id}`,
      ...sample,
      created_at: new Date(at).toISOString(),
      domain_name: 'example.com',
      email_id: `email-${id}`,
      email_from: 'sender@example.com',
      email_to: recipient,
      email_headers: [],
    }
  );
}
