import { heardOf, listedIn } from '../../aws/dynamodb/people.ts';
import { normaliseAddress } from '../../domain/address.ts';
import { chunks } from '../../domain/batches.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import type { ApiContext, ListsApi, TimeWindow } from '../../providers/api.ts';
import type { Compared, Tables } from './found.ts';

/** So many entries of one time say enough. */
const MOST = 20_000;
/** An entry may be written some time before or after the event that led to it. */
const AROUND_MS = 86_400_000;
/** People at a time that the events table is asked about. */
const SIDE_BY_SIDE = 10;

/**
 * Counts people whom the ESP put on its list within the time, who stand on ours for no reason, and of whom no event came: what put them
 * there was told by no webhook. Entries made by hand there were never an event; those without a time cannot be placed.
 * @throws CannotKnow where the list cannot be read, or not to its end in time
 */
export async function compareLists(
  lists: ListsApi | undefined,
  context: ApiContext,
  { from, to }: TimeWindow,
  tables: Tables,
): Promise<Omit<Compared, keyof TimeWindow>> {
  if (!lists?.read) throw new CannotKnow('This ESP gives neither events nor a list.');
  const found = new Map<string, number>();
  for await (const page of lists.read(context, from)) {
    for (const { address, at, reason } of page) {
      const person = normaliseAddress(address);
      if (person === undefined || at === undefined || at < from || at >= to || reason === 'manual') continue;
      found.set(person, at);
    }
    if (found.size >= MOST) break;
  }
  const { client, events, suppression } = tables;
  const listed = await listedIn(client, suppression, [...found.keys()]);
  const rest = [...found].filter(([person]) => !listed.has(person));
  let missing = 0;
  for (const some of chunks(rest, SIDE_BY_SIDE)) {
    const heard = await Promise.all(
      some.map(([person, when]) => heardOf(client, events, person, when - AROUND_MS, when + AROUND_MS)),
    );
    missing += heard.filter((one) => !one).length;
  }
  return { fetched: found.size, missing, share: 1, lost: [] };
}
