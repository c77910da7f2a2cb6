import { createHash } from 'node:crypto';
import type { Retraction } from '../../../../lambda/domain/suppression/retraction.ts';
import { audited } from '../../audit/audited.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { changeRetractions, readRetractions } from '../../stack/retractions.ts';
import { sourceOf, type Target } from '../../target/target.ts';
import type { Author, Hand } from '../../words/author.ts';
import { clean } from '../../words/clean.ts';
import { parseTime } from '../../words/time.ts';

/** What the command line says of a window or an import. */
export interface Asked {
  readonly source?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly import?: string | undefined;
  readonly reason?: string | undefined;
}

/** What is asked to be taken back, with its author. Its id is what it says, so that the same window is stored once. */
export function retractionOf(asked: Asked, { actor, note }: Author, target: Target): Retraction {
  const by = { actor, note, at: new Date().toISOString() };
  if (asked.import !== undefined) {
    if (!/^[0-9a-f]{12}$/.test(asked.import))
      throw new UsageError('lift: an import has 12 hex digits; "import" prints them.');
    return { id: asked.import, importId: asked.import, ...by };
  }
  const { source, from, until, reason } = asked;
  if (source === undefined || from === undefined || until === undefined) {
    throw new UsageError('lift: a window needs --source, --from and --until.');
  }
  sourceOf(target, source);
  const [begin, end] = [parseTime('from', from), parseTime('until', until)];
  if (begin >= end) throw new UsageError('lift: --until is not after --from.');
  const window = {
    source,
    from: new Date(begin).toISOString(),
    until: new Date(end).toISOString(),
    ...(reason !== undefined && { reason }),
  };
  const id = createHash('sha256')
    .update(JSON.stringify(Object.values(window)))
    .digest('hex')
    .slice(0, 8);
  return { id: `w${id}`, ...window, ...by };
}

/** Adds it to what the stack does not count; what stands there already keeps its author. */
export const store = (target: Target, retraction: Retraction): Promise<boolean> =>
  changeRetractions(target, (before) =>
    before.some(({ id }) => id === retraction.id) ? before : [...before, retraction],
  );

/** Lists what is taken back. */
export async function listRetractions(target: Target, json: boolean, io: Io): Promise<ExitCode> {
  const { retractions } = await readRetractions(target);
  for (const one of retractions) io.print(json ? jsonLine(one) : line(one));
  if (retractions.length === 0) io.say('No window or import is taken back: all evidence counts.');
  return retractions.length > 0 ? EXIT.yes : EXIT.no;
}

/** Removes one: what arrives from now on counts again. */
export async function forget(target: Target, id: string, hand: Hand, io: Io): Promise<ExitCode> {
  const known = (await readRetractions(target)).retractions.some((one) => one.id === id);
  const remove = (before: readonly Retraction[]): readonly Retraction[] =>
    before.some((one) => one.id === id) ? before.filter((one) => one.id !== id) : before;
  const changed =
    known &&
    (await audited(target, { what: 'forget', hand, on: [id], say: io.say }, () => changeRetractions(target, remove)));
  io.say(
    changed
      ? 'Forgotten: what arrives of it from now on counts again. Who was lifted stays so.'
      : 'There is no such retraction: "lift --retractions" lists them.',
  );
  return changed ? EXIT.yes : EXIT.no;
}

function line(one: Retraction): string {
  const what =
    'importId' in one
      ? `import ${one.importId}`
      : `${one.source} from ${one.from} until ${one.until}${one.reason === undefined ? '' : `, ${one.reason} only`}`;
  return `${one.id}  ${what}; since ${one.at}, by ${clean(one.actor)}: ${clean(one.note)}`;
}
