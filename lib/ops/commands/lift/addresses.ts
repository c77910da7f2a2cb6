import type { OperatorAct } from '../../../../lambda/domain/suppression/operator.ts';
import type { Values } from '../../cli/command.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { sendActs, signed } from '../../stack/acts.ts';
import { awaitActs } from '../../stack/effects.ts';
import { readEntry } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';
import { type AUTHOR_OPTIONS, authorOf } from '../../words/author.ts';
import { clean } from '../../words/clean.ts';
import { keyOf } from '../../words/reasons.ts';
import { listsToClear } from './esp-lists.ts';
import { liftOf, type Selection, standing } from './lift.ts';

/** Takes addresses (in normal form) off the list: of each, one lift for each selected reason that suppresses it. */
export async function liftAddresses(
  addresses: readonly string[],
  selection: Selection,
  given: Values<typeof AUTHOR_OPTIONS> & { readonly wait?: boolean | undefined; readonly json?: boolean | undefined },
  target: Target,
  io: Io,
): Promise<ExitCode> {
  const author = await authorOf('lift', given, target);
  const acts: OperatorAct[] = [];
  const told = new Set<string>();
  for (const address of addresses) {
    const { reasons } = await readEntry(target, address);
    const found = standing(reasons, selection, Date.now());
    if (found.length === 0) {
      io.say(clean(`Nothing to lift: no such reason suppresses ${address}. "ops check" shows what is known.`));
    }
    acts.push(...found.map((one) => signed(liftOf(address, one, Date.now()), author)));
    for (const { marks } of found) for (const { until, source } of marks) if (until > 0) told.add(source);
  }
  if (acts.length === 0) return EXIT.no;
  await sendActs(target, acts);
  for (const act of acts) io.print(given.json ? jsonLine(act) : clean(`${act.recipient}: ${keyOf(act)} lifted`));
  const lists = listsToClear(told, target.names.sources);
  if (lists.length > 0) io.say("The ESP's own list may still hold the address, and stop mail to it. To clear it:");
  for (const line of lists) io.say(`  ${line}`);
  if (!given.wait) return EXIT.yes;
  const missing = await awaitActs(target, acts);
  io.say(missing === 0 ? 'In effect.' : 'Not in effect within a minute. Is processing paused or behind?');
  return missing === 0 ? EXIT.yes : EXIT.no;
}
