import { expect, test } from '@jest/globals';
import type { EventType } from '../../../lambda/domain/event/event.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { printOf, readPrints, readShown, shownBy } from '../../support/providers/fingerprints.ts';

/**
 * What makes two deliveries one event must never change: an event that is delivered again after a new version would count twice. The file
 * holds the fingerprint of each sample as the first version computed it. A provider or a type that is not in it yet adds a line; no line
 * is ever altered.
 */
const KEPT = readPrints();

test.each(Object.entries(KEPT))('%s: an event keeps its fingerprint, whatever becomes of the mapping', (id, kept) => {
  const provider = PROVIDERS.get(id);
  if (!provider) throw new Error(`${id} is gone`);
  const prints = (Object.keys(kept) as EventType[]).map((type) => [type, printOf(provider, type)]);
  expect(Object.fromEntries(prints)).toEqual(kept);
});

test('every type of every provider is kept (to add lines: npm exec node -- test/support/providers/fingerprints.ts)', () => {
  const missing = [...PROVIDERS.values()].flatMap(({ id, emits }) =>
    emits.filter((type) => KEPT[id]?.[type] === undefined).map((type) => `${id} ${type}`),
  );
  expect(missing).toEqual([]);
});

/**
 * Whoever tries a source sees in the event what its ESP says. A member that is read no more, or that the sample lost, shows here; one that is
 * new is written by the same command, and is to be looked at.
 */
test.each([...PROVIDERS])('%s: what the sample of each type shows of what the ESP says', (id, provider) => {
  expect(Object.fromEntries(provider.emits.map((type) => [type, shownBy(provider, type)]))).toEqual(readShown()[id]);
});
