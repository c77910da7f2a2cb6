import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@smithy/types';
import type { EpochMs } from '../contract/units.ts';

/**
 * A logger without `info`: beside the default one, which says nothing either, the SDK copies every request and answer to hide what is
 * sensitive in them, a tenth of all CPU time of `process`, a fifth of a page's of the console. It also keeps the SDK from quoting an answer it cannot read on the console.
 */
export const SILENT = { logger: { debug() {}, warn() {}, error() {} } as unknown as Logger };

/** Ends at `deadline` (epoch milliseconds); at once where that has passed. */
export const until = (deadline: EpochMs): AbortSignal =>
  deadline <= Date.now() ? AbortSignal.abort() : AbortSignal.timeout(Math.ceil(deadline - Date.now()));

/** Does something that ends at `deadline` if it is not done before; done, it leaves no clock running behind it. */
export async function within<T>(deadline: EpochMs, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController();
  const left = deadline - Date.now();
  let clock: NodeJS.Timeout | undefined;
  if (left > 0) clock = setTimeout(() => end.abort(), left);
  else end.abort();
  try {
    return await run(end.signal);
  } finally {
    clearTimeout(clock);
  }
}

/** What one attempt is given in any case, in milliseconds: less would end calls that are only slow. */
export const LEAST = 250;

/**
 * One attempt, which ends after a third of what is left until `deadline`: one that hangs leaves time for the next, and for another. `run` is
 * given the signal that ends it, and when that is.
 */
export function attempt<T>(deadline: EpochMs, run: (signal: AbortSignal, until: EpochMs) => Promise<T>): Promise<T> {
  const until = Date.now() + Math.max(LEAST, (deadline - Date.now()) / 3);
  return within(until, (signal) => run(signal, until));
}

/** Milliseconds before the n-th retry: exponential to 2 s, full jitter. */
export const jitter = (attempt: number): number => Math.random() * Math.min(2000, 25 * 2 ** attempt);

/**
 * Does what may have to be done again, with jitter between attempts, until nothing is left or the next attempt would begin after
 * `deadline` (epoch milliseconds). The first is made in any case.
 * @param step takes what is left, and returns what of it is to be tried again
 * @param most attempts, for whoever is better told soon
 * @returns what was never done
 */
export async function retried<T>(
  items: readonly T[],
  deadline: EpochMs,
  step: (left: readonly T[]) => Promise<readonly T[]>,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  let left = items;
  for (let attempt = 0; left.length > 0 && attempt < most; attempt++) {
    if (attempt > 0) {
      const wait = jitter(attempt);
      if (Date.now() + wait > deadline) break;
      await pause(wait);
    }
    left = await step(left);
  }
  return left;
}

/**
 * Lets `perSecond` pass on average; whoever has been faster waits. Resolves to false, at once, where that would be longer than until
 * `deadline` (epoch milliseconds).
 */
export function pacer(perSecond: number, deadline = Number.POSITIVE_INFINITY): (count: number) => Promise<boolean> {
  let next = Date.now();
  return async (count) => {
    const wait = next - Date.now();
    if (Math.max(next, Date.now()) >= deadline) return false;
    next = Math.max(next, Date.now()) + (count * 1000) / perSecond;
    if (wait > 0) await pause(wait);
    return true;
  };
}
