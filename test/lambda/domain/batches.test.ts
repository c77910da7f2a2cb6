import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunks, inParallel, packed } from '../../../lambda/domain/batches.ts';

describe('packing', () => {
  test('property: nothing is lost or reordered; no group is over a limit but one of a single item; none could take the next', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 }), (items, most, bytes) => {
        const groups = packed(items, (size) => size, { most, bytes });
        const sum = (group: readonly number[]) => group.reduce((total, size) => total + size, 0);
        expect(groups.flat()).toEqual(items);
        for (const [at, group] of groups.entries()) {
          expect(group.length > 0 && group.length <= most && (sum(group) <= bytes || group.length === 1)).toBe(true);
          const next = groups[at + 1]?.[0];
          if (next !== undefined) expect(group.length === most || sum(group) + next > bytes).toBe(true);
        }
      }),
    );
  });

  test('exactly full is full', () => {
    expect(packed([4, 6, 1], (size) => size, { bytes: 10 })).toEqual([[4, 6], [1]]);
    expect(packed([1, 1, 1], (size) => size, { most: 2, bytes: 10 })).toEqual([[1, 1], [1]]);
  });

  test('chunks hold what they may, the last what is left', () => {
    expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunks([1, 2], 2)).toEqual([[1, 2]]);
    expect(chunks([], 2)).toEqual([]);
  });
});

test('as many at a time as allowed, and each item once', async () => {
  let [running, most] = [0, 0];
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((ready) => setImmediate(ready));
    running--;
    done.push(item);
  });
  expect([most, done.sort()]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]]);
});
