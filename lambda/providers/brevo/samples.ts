import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Brevo posts them, one of each type. */

const SAMPLES: ReadonlyMap<EventType, Fields> = new Map<EventType, Fields>([
  ['accepted', { event: 'request' }],
  ['delivered', { event: 'delivered' }],
  ['deferred', { event: 'deferred', reason: '421 4.7.0 try again later' }],
  ['bounced', { event: 'hard_bounce', reason: '550 5.1.1 user unknown' }],
  ['dropped', { event: 'blocked', reason: 'blocked : due to blacklist user' }],
  ['opened', { event: 'unique_opened' }],
  ['clicked', { event: 'click', link: 'https://example.com/offer' }],
  ['complained', { event: 'complaint' }],
  ['unsubscribed', { event: 'unsubscribed' }],
]);

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  if (type === 'inbound') {
    const mail = { MessageId: `<${id}@example.net>`, From: { Address: 'bob@example.net' }, Subject: 'Hello' };
    return { items: [{ ...mail, Recipients: [recipient], SentAtDate: new Date(at).toUTCString() }] };
  }
  const event = SAMPLES.get(type);
  return (
    event && {
      id: 9999999,
      email: recipient,
      ...event,
      ts_epoch: at,
      'message-id': `<${id}@smtp-relay.example.com>`,
      subject: 'Sample',
      tags: ['sample'],
      tag: '["sample"]',
    }
  );
}
