import { setTimeout as pause } from 'node:timers/promises';

/** How long a first read may take before a second one is begun beside it. */
const SECOND_AFTER = 900;

/**
 * Reads once, and once more beside it where the first has failed or takes long; what comes first counts. A connection that hangs costs so
 * little more than one that is slow, and one that is slow is not given up.
 * @throws what the later one threw where both failed.
 */
export async function hedged<T>(read: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const first = read(either);
  const second = async (): Promise<T> => {
    const begun = await Promise.race([
      first.then(() => true).catch(() => false),
      pause(SECOND_AFTER, false, { signal: either }).catch(() => false),
    ]);
    if (begun) return first;
    either.throwIfAborted();
    return read(either);
  };
  try {
    return await Promise.any([first, second()]);
  } catch (error) {
    throw (error as AggregateError).errors.at(-1);
  } finally {
    done.abort();
  }
}
