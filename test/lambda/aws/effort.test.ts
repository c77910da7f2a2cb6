import { describe, expect, test } from '@jest/globals';
import { jitter, retried, until, within } from '../../../lambda/aws/effort.ts';

describe('what ends at a deadline', () => {
  const ended = (signal: AbortSignal) =>
    new Promise<boolean>((done) => signal.addEventListener('abort', () => done(signal.aborted)));

  test('is ended then, and at once where that has passed', async () => {
    expect(await within(Date.now() + 20, ended)).toBe(true);
    expect(await within(Date.now() - 1000, async (signal) => signal.aborted)).toBe(true);
  });

  test('leaves no clock behind once it is done, or has failed', async () => {
    const clocks = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = clocks();
    expect(await within(Date.now() + 60_000, async (signal) => signal.aborted)).toBe(false);
    await expect(within(Date.now() + 60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(clocks()).toBe(before);
  });
});

describe('trying again', () => {
  test('what is left, and only that, until nothing is', async () => {
    const seen: number[][] = [];
    const never = await retried([1, 2, 3, 4], Date.now() + 5000, async (left) => {
      seen.push([...left]);
      return left.filter((item) => item > seen.length);
    });
    expect([never, seen]).toEqual([[], [[1, 2, 3, 4], [2, 3, 4], [3, 4], [4]]]);
  });

  test('once in any case, and never after the deadline', async () => {
    let attempts = 0;
    const began = Date.now();
    expect(
      await retried(['a'], began - 1, async (left) => {
        attempts++;
        return left;
      }),
    ).toEqual(['a']);
    expect(attempts).toBe(1);
    await retried(['a'], began + 200, async (left) => {
      expect(Date.now()).toBeLessThan(began + 400);
      return left;
    });
  });

  test('nothing is not tried at all', async () => {
    await retried([], Date.now() + 1000, async () => {
      throw new Error('tried');
    });
  });

  test('waits are random, below a limit that doubles to two seconds', () => {
    for (const [attempt, most] of [
      [1, 50],
      [3, 200],
      [9, 2000],
    ] as const) {
      const waits = Array.from({ length: 200 }, () => jitter(attempt));
      expect(Math.max(...waits)).toBeLessThan(most);
      expect(Math.max(...waits)).toBeGreaterThan(most / 2);
      expect(Math.min(...waits)).toBeLessThan(most / 2);
    }
  });
});

test('a deadline that has passed ends at once', async () => {
  const signal = until(Date.now() - 1000);
  await new Promise((done) => setTimeout(done, 20));
  expect([signal.aborted, until(Date.now() + 60_000).aborted]).toEqual([true, false]);
});
