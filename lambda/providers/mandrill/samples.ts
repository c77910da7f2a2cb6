import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Mandrill (Mailchimp Transactional) posts them, one of each type. */

const SAMPLES: ReadonlyMap<EventType, readonly [event: Fields, message: Fields]> = new Map<
  EventType,
  readonly [Fields, Fields]
>([
  ['accepted', [{ event: 'send' }, { state: 'sent' }]],
  ['delivered', [{ event: 'delivered' }, { state: 'sent', diag: '250 OK' }]],
  [
    'deferred',
    [{ event: 'deferral' }, { state: 'deferred', diag: '451 4.3.5 Temporarily unavailable, try again later.' }],
  ],
  [
    'bounced',
    [
      { event: 'hard_bounce' },
      { state: 'bounced', bounce_description: 'bad_mailbox', diag: 'smtp;550 5.1.1 user unknown' },
    ],
  ],
  ['dropped', [{ event: 'reject' }, { state: 'rejected', reject: { reason: 'hard-bounce' } }]],
  ['opened', [{ event: 'open', ip: '192.0.2.1', user_agent: 'Mozilla/5.0' }, { state: 'sent' }]],
  [
    'clicked',
    [
      { event: 'click', ip: '192.0.2.1', user_agent: 'Mozilla/5.0', url: 'https://example.com/a+b&c=ü' },
      { state: 'sent' },
    ],
  ],
  ['complained', [{ event: 'spam' }, { state: 'spam' }]],
  ['unsubscribed', [{ event: 'unsub' }, { state: 'unsub' }]],
  ['inbound', [{ event: 'inbound' }, { from_email: 'bob@example.net', subject: 'Hello' }]],
]);

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  if (type === 'resubscribed') {
    const reject = { email: recipient, reason: 'unsub', subaccount: null };
    return { type: 'denylist', action: 'remove', ts: Math.floor(at / 1000), reject };
  }
  const [event, message] = SAMPLES.get(type) ?? [];
  const mail = {
    email: recipient,
    sender: 'news@example.com',
    subject: 'Sample',
    tags: ['sample'],
    _id: id,
    ts: at / 1000 - 60,
  };
  return event && { ...event, _id: id, ts: Math.floor(at / 1000), msg: { ...mail, ...message } };
}
