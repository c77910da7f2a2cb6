import type { Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { sendActs, signed } from '../../stack/acts.ts';
import { scanSuppression } from '../../stack/scan.ts';
import { sourceOf, type Target } from '../../target/target.ts';
import type { AUTHOR_OPTIONS } from '../../words/author.ts';
import { authorOf } from '../../words/author.ts';
import { endOf, parseTime } from '../../words/time.ts';
import type { Selection } from './lift.ts';
import { resting, type Undoing, undo, type Window } from './window.ts';

type Given = Values<typeof AUTHOR_OPTIONS> & {
  readonly source?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly 'dry-run'?: boolean | undefined;
  readonly json?: boolean | undefined;
};

export function windowOf({ source, from, until }: Given): Window {
  if (source === undefined || from === undefined || until === undefined) {
    throw new UsageError('lift: a window needs --source, --from and --until.');
  }
  const [begin, end] = [parseTime('from', from), parseTime('until', until)];
  if (begin >= end) throw new UsageError('lift: --until is not after --from.');
  return { source, from: new Date(begin).toISOString(), to: new Date(end).toISOString() };
}

/** Undoes what one source reported in a window, for everybody on the list. */
export async function liftWindow(selection: Selection, given: Given, target: Target, io: Io): Promise<ExitCode> {
  const window = windowOf(given);
  sourceOf(target, window.source);
  const author = await authorOf('lift', given, target);
  const now = Date.now();
  let [lifted, again] = [0, 0];
  for await (const page of scanSuppression(target, io)) {
    const undone: Undoing[] = [];
    for (const row of page) {
      for (const reason of resting(row, selection, window, now)) {
        undone.push(await undo(target, row.recipient, reason, window, now));
      }
    }
    const decisions = undone.flatMap((one) => one.decisions);
    if (!given['dry-run'] && decisions.length > 0) {
      await sendActs(
        target,
        decisions.map((decision) => signed(decision, author)),
      );
    }
    for (const one of undone) io.print(given.json ? jsonLine(one) : line(one));
    lifted += undone.length;
    again += undone.filter(({ stays }) => stays !== undefined).length;
    await io.flushed?.();
  }
  const verb = given['dry-run'] ? 'Would lift' : 'Lifted';
  io.say(`${verb}: ${lifted}; of these, suppressed again by evidence outside the window: ${again}.`);
  return lifted > 0 ? EXIT.yes : EXIT.no;
}

const line = ({ recipient, key, stays }: Undoing): string =>
  stays
    ? `${recipient}: ${key} lifted; stays ${until(stays.until)}, ${stays.source} said "${stays.event}" at ${stays.at}`
    : `${recipient}: ${key} lifted`;

const until = (seconds: number): string => (endOf(seconds) === 'for ever' ? 'for ever' : `until ${endOf(seconds)}`);
