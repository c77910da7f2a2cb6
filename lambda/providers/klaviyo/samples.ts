import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Klaviyo posts them, one of each type. */

const SAMPLES: ReadonlyMap<EventType, readonly [string, Fields?]> = new Map([
  ['delivered', ['received_email']],
  ['opened', ['opened_email', { 'Apple Privacy Open': false }]],
  ['clicked', ['clicked_email', { URL: 'https://example.com/offer' }]],
  ['bounced', ['bounced_email', { 'Bounce Type': 'Hard' }]],
  ['dropped', ['dropped_email']],
  ['complained', ['marked_email_as_spam']],
  ['unsubscribed', ['unsubscribed_from_email_marketing']],
  ['resubscribed', ['subscribed_to_email_marketing']],
]);

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const [topic, event_properties = {}] = SAMPLES.get(type) ?? [];
  const datetime = new Date(at).toISOString();
  if (topic === undefined) return undefined;
  return {
    external_id: `sample-${id}`,
    topic: `event:klaviyo.${topic}`,
    payload: {
      data: { type: 'event', id, attributes: { timestamp: Math.floor(at / 1000), datetime, event_properties } },
      included: [{ type: 'profile', id, attributes: { email: recipient } }],
    },
  };
}
