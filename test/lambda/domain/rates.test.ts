import { expect, test } from '@jest/globals';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { rateCount, rounded } from '../../../lambda/domain/rates.ts';

/** What counts in the rates of a sender, and how much. */

test.each<[Partial<NormalisedEvent>, ReturnType<typeof rateCount>]>([
  [{ type: 'delivered' }, ['delivered', 1]],
  [{ type: 'bounced', bounceClass: 'hard' }, ['hard', 1]],
  [{ type: 'bounced', bounceClass: 'soft' }, ['soft', 1]],
  [{ type: 'bounced', bounceClass: 'block' }, ['block', 1]],
  [{ type: 'bounced' }, ['undetermined', 1]],
  [{ type: 'complained' }, ['complained', 1]],
  [{ type: 'complained', candidates: 4 }, ['complained', 1 / 4]],
  // What an ESP's list says again was counted when it happened.
  [{ type: 'complained', echo: true }, undefined],
  [{ type: 'accepted' }, undefined],
  [{ type: 'dropped' }, undefined],
  [{ type: 'opened' }, undefined],
])('%j counts as %j', (event, counted) => {
  expect(rateCount(event as NormalisedEvent)).toEqual(counted);
});

test('three shares of one complaint are one, and a millionth is still told', () => {
  expect(rounded(1 / 3 + 1 / 3 + 1 / 3)).toBe(1);
  expect(rounded(0.1 + 0.2)).toBe(0.3);
  expect([rounded(2.000001), rounded(2.0000004)]).toEqual([2.000001, 2]);
});
