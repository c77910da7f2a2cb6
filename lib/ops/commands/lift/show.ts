import type { EpochSeconds } from '../../../../lambda/contract/units.ts';
import type { Retraction } from '../../../../lambda/domain/suppression/retraction.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { waiting } from '../../stack/queue.ts';
import type { Target } from '../../target/target.ts';
import type { Hand } from '../../words/author.ts';
import { clean } from '../../words/clean.ts';
import { endOf } from '../../words/time.ts';
import { isPaused, takeBack, type Watcher, wouldTakeBack } from './take-back.ts';
import type { TakenBack } from './taken-back.ts';

/** Takes a window or an import back, and shows it in a terminal. */
export async function showTakeBack(
  target: Target,
  retraction: Retraction,
  hand: Hand,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const { isNew, lifted, left } = await takeBack(target, retraction, hand, watcherTo(io, json));
  if (left === 0) {
    io.say('In effect: a second run would lift nobody.');
    return isNew || lifted > 0 ? EXIT.yes : EXIT.no;
  }
  io.say(`Not in effect yet: ${left}. They will be once the queue is worked off; --dry-run then says 0.`);
  await tellWaiting(target, io);
  return EXIT.no;
}

/** Shows what taking it back would do. */
export async function showPreview(target: Target, retraction: Retraction, json: boolean, io: Io): Promise<ExitCode> {
  const { lifted, stay } = await wouldTakeBack(target, retraction, watcherTo(io, json));
  io.say(`Would lift: ${lifted}. Stay suppressed by other evidence: ${stay}.`);
  await tellWaiting(target, io);
  return lifted > 0 ? EXIT.yes : EXIT.no;
}

const watcherTo = (io: Io, json: boolean): Watcher => ({
  say: io.say,
  each: (one) => show(one, json, io),
  flushed: async () => io.flushed?.(),
});

function show(one: TakenBack, json: boolean, io: Io): void {
  const { recipient, key, lifted, stays } = one;
  if (json) return void io.print(jsonLine(one));
  if (lifted) io.print(clean(`${recipient}: ${key} lifted`));
  if (!stays) return;
  const said = `${stays.source} said "${stays.event}" at ${stays.at}`;
  io.print(clean(`${recipient}: ${key} stays, suppressed ${until(stays.until)}: ${said}`));
}

const until = (seconds: EpochSeconds): string =>
  endOf(seconds) === 'for ever' ? 'for ever' : `until ${endOf(seconds)}`;

async function tellWaiting(target: Target, io: Io): Promise<void> {
  const [messages, paused] = [await waiting(target), await isPaused(target)];
  if (paused) io.say('Processing is paused: "resume" starts it again and works off the queue.');
  if (messages > 0)
    io.say(`About ${messages} messages still wait in the queues. Events of this window among them will not count.`);
}
