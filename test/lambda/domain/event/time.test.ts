import { expect, test } from '@jest/globals';
import { countedAt } from '../../../../lambda/domain/event/time.ts';

test.each([
  ['2026-05-04T09:00:00.000Z', undefined, '2026-05-04T09:00:00.000Z'],
  ['2026-05-04T10:05:00.000Z', undefined, '2026-05-04T10:05:00.000Z'],
  ['2026-05-04T10:05:00.001Z', undefined, '2026-05-04T10:05:00.000Z'],
  ['2027-05-04T10:00:00.000Z', undefined, '2026-05-04T10:05:00.000Z'],
  ['2026-05-04T10:00:00.001Z', 0, '2026-05-04T10:00:00.000Z'],
])('%s, received at 10:00, counts (ahead by at most %s ms) at %s', (occurredAt, ahead, counted) => {
  expect(countedAt(occurredAt, '2026-05-04T10:00:00.000Z', ahead)).toBe(counted);
});
