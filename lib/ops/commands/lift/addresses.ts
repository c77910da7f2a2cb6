import type { Address } from '../../../../lambda/contract/units.ts';
import type { Values } from '../../cli/command.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { awaitActs } from '../../stack/effects.ts';
import type { Target } from '../../target/target.ts';
import { type AUTHOR_OPTIONS, authorOf } from '../../words/author.ts';
import { clean } from '../../words/clean.ts';
import { keyOf } from '../../words/reasons.ts';
import type { Selection } from './lift.ts';
import { liftByHand, listLines, planLifting, selectionWords } from './lifting.ts';

/** Takes people off the list: of each, one lift for each selected reason that suppresses them. */
export async function liftAddresses(
  addresses: readonly Address[],
  selection: Selection,
  given: Values<typeof AUTHOR_OPTIONS> & { readonly wait?: boolean | undefined; readonly json?: boolean | undefined },
  target: Target,
  io: Io,
): Promise<ExitCode> {
  const hand = await authorOf('lift', given, target);
  const lifting = await planLifting(target, addresses, selection, hand);
  for (const address of lifting.clear)
    io.say(clean(`Nothing to lift: no such reason suppresses ${address}. "ops check" shows what is known.`));
  const { acts } = lifting;
  if (acts.length === 0) return EXIT.no;
  await liftByHand(target, acts, selectionWords(selection), hand, io.say);
  for (const act of acts) io.print(given.json ? jsonLine(act) : clean(`${act.recipient}: ${keyOf(act)} lifted`));
  showLists(listLines(target, lifting.told), io);
  if (!given.wait) return EXIT.yes;
  const missing = await awaitActs(target, acts);
  io.say(missing === 0 ? 'In effect.' : 'Not in effect within a minute. Is processing paused or behind?');
  return missing === 0 ? EXIT.yes : EXIT.no;
}

/** The sentence, and the lists under it. */
export function showLists([sentence, ...lists]: readonly string[], io: Io): void {
  if (sentence !== undefined) io.say(sentence);
  for (const line of lists) io.say(`  ${line}`);
}
