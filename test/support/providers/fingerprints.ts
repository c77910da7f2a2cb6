import { readFileSync, writeFileSync } from 'node:fs';
import { safeParse } from 'valibot';
import type { EventType, NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { KeyPair, Provider } from '../../../lambda/providers/provider.ts';
import { asRequest } from './sample-request.ts';

/**
 * The fingerprint of each sample, as the first version computed it, and what the event shows that it becomes. Run this file to add what is
 * missing: no line of the fingerprints is ever altered; what is shown is written anew, and read by whoever changed it.
 */

const FILE = new URL('../../lambda/providers/fingerprints.json', import.meta.url);
const SHOWN = new URL('../../lambda/providers/shown.json', import.meta.url);
type Prints = Readonly<Partial<Record<EventType, string>>>;

export const readShown = (): Readonly<Record<string, Prints>> =>
  JSON.parse(readFileSync(SHOWN, 'utf8')) as Readonly<Record<string, Prints>>;

export const readPrints = (): Readonly<Record<string, Prints>> =>
  JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, Prints>>;

/** One for all samples of a provider: an RSA key costs a tenth of a second. */
const keys = new Map<string, KeyPair>();
function keyOf(provider: Provider<unknown>): KeyPair {
  const key = keys.get(provider.id) ?? provider.generateKey();
  keys.set(provider.id, key);
  return key;
}

/** Of the sample of one type, as this version computes it. */
export const printOf = (provider: Provider<unknown>, type: EventType): string =>
  eventsOf(provider, type)
    .map(({ fingerprint }) => fingerprint)
    .join();

/** The ESP's word for the sample of one type, and the members of the event that it becomes, beside those that every event has. */
export const shownBy = (provider: Provider<unknown>, type: EventType): string =>
  eventsOf(provider, type)
    .map((event) => {
      const names = Object.keys(event).filter((name) => !ALWAYS.has(name));
      return `${event.providerEvent}: ${names.sort().join(' ')}`;
    })
    .join();

const ALWAYS = new Set([
  'fingerprint',
  'type',
  'source',
  'provider',
  'providerEvent',
  'receivedAt',
  'recipient',
  'occurredAt',
]);

function eventsOf(provider: Provider<unknown>, type: EventType): NormalisedEvent[] {
  const options = safeParse(provider.options, provider.minimalOptions ?? {}).output;
  const about = { recipient: 'ada@example.com', at: Date.UTC(2026, 4, 4, 10), id: 'a1b2c3d4' };
  const { signingKey } = keyOf(provider);
  const webhookUrl = 'https://example.com/webhooks/v1/x';
  const sample = provider.sample({ type, ...about, signingKey, options, webhookUrl });
  if (!sample) throw new Error(`${provider.id}: no sample of ${type}`);
  const { events, meta = {} } = provider.split(asRequest(sample), options);
  const arrival = {
    source: provider.id,
    provider: provider.id,
    dedupeGroup: provider.id,
    receivedAt: '2026-05-04T10:00:01.000Z',
  };
  const drafts = events.flatMap((raw) => provider.normalise(raw, { options, meta }));
  return drafts.map((draft) => normalisedEvent(draft, arrival));
}

if (import.meta.main) {
  const kept = readPrints();
  const all = [...PROVIDERS.values()].map((provider) => {
    const missing = provider.emits.filter((type) => kept[provider.id]?.[type] === undefined);
    return [
      provider.id,
      { ...kept[provider.id], ...Object.fromEntries(missing.map((type) => [type, printOf(provider, type)])) },
    ];
  });
  writeFileSync(FILE, `${JSON.stringify({ ...kept, ...Object.fromEntries(all) }, undefined, 2)}\n`);
  const shown = [...PROVIDERS.values()].map((provider) => [
    provider.id,
    Object.fromEntries(provider.emits.map((type) => [type, shownBy(provider, type)])),
  ]);
  writeFileSync(SHOWN, `${JSON.stringify(Object.fromEntries(shown), undefined, 2)}\n`);
}
