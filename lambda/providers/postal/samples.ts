import type { EpochMs } from '../../contract/units.ts';
import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Postal posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, readonly [string, Fields]>>> = {
  delivered: ['MessageSent', { status: 'Sent', details: 'Message for ... accepted', output: '250 2.0.0 OK' }],
  deferred: ['MessageDelayed', { status: 'SoftFail', output: '421 4.7.0 try again later' }],
  bounced: ['MessageDeliveryFailed', { status: 'HardFail', output: '550 5.1.1 user unknown' }],
  dropped: ['MessageHeld', { status: 'Held', details: 'Recipient is on the suppression list' }],
  opened: ['MessageLoaded', { ip_address: '192.0.2.1', user_agent: 'Mozilla/5.0' }],
  clicked: ['MessageLinkClicked', { url: 'https://example.com/offer', ip_address: '192.0.2.1' }],
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  if (type === 'inbound') return inbound(recipient, at, id);
  const [event, payload] = SAMPLES[type] ?? [];
  const message = { id: 1, token: id, direction: 'outgoing', message_id: `${id}@example.com`, to: recipient };
  if (event === undefined) return undefined;
  return { event, timestamp: at / 1000, uuid: `sample-${id}`, payload: { ...payload, message } };
}

/** A mail on an HTTP endpoint: the message itself, without an event around it. */
const inbound = (rcpt_to: string, at: EpochMs, id: string): Fields => ({
  id: 1,
  token: id,
  rcpt_to,
  mail_from: 'bob@example.net',
  from: 'bob@example.net',
  to: rcpt_to,
  subject: 'Hello',
  message_id: `${id}@example.net`,
  timestamp: at / 1000,
});
