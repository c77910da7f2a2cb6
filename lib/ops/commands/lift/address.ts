import { normaliseAddress } from '../../../../lambda/domain/address.ts';
import type { Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { sendActs, signed } from '../../stack/acts.ts';
import { awaitActs } from '../../stack/effects.ts';
import { readEntry } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';
import { type AUTHOR_OPTIONS, authorOf } from '../../words/author.ts';
import { listsToClear } from './esp-lists.ts';
import { liftOf, type Selection, standing } from './lift.ts';

/** Takes one address off the list: one lift for each selected reason that suppresses it. */
export async function liftAddress(
  text: string,
  selection: Selection,
  given: Values<typeof AUTHOR_OPTIONS> & { readonly wait?: boolean | undefined; readonly json?: boolean | undefined },
  target: Target,
  io: Io,
): Promise<ExitCode> {
  const address = normaliseAddress(text);
  if (address === undefined) throw new UsageError('lift: that is not an e-mail address.');
  const author = await authorOf('lift', given, target);
  const { reasons } = await readEntry(target, address);
  const found = standing(reasons, selection, Date.now());
  if (found.length === 0) {
    io.say(`Nothing to lift: no such reason suppresses ${address}. "ops check" shows what is known.`);
    return EXIT.no;
  }
  const acts = found.map((one) => signed(liftOf(address, one, Date.now()), author));
  await sendActs(target, acts);
  for (const [at, act] of acts.entries()) {
    io.print(given.json ? jsonLine(act) : `${address}: ${found[at]?.key} lifted`);
  }
  const told = found.flatMap(({ marks }) => marks.filter(({ until }) => until > 0).map(({ source }) => source));
  const lists = listsToClear(told, target.names.sources);
  if (lists.length > 0) io.say("The ESP's own list may still hold the address, and stop mail to it. To clear it:");
  for (const line of lists) io.say(`  ${line}`);
  if (!given.wait) return EXIT.yes;
  const missing = await awaitActs(target, acts);
  io.say(missing === 0 ? 'In effect.' : 'Not in effect within a minute. Is processing paused or behind?');
  return missing === 0 ? EXIT.yes : EXIT.no;
}
