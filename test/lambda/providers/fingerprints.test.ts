import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'valibot';
import type { EventType } from '../../../lambda/domain/event/event.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { arrival, asRequest } from '../../support/providers/contract.ts';

/**
 * What makes two deliveries one event must never change: an event that is delivered again after a new version would count twice. The file
 * holds the fingerprint of each sample as the first version computed it. A provider or a type that is not in it yet adds a line; no line
 * is ever altered.
 */
const KEPT = JSON.parse(readFileSync(new URL('fingerprints.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Partial<Record<EventType, string>>>>
>;

test.each(Object.entries(KEPT))('%s: an event keeps its fingerprint, whatever becomes of the mapping', (id, kept) => {
  const provider = PROVIDERS.get(id);
  if (!provider) throw new Error(`${id} is gone`);
  const options = parse(provider.options, {});
  const { signingKey } = provider.generateKey();
  const common = { recipient: 'ada@example.com', at: Date.UTC(2026, 4, 4, 10), id: 'a1b2c3d4', signingKey, options };
  const prints = (Object.keys(kept) as EventType[]).map((type) => {
    const sample = provider.sample({ type, ...common, webhookUrl: 'https://example.com/webhooks/v1/x' });
    if (!sample) throw new Error(`no sample of ${type}`);
    const { events, meta = {} } = provider.split(asRequest(sample), options);
    const drafts = events.flatMap((raw) => provider.normalise(raw, { options, meta }));
    return [type, drafts.map((draft) => normalisedEvent(draft, arrival(id)).fingerprint).join()];
  });
  expect(Object.fromEntries(prints)).toEqual(kept);
});
