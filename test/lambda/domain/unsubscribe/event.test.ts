import { describe, expect, test } from '@jest/globals';
import { UNSUBSCRIBE_SOURCE } from '../../../../lambda/contract/unsubscribe.ts';
import { BUILT_IN, interpreter, type Reading } from '../../../../lambda/domain/interpret.ts';
import { type Wish, wishEvent } from '../../../../lambda/domain/unsubscribe/event.ts';

const read = interpreter(UNSUBSCRIBE_SOURCE, BUILT_IN.get(UNSUBSCRIBE_SOURCE) as Reading<unknown>);
const receivedAt = '2026-01-01T00:00:09.500Z';
const claims = { address: 'ada@example.com', scope: 'shop:list:weekly', issuedAt: 1_767_225_600 };
const AT = Date.parse('2026-03-04T05:06:07.890Z');
const meaning = (raw: string) => read(raw, {}, { receivedAt });
const eventOf = (wish: Wish, at = AT, scope = claims.scope) => {
  const found = meaning(wishEvent(wish, 'one-click', { ...claims, scope }, at));
  if ('poison' in found) throw new Error(found.poison);
  return found.events[0];
};

describe('a wish as an event', () => {
  test('in full', () => {
    expect(eventOf('unsubscribe')).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'unsubscribed',
      source: 'quell-unsubscribe',
      provider: 'quell-unsubscribe',
      providerEvent: 'one-click',
      recipient: 'ada@example.com',
      scope: 'shop:list:weekly',
      occurredAt: '2026-03-04T05:06:07.000Z',
      receivedAt,
      metadata: { linkIssuedAt: '2026-01-01T00:00:00Z' },
    });
    expect(eventOf('resubscribe', AT, 'all')).toMatchObject({ type: 'resubscribed', scope: 'all' });
  });

  test('keeps the fingerprint that the first version gave it: replayed after an upgrade it must not count twice', () => {
    expect(eventOf('unsubscribe')?.fingerprint).toBe('f1b93b31b157f638df04ee9892330713');
  });

  test('said twice within a second it counts once; later, of another list, or the other way round it is another', () => {
    const same = eventOf('unsubscribe', AT - 800)?.fingerprint;
    expect(eventOf('unsubscribe')?.fingerprint).toBe(same);
    const others = [eventOf('unsubscribe', AT + 1000), eventOf('resubscribe'), eventOf('unsubscribe', AT, 'all')];
    expect(new Set([same, ...others.map((event) => event?.fingerprint)]).size).toBe(4);
  });
});

test('of a wish that says only what it must: everything, by no known way, from a link of no known age', () => {
  const found = meaning('{"wish":"resubscribe","recipient":"ada@example.com","at":"2026-03-04T05:06:07Z"}');
  if ('poison' in found) throw new Error(found.poison);
  expect(found.events[0]).toMatchObject({ type: 'resubscribed', providerEvent: 'resubscribe', scope: 'all' });
  expect(found.events[0]).not.toHaveProperty('metadata');
});

test.each([
  '',
  'x',
  '{}',
  '{"wish":"erase","recipient":"a@b.example","at":"2026-03-04T05:06:07Z"}',
  '{"wish":"unsubscribe"}',
])('poison: %s', (raw) => expect(meaning(raw)).toHaveProperty('poison'));
