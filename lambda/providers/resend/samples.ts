import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

const CONTACT = { id: 'sample', audience_id: 'sample', segment_ids: [], first_name: 'Sample' };

const SAMPLES: ReadonlyMap<EventType, readonly [string, Fields]> = new Map<EventType, readonly [string, Fields]>([
  ['accepted', ['email.sent', {}]],
  ['delivered', ['email.delivered', {}]],
  ['deferred', ['email.delivery_delayed', {}]],
  [
    'bounced',
    ['email.bounced', { bounce: { type: 'Permanent', subType: 'NoEmail', message: '550 5.1.1 User unknown' } }],
  ],
  [
    'dropped',
    ['email.suppressed', { suppressed: { type: 'OnAccountSuppressionList', message: 'On the suppression list.' } }],
  ],
  ['complained', ['email.complained', {}]],
  ['opened', ['email.opened', {}]],
  [
    'clicked',
    [
      'email.clicked',
      { click: { link: 'https://example.com/offer', ipAddress: '192.0.2.1', userAgent: 'Mozilla/5.0' } },
    ],
  ],
  ['unsubscribed', ['contact.updated', { ...CONTACT, unsubscribed: true }]],
  ['resubscribed', ['contact.updated', { ...CONTACT, unsubscribed: false }]],
  ['inbound', ['email.received', { from: 'Grace <grace@example.org>', subject: 'Sample', cc: [], bcc: [] }]],
]);

/** One event of each type as Resend sends it. */
export function resendSample({ type, recipient: to, at, id }: SampleInput<unknown>): Fields | undefined {
  const sample = SAMPLES.get(type);
  if (!sample) return undefined;
  const [word, about] = sample;
  const created = new Date(at).toISOString();
  const mail = {
    email_id: id,
    from: 'Sample <sender@example.com>',
    to: [to],
    subject: 'Sample',
    tags: { kind: 'sample' },
  };
  const data = word.startsWith('contact.') ? { ...about, email: to } : { ...mail, ...about };
  return { type: word, created_at: created, data: { created_at: created, ...data } };
}
