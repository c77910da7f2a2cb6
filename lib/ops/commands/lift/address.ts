import { isAltered, normaliseAddress } from '../../../../lambda/domain/address.ts';
import type { Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import type { ApiOptions } from '../../esp/session.ts';
import { sendActs, signed } from '../../stack/acts.ts';
import { awaitActs } from '../../stack/effects.ts';
import { readEntry } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';
import { type AUTHOR_OPTIONS, authorOf } from '../../words/author.ts';
import { clear, planClearing } from './clear.ts';
import { listsToClear } from './esp-lists.ts';
import { liftOf, type Selection, standing } from './lift.ts';

type Given = Values<typeof AUTHOR_OPTIONS> &
  ApiOptions & {
    readonly wait?: boolean | undefined;
    readonly json?: boolean | undefined;
    readonly esp?: string | undefined;
    readonly 'dry-run'?: boolean | undefined;
  };

/** Takes one address off the list and off its ESP's own: one lift for each selected reason that suppresses it. */
export async function liftAndClear(
  text: string,
  selection: Selection,
  given: Given,
  target: Target,
  io: Io,
): Promise<ExitCode> {
  const address = normaliseAddress(text);
  if (address === undefined || isAltered(text, address)) throw new UsageError('lift: that is not an e-mail address.');
  const author = await authorOf('lift', given, target);
  const { reasons } = await readEntry(target, address);
  const found = standing(reasons, selection, Date.now());
  const told = found.flatMap(({ marks }) => marks.filter(({ until }) => until > 0).map(({ source }) => source));
  // The ESP is asked first: a wrong key must not leave a person lifted here and still on its list.
  const clearing = await planClearing(target, address, selection, told, given, io);
  if (found.length === 0)
    io.say(`Nothing to lift: no such reason suppresses ${address}. "ops check" shows what is known.`);
  if (given['dry-run'] === true) {
    for (const { key } of found) io.say(`${address}: ${key} would be lifted`);
    return (await clear(clearing, true, given.json === true, io)) > 0 ? EXIT.no : EXIT.yes;
  }
  const acts = found.map((one) => signed(liftOf(address, one, Date.now()), author));
  if (acts.length > 0) await sendActs(target, acts);
  for (const [at, act] of acts.entries()) {
    io.print(given.json ? jsonLine(act) : `${address}: ${found[at]?.key} lifted`);
  }
  const stay = await clear(clearing, false, given.json === true, io);
  const lists = listsToClear(
    told.filter((name) => name !== clearing.session.source),
    target.names.sources,
  );
  if (lists.length > 0) io.say("The ESP's own list may still hold the address, and stop mail to it. To clear it:");
  for (const line of lists) io.say(`  ${line}`);
  if (stay > 0) return EXIT.no;
  if (!given.wait) return EXIT.yes;
  const missing = await awaitActs(target, acts);
  io.say(missing === 0 ? 'In effect.' : 'Not in effect within a minute. Is processing paused or behind?');
  return missing === 0 ? EXIT.yes : EXIT.no;
}
