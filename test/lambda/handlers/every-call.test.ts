import { expect, test } from '@jest/globals';
import { everyCall } from '../../support/every-call/index.ts';

/** By day two histories and three faults; `npm run test:nightly` has all of both, each also for all calls that follow. */
test('every call of receive, process, publish and pulse fails: nothing lost, nothing doubled, every function back before its limit', async () => {
  const faults = ['hang', 'cut-after', 'part'] as const;
  const { functions, complaints } = await everyCall({ histories: 2, faults, lasts: [false], sideBySide: 24 });
  expect(complaints).toEqual([]);
  expect(Object.keys(functions)).toEqual(['receive', 'process', 'publish', 'pulse']);
  for (const { calls, runs } of Object.values(functions)) {
    expect(calls).toBeGreaterThan(1);
    expect(runs).toBe(calls * faults.length);
  }
}, 180_000);
