import type { ListEntry, ListsApi } from '../../../../lambda/providers/api.ts';
import { API_IDS } from '../../../../lambda/providers/apis.ts';
import type { Act } from '../../audit/audited.ts';
import { UsageError } from '../../cli/errors.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { type ApiOptions, openSession, partOf, type Session } from '../../esp/session.ts';
import type { Target } from '../../target/target.ts';
import { clean } from '../../words/clean.ts';
import type { Selection } from './lift.ts';

/** What stands on the ESP's own lists, looked up before anything is changed. */
interface Clearing {
  readonly session: Session;
  readonly lists: ListsApi;
  readonly entries: readonly ListEntry[];
}

/** The source whose ESP is asked: the one that was named, or the only one that told of this person and can be asked. */
function sourceToClear(target: Target, named: string | undefined, told: Iterable<string>): string {
  if (named !== undefined) return named;
  const possible = (names: Iterable<string>): string[] =>
    [...new Set(names)].filter((name) => API_IDS.includes(target.names.sources.get(name)?.provider ?? ''));
  const candidates = possible(told);
  const [only, ...others] = candidates.length > 0 ? candidates : possible(target.names.sources.keys());
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(
    only === undefined
      ? 'lift --clear: no source has an ESP whose lists can be cleared from here.'
      : `lift --clear: at which ESP? --esp ${[only, ...others].join(', or --esp ')}; each takes a key of its own.`,
  );
}

export async function planClearing(
  target: Target,
  address: string,
  { reason, scope }: Selection,
  told: Iterable<string>,
  given: ApiOptions & { readonly esp?: string | undefined },
  io: Io,
): Promise<Clearing> {
  const session = await openSession(target, sourceToClear(target, given.esp, told), given, io);
  const lists = partOf(session, session.api.lists, 'lists of its own');
  partOf(session, lists.remove, 'way to clear its lists');
  const found = await lists.find(session.context, address);
  const entries = found.filter(
    (entry) =>
      (reason === undefined || entry.reason === reason) &&
      (scope === undefined || scope === 'all' || `${session.source}:${entry.scope}` === scope),
  );
  return { session, lists, entries };
}

/** Takes the address off; what the ESP keeps is told and not tried. Returns how many entries stay. */
export async function clear(
  { session, lists, entries }: Clearing,
  dry: boolean,
  json: boolean,
  io: Io,
  record?: Act,
): Promise<number> {
  const { source, title, context } = session;
  if (entries.length === 0) io.say(`${title} (${source}) holds the address on none of its lists.`);
  let stay = 0;
  for (const entry of entries) {
    const removed =
      entry.stays !== undefined
        ? { refused: entry.stays }
        : dry
          ? 'would-be-removed'
          : await lists.remove?.(context, entry);
    const refused = typeof removed === 'object' ? removed.refused : undefined;
    if (refused !== undefined) stay++;
    record?.count(refused === undefined ? 'cleared at the ESP' : 'kept by the ESP');
    const where = clean([entry.list, entry.part].filter(Boolean).join(' of '));
    const outcome = refused === undefined ? String(removed) : 'stays';
    io.print(
      json
        ? jsonLine({ source, list: entry.list, part: entry.part, reason: entry.reason, outcome, why: refused })
        : `${title}, ${where}: ${outcome.replaceAll('-', ' ')}${refused === undefined ? '' : `, because ${refused}`}`,
    );
  }
  return stay;
}
