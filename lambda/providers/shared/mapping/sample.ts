import type { EventType } from '../../../domain/event/event.ts';
import { type Fields, fields } from '../../../domain/read.ts';
import type { SampleInput } from '../../provider.ts';
import type { Mapping } from './mapping.ts';
import { PLACES, type Place } from './places.ts';

/** A sample event: each fact where this source looks for it, at `usual` where the settings do not say. */
export function mappedSample(
  { type, recipient, at, id, options }: SampleInput<Mapping>,
  usual: (place: Place) => string,
): Fields | undefined {
  const sample = SAMPLE_FACTS.get(type);
  if (!sample) return undefined;
  const own = Object.entries(options.types).find(
    ([, means]) => (typeof means === 'string' ? means : means.type) === type,
  );
  const told: Partial<Record<Place, unknown>> = {
    ...sample,
    ...(own && { type: own[0] }),
    time: new Date(at).toISOString(),
    recipient,
    messageId: `<${id}@example.com>`,
    id: `evt_${id}`,
    metadata: { sample: 'true' },
  };
  const event = {};
  for (const [place, value] of Object.entries(told) as [Place, unknown][])
    put(event, options.paths[place]?.[0] ?? usual(place), value);
  return event;
}

function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inner = { ...fields(Object.hasOwn(into, name) ? into[name] : undefined) };
  put(inner, rest.join('.'), value);
  into[name] = inner;
}

/** Where the first guide to webhooks puts each fact. */
export const usualPlace = (place: Place): string => PLACES[place][0];

const SAMPLE_FACTS: ReadonlyMap<EventType, Partial<Record<Place, string>>> = new Map<
  EventType,
  Partial<Record<Place, string>>
>([
  ['accepted', { type: 'email.sent' }],
  ['delivered', { type: 'email.delivered' }],
  ['deferred', { type: 'email.deferred', reason: '421 4.7.0 Try again later' }],
  ['bounced', { type: 'email.bounced', bounceType: 'hard', reason: '550 5.1.1 User unknown' }],
  ['dropped', { type: 'email.dropped', reason: 'On a suppression list' }],
  ['opened', { type: 'email.opened', userAgent: 'Mozilla/5.0', ip: '192.0.2.1' }],
  ['clicked', { type: 'email.clicked', url: 'https://example.com/offer' }],
  ['complained', { type: 'email.complained' }],
  ['unsubscribed', { type: 'email.unsubscribed' }],
  ['resubscribed', { type: 'email.resubscribed' }],
  ['inbound', { type: 'email.inbound', from: 'grace@example.org', subject: 'Sample' }],
]);
