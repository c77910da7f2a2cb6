import { expect, test } from '@jest/globals';
import { pagesBy } from '../../support/providers/mutated/pages.ts';
import { mutatedRequests } from '../../support/providers/mutated/run.ts';

/** By night a million more by themselves. */
const COUNT = 50_000;
/** A huge one costs as much as a hundred others: by day each kind of them twice. */
const HUGE_EVERY = process.env.NIGHTLY ? 500 : 2500;

test('who has no key is not let in, wakes nobody and learns nothing, whatever is made of genuine requests', async () => {
  const seed = Date.now() % 1e9;
  const result = await mutatedRequests(COUNT, seed, HUGE_EVERY);
  const { accepted, refused, crashes, leaks, stillGenuine, statuses, log } = result;
  expect({ seed, accepted, refused, crashes, leaks }).toEqual({
    seed,
    accepted: [],
    refused: [],
    crashes: [],
    leaks: [],
  });
  expect(pagesBy(result)).toEqual([]);
  // It was no wall that refused everything, and what was refused was counted.
  expect(stillGenuine).toBeGreaterThan(COUNT / 100);
  expect(statuses.get(401)).toBeGreaterThan(COUNT / 10);
  expect(log).toContain('"Refused":1');
}, 300_000);
