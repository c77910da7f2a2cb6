import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Loops posts them, one of each type. */

const SAMPLES: ReadonlyMap<EventType, Fields> = new Map<EventType, Fields>([
  ['accepted', { eventName: 'transactional.email.sent' }],
  ['delivered', { eventName: 'email.delivered' }],
  ['deferred', { eventName: 'email.softBounced' }],
  ['bounced', { eventName: 'email.hardBounced' }],
  ['opened', { eventName: 'email.opened' }],
  ['clicked', { eventName: 'email.clicked' }],
  ['complained', { eventName: 'email.spamReported' }],
  ['unsubscribed', { eventName: 'contact.mailingList.unsubscribed', mailingList: { id: 'sample', name: 'Sample' } }],
  ['resubscribed', { eventName: 'contact.mailingList.subscribed', mailingList: { id: 'sample', name: 'Sample' } }],
]);

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const sample = SAMPLES.get(type);
  return (
    sample && {
      ...sample,
      eventTime: Math.floor(at / 1000),
      webhookSchemaVersion: '1.0.0',
      contactIdentity: { id: 'sample', email: recipient, userId: null },
      email: { id, emailMessageId: `${id}-message`, subject: 'Sample' },
      sourceType: 'transactional',
      transactionalId: 'sample',
    }
  );
}
