import { isDeepStrictEqual } from 'node:util';
import type { EpochMs } from '../../../lambda/contract/units.ts';
import { normaliseAddress } from '../../../lambda/domain/address.ts';
import type { ApiContext, ListEntry, ListReason, ListsApi } from '../../../lambda/providers/api.ts';
import { UsageError } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';
import { counter } from '../cli/progress.ts';
import { type Row, scanSuppression } from '../stack/scan.ts';
import type { Target } from '../target/target.ts';

/** Everything that stands on the ESP's own lists, by address in normal form. */
export async function readLists(
  lists: ListsApi,
  context: ApiContext,
  io: Io,
): Promise<ReadonlyMap<string, ListEntry[]>> {
  if (!lists.read) throw new UsageError('This ESP answers for one address at a time only: there is no list to read.');
  const found = new Map<string, ListEntry[]>();
  const count = counter(io, "entries of the ESP's lists read");
  for await (const page of lists.read(context)) {
    count(page.length);
    for (const entry of page) {
      const address = normaliseAddress(entry.address);
      if (address === undefined) continue;
      const known = found.get(address) ?? [];
      // Lists are read again where they move: a row that comes twice is one.
      if (!known.some((one) => isDeepStrictEqual(one, entry))) found.set(address, [...known, entry]);
    }
  }
  return found;
}

/** Who is suppressed here at this moment for a reason of his own. Scoped unsubscribes stand for one list, not for the person. */
interface Standing {
  readonly recipient: string;
  readonly reason: ListReason;
  /** The source whose word it rests on. */
  readonly source: string;
  /** True where it is but the word of an ESP's list: bringing that to another list would make hearsay of hearsay. */
  readonly echo: boolean;
}

const OURS: ReadonlyMap<string, ListReason> = new Map([
  ['complaint', 'complaint'],
  ['hard_bounce', 'hard_bounce'],
  ['unsubscribe', 'unsubscribe'],
  ['manual', 'manual'],
]);

/** Everybody on our list, page by page, with the gravest reason that stands on its own. */
export async function* standingHere(target: Target, io: Io, now: EpochMs): AsyncGenerator<Standing[]> {
  for await (const rows of scanSuppression(target, io, ['reasons'])) yield rows.flatMap((row) => standingOf(row, now));
}

export function standingOf({ recipient, reasons }: Pick<Row, 'recipient' | 'reasons'>, now: EpochMs): Standing[] {
  const standing = [...OURS].flatMap(([key, reason]) => {
    const marks = (Object.hasOwn(reasons, key) ? reasons[key] : undefined) ?? [];
    const counting = marks.filter(({ until }) => until * 1000 > now);
    // The mark that decides may be a lift: then nothing stands.
    if ((marks[0]?.until ?? 0) * 1000 <= now || counting.length === 0) return [];
    const own = counting.find(({ echo }) => !echo);
    const told = own ?? counting[0];
    return told ? [{ recipient, reason, source: told.source, echo: own === undefined }] : [];
  });
  const [gravest] = [...standing.filter(({ echo }) => !echo), ...standing];
  return gravest ? [gravest] : [];
}
