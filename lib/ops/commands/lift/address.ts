import { isAltered, normaliseAddress } from '../../../../lambda/domain/address.ts';
import { audited } from '../../audit/audited.ts';
import type { Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import type { ApiOptions } from '../../esp/session.ts';
import { sendActs } from '../../stack/acts.ts';
import { awaitActs } from '../../stack/effects.ts';
import type { Target } from '../../target/target.ts';
import { type AUTHOR_OPTIONS, authorOf } from '../../words/author.ts';
import { keyOf } from '../../words/reasons.ts';
import { showLists } from './addresses.ts';
import { clear, planClearing } from './clear.ts';
import type { Selection } from './lift.ts';
import { listLines, planLifting, selectionWords } from './lifting.ts';

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
  const hand = await authorOf('lift', given, target);
  const { acts, told } = await planLifting(target, [address], selection, hand);
  // The ESP is asked first: a wrong key must not leave a person lifted here and still on its list.
  const clearing = await planClearing(target, address, selection, told, given, io);
  const json = given.json === true;
  if (acts.length === 0)
    io.say(`Nothing to lift: no such reason suppresses ${address}. "ops check" shows what is known.`);
  if (given['dry-run'] === true) {
    for (const act of acts) io.say(`${address}: ${keyOf(act)} would be lifted`);
    return (await clear(clearing, true, json, io)) > 0 ? EXIT.no : EXIT.yes;
  }
  const { source } = clearing.session;
  const how = `${selectionWords(selection)}, and on the lists of ${source}`;
  const stay = await audited(
    target,
    { what: 'lift', hand, on: [address, source], how, say: io.say },
    async (record) => {
      if (acts.length > 0) await sendActs(target, acts);
      record.count('lifted', acts.length);
      for (const act of acts) io.print(json ? jsonLine(act) : `${address}: ${keyOf(act)} lifted`);
      return clear(clearing, false, json, io, record);
    },
  );
  showLists(listLines(target, told, source), io);
  if (stay > 0) return EXIT.no;
  if (!given.wait) return EXIT.yes;
  const missing = await awaitActs(target, acts);
  io.say(missing === 0 ? 'In effect.' : 'Not in effect within a minute. Is processing paused or behind?');
  return missing === 0 ? EXIT.yes : EXIT.no;
}
