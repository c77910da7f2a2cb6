import { recordedIn } from '../../aws/dynamodb/known.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { Interpreter } from '../../domain/interpret.ts';
import { OutOfTime } from '../../esp/failures.ts';
import { type Progress, readSlice } from '../../esp/read-events.ts';
import type { ApiContext, EventsApi, TimeWindow } from '../../providers/api.ts';
import type { Compared, Tables } from './found.ts';
import { inTime } from './in-time.ts';
import { shuffled } from './shuffled.ts';

const HOUR = 3_600_000;
/** A slice of the time is so much of what a catch-up reads as one. */
const PART = 6;
/** So many that are missing say enough: none of them is needed by name. */
const MOST_MISSING = 50_000;
const NOTHING: Progress = { trusted: 0, to: 0, fetched: 0, missing: 0, passed: 0, unreadable: 0, open: [], border: [] };

type Found = Omit<Compared, keyof TimeWindow>;

/**
 * Reads the time in slices, in any order: where there is too much for one run, what is read is a fair sample of the whole, and another one
 * each time. What was found stands, however the run ends.
 * @throws where not even the first slice could be read, or the ESP refused a later one
 */
export async function compareEvents(
  api: EventsApi,
  context: ApiContext,
  window: TimeWindow,
  until: EpochMs,
  interpret: Interpreter,
  { client, events: table }: Tables,
): Promise<Found> {
  const missing = new Set<string>();
  const lost = new Set<string>();
  let fetched = 0;
  const slices = shuffled(slicesOf(window, ((api.sliceHours ?? 6) * HOUR) / PART));
  const enough = (): boolean => Date.now() >= until || missing.size >= MOST_MISSING;
  let read = 0;
  try {
    for (const slice of slices) {
      if (enough()) break;
      const end = await readSlice(api, context, slice, window, NOTHING, new Set(), {
        interpret,
        async recorded(found) {
          if (enough()) throw new OutOfTime('the ESP');
          const known = await inTime(until, (signal) =>
            recordedIn({ client, table, consistent: false, signal }, found),
          );
          for (const [at, { fingerprint }] of found.entries()) if (!known.has(at)) missing.add(fingerprint);
          return known;
        },
        send: async () => {},
        reached: () => {},
        lost: (sentence) => void lost.add(sentence),
      });
      fetched += end.fetched;
      read++;
    }
  } catch (error) {
    if (!(error instanceof OutOfTime) || (read === 0 && missing.size === 0)) throw error;
  }
  return {
    fetched: Math.max(fetched, missing.size),
    missing: missing.size,
    share: read / slices.length,
    lost: [...lost],
  };
}

function slicesOf({ from, to }: TimeWindow, length: number): TimeWindow[] {
  const count = Math.ceil((to - from) / length);
  return Array.from({ length: count }, (_none, at) => ({
    from: from + at * length,
    to: Math.min(from + (at + 1) * length, to),
  }));
}
