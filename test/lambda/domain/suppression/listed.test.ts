import { describe, expect, test } from '@jest/globals';
import { interpreter, type Normaliser } from '../../../../lambda/domain/interpret.ts';
import { LISTED } from '../../../../lambda/domain/suppression/listed.ts';

/** Entries of an ESP's own list, as they are read from its API or its export. */

const provider: Normaliser<unknown> = {
  id: 'toy',
  normalise: () => {
    throw new Error('no webhook');
  },
};
const ARRIVAL = { receivedAt: '2026-05-04T10:00:01.000Z', requestId: 'r1' };
const ENTRY = {
  list: 'bounces',
  address: 'Ada@Example.com',
  reason: 'hard_bounce',
  id: 'e1',
  at: Date.parse('2026-05-01T00:00:00.000Z'),
  since: '2026-05-01',
  part: 'eu',
};
const meaning = (raw: string) => interpreter('shop', { provider, options: {} })(raw, { [LISTED]: '1' }, ARRIVAL);
function event(over: object = {}) {
  const found = meaning(JSON.stringify({ ...ENTRY, ...over }));
  if ('poison' in found) throw new Error(found.poison);
  return found.events[0];
}

describe('an entry of a list', () => {
  test('is "dropped, on our list", whoever the ESP is', () => {
    expect(event()).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'dropped',
      dropReason: 'suppressed-bounce',
      providerEvent: 'list/bounces',
      providerEventId: 'e1',
      source: 'shop',
      provider: 'toy',
      recipient: 'ada@example.com',
      occurredAt: '2026-05-01T00:00:00.000Z',
      ...ARRIVAL,
    });
  });

  test.each([
    ['hard_bounce', 'suppressed-bounce'],
    ['complaint', 'suppressed-complaint'],
    ['unsubscribe', 'suppressed-unsubscribe'],
    ['manual', 'suppressed-unknown'],
    ['what nobody knows', 'suppressed-unknown'],
    [undefined, 'suppressed-unknown'],
  ])('for %s: %s', (reason, dropReason) => {
    expect(event({ reason })).toMatchObject({ dropReason });
  });

  test('has a scope where somebody unsubscribed: of one list, else of all', () => {
    expect(event({ reason: 'unsubscribe', scope: 'list:7' })?.scope).toBe('shop:list:7');
    expect(event({ reason: 'unsubscribe' })?.scope).toBe('all');
    expect(event({ scope: 'list:7' })).not.toHaveProperty('scope');
  });

  test('keeps the fingerprint that the first version gave it: told again after an upgrade it must not count twice', () => {
    expect(event()?.fingerprint).toBe('faa6cdf54bc2df974e1ee328da110f35');
  });

  test('is the same when it is read again, and another where list, part, person, reason or beginning differ', () => {
    const again = event({ id: 'e2', at: 0 })?.fingerprint;
    expect(again).toBe(event()?.fingerprint);
    const others = [
      { list: 'blocks' },
      { part: 'us' },
      { address: 'bob@example.com' },
      { reason: 'manual' },
      { since: 'x' },
    ];
    expect(new Set([again, ...others.map((over) => event(over)?.fingerprint)]).size).toBe(6);
  });

  test.each([
    [{ list: undefined }, 'The list entry names no list or no address.'],
    [{ address: '' }, 'The list entry names no list or no address.'],
  ])('that says %j is poison', (over, poison) => {
    expect(meaning(JSON.stringify({ ...ENTRY, ...over }))).toEqual({ poison });
  });

  test('that is no JSON is poison, and not quoted', () => {
    expect(meaning('{"address":"ada@example.com"')).toEqual({
      poison: 'The list entry is not JSON at offset 28.',
    });
  });
});
