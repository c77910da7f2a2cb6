import { expect, test } from '@jest/globals';
import type { Address, EpochMs, EpochSeconds, Iso } from '../../../lambda/contract/units.ts';

test('one unit does not stand where another is asked for: the compiler says so', () => {
  const now: EpochMs = Date.now();
  const today: Iso = new Date(now).toISOString();
  const ends = (seconds: EpochSeconds): number => seconds;
  const owner = (address: Address): string => address;
  // @ts-expect-error milliseconds where seconds are asked for
  expect(ends(now)).toBe(now);
  // @ts-expect-error a time where a person is asked for
  expect(owner(today)).toBe(today);
  // Arithmetic and what people write are plain, and fit.
  expect(ends(now / 1000)).toBeLessThan(now);
  expect(owner('ada@example.com')).toBe('ada@example.com');
});
