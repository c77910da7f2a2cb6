import { within } from '../../aws/effort.ts';
import type { EpochMs } from '../../contract/units.ts';
import { OutOfTime } from '../../esp/failures.ts';

/**
 * Asks a table, for as long as there is time: what hangs, or waits before it tries again, is not waited for. With Lambda's own end everything
 * would be lost that was counted of all sources.
 * @throws OutOfTime
 */
export const inTime = <T>(until: EpochMs, ask: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  within(until, async (signal) => {
    const over = new Promise<never>((_done, fail) => {
      signal.addEventListener('abort', () => fail(new OutOfTime('the table')), { once: true });
    });
    if (signal.aborted) throw new OutOfTime('the table');
    try {
      return await Promise.race([ask(signal), over]);
    } catch (error) {
      throw signal.aborted ? new OutOfTime('the table') : error;
    }
  });
