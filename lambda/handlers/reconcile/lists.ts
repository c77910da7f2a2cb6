import { heardOf, listedIn } from '../../aws/dynamodb/people.ts';
import type { EpochMs } from '../../contract/units.ts';
import { normaliseAddress } from '../../domain/address.ts';
import { chunks } from '../../domain/batches.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { OutOfTime } from '../../esp/failures.ts';
import type { ApiContext, ListsApi, TimeWindow } from '../../providers/api.ts';
import type { Compared, Tables } from './found.ts';
import { inTime } from './in-time.ts';
import { shuffled } from './shuffled.ts';

/** So many entries of one time say enough. */
const MOST = 20_000;
/** An entry may be written some time before or after the event that led to it. */
const AROUND_MS = 86_400_000;
/** Keys to one look at the list. */
const AT_ONCE = 100;
/** People at a time that the events table is asked about. */
const SIDE_BY_SIDE = 10;

/**
 * Counts people whom the ESP put on its list within the time, who stand on ours for no reason, and of whom no event came: what put them
 * there was told by no webhook. Entries made by hand there were never an event; those without a time cannot be placed. Where the time ends
 * before all were looked up, what was counted stands, and the share is told.
 * @param until epoch milliseconds: no table is waited for after it
 * @throws CannotKnow where the list cannot be read, or not to its end in time, or nobody on it could be looked up
 */
export async function compareLists(
  lists: ListsApi | undefined,
  context: ApiContext,
  { from, to }: TimeWindow,
  until: EpochMs,
  tables: Tables,
): Promise<Omit<Compared, keyof TimeWindow>> {
  if (!lists?.read) throw new CannotKnow('This ESP gives neither events nor a list.');
  const found = new Map<string, EpochMs>();
  for await (const page of lists.read(context, from)) {
    for (const { address, at, reason } of page) {
      const person = normaliseAddress(address);
      if (person === undefined || at === undefined || at < from || at >= to || reason === 'manual') continue;
      found.set(person, at);
    }
    if (found.size >= MOST) break;
  }
  let [seen, missing] = [0, 0];
  try {
    for (const some of chunks(shuffled([...found]), AT_ONCE)) {
      const listed = await listedOf(some, until, tables);
      seen += listed.size;
      for (const few of chunks(
        some.filter(([person]) => !listed.has(person)),
        SIDE_BY_SIDE,
      )) {
        missing += await unheardOf(few, until, tables);
        seen += few.length;
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfTime) || seen === 0) throw error;
  }
  return { fetched: found.size, missing, share: found.size === 0 ? 1 : seen / found.size, lost: [] };
}

type Entry = readonly [person: string, at: EpochMs];

const listedOf = (people: readonly Entry[], until: EpochMs, { client, suppression }: Tables) =>
  inTime(until, (signal) =>
    listedIn(
      client,
      suppression,
      people.map(([person]) => person),
      signal,
    ),
  );

async function unheardOf(people: readonly Entry[], until: EpochMs, { client, events }: Tables): Promise<number> {
  const heard = await inTime(until, (signal) =>
    Promise.all(people.map(([person, at]) => heardOf(client, events, person, at - AROUND_MS, at + AROUND_MS, signal))),
  );
  return heard.filter((one) => !one).length;
}
