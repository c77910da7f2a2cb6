import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as MailerSend posts them, one of each type. */

const SAMPLES: ReadonlyMap<EventType, readonly [string, Fields]> = new Map<EventType, readonly [string, Fields]>([
  ['accepted', ['activity.sent', {}]],
  ['delivered', ['activity.delivered', {}]],
  ['deferred', ['activity.deferred', { reason: '421 4.7.0 try again later' }]],
  ['bounced', ['activity.hard_bounced', { reason: '550 5.1.1 user unknown' }]],
  ['dropped', ['recipient.on_hold_added', {}]],
  ['opened', ['activity.opened', { ip: '192.0.2.1' }]],
  ['clicked', ['activity.clicked', { ip: '192.0.2.1', url: 'https://example.com/offer' }]],
  ['complained', ['activity.spam_complaint', {}]],
  ['unsubscribed', ['activity.unsubscribed', {}]],
]);

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  if (type === 'inbound') return inbound(recipient, new Date(at).toISOString(), id);
  const [word, data] = SAMPLES.get(type) ?? [];
  const mail = { message_id: id, email_id: `${id}e`, subject: 'Sample', email: recipient, tags: ['sample'], meta: [] };
  return word === undefined
    ? undefined
    : {
        type: word,
        created_at: new Date(at).toISOString().replace('Z', '000Z'),
        data: { id: `sample${id}`, domain_id: 'yv69oxl5kl785kw2', type: word.split('.')[1], ...mail, ...data },
      };
}

const inbound = (recipient: string, created_at: string, id: string): Fields => ({
  type: 'inbound.message',
  created_at,
  data: {
    object: 'message',
    id: `sample${id}`,
    created_at,
    recipients: { rcptTo: [{ email: recipient }] },
    from: { email: 'bob@example.net', name: 'Bob' },
    subject: 'Hello',
    headers: { 'Message-ID': `<${id}@example.net>` },
  },
});
