import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { counter } from '../../cli/progress.ts';
import type { Target } from '../../target/target.ts';
import type { Hand } from '../../words/author.ts';
import { clean } from '../../words/clean.ts';
import { examine, redacted } from './autopsy.ts';
import { type Chosen, Groups, groupLine, isChosen } from './groups.ts';
import { type Letter, LetterBox } from './letters.ts';
import { dropLetters, redriveLetters } from './work.ts';

export interface How {
  readonly json: boolean;
  readonly raw: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly rate: number;
  /** Who does it, and why; asked for once it is to be done. */
  hand(): Promise<Hand>;
}

/** Counts the letters of each reason. */
export async function list(target: Target, chosen: Chosen, { json }: Pick<How, 'json'>, io: Io): Promise<ExitCode> {
  const groups = await grouped(target, chosen, io);
  for (const group of groups.all()) io.print(json ? jsonLine(group) : groupLine(group));
  if (groups.all().length === 0) io.say('There are no such dead letters.');
  return groups.all().length === 0 ? EXIT.yes : EXIT.no;
}

async function grouped(target: Target, chosen: Chosen, io: Io): Promise<Groups> {
  const groups = new Groups();
  const count = counter(io, 'dead letters seen');
  for await (const letters of (await LetterBox.of(target)).look()) {
    count(letters.length);
    for (const letter of letters.filter(isChosen(chosen))) groups.add(letter);
  }
  return groups;
}

/** One letter with its error, and what the code at hand makes of it. */
export async function show(target: Target, chosen: Chosen, { json, raw }: How, io: Io): Promise<ExitCode> {
  const letter = await find(target, chosen);
  if (!letter) {
    io.say('There is no such dead letter.');
    return EXIT.no;
  }
  const { id, reason, detail, source, sentAt, body } = letter;
  const findings = examine(body, target).map((finding) => ({
    ...(finding.fault !== undefined && { fault: finding.fault }),
    ...(finding.events && { events: raw ? finding.events : finding.events.map(redacted) }),
    ...(raw && { raw: finding.raw }),
  }));
  if (json) {
    io.print(jsonLine({ id, reason, detail, source, sentAt: new Date(sentAt).toISOString(), findings }));
    return EXIT.yes;
  }
  io.print(clean(`${reason}  ${source ?? 'source unknown'}  ${new Date(sentAt).toISOString()}  ${id}`));
  if (detail !== undefined) io.print(clean(`  it said: ${detail}`));
  for (const { fault, events = [], raw: text } of findings) {
    io.print(fault === undefined ? '  now: goes through' : `  now: ${fault}`);
    for (const event of events) io.print(`    ${jsonLine(event)}`);
    if (text !== undefined) io.print(clean(`    raw: ${text}`));
  }
  if (!raw) io.say('Personal data is left out; --raw shows everything.');
  return EXIT.yes;
}

async function find(target: Target, chosen: Chosen): Promise<Letter | undefined> {
  for await (const letters of (await LetterBox.of(target)).look()) {
    const letter = letters.find(isChosen(chosen));
    if (letter) return letter;
  }
  return undefined;
}

/** Puts letters back on the queues that take them. */
export async function redrive(target: Target, chosen: Chosen, how: How, io: Io): Promise<ExitCode> {
  if (how.dryRun) return (await list(target, chosen, how, io)) === EXIT.yes ? EXIT.no : EXIT.yes;
  const count = counter(io, 'dead letters redriven');
  const work = { hand: await how.hand(), count, say: io.say };
  const redriven = await redriveLetters(target, chosen, how.rate, work);
  io.print(how.json ? jsonLine({ redriven }) : `Redriven: ${redriven}`);
  if (redriven > 0) io.say('What fails again is back here within a minute: "ops dlq list".');
  return redriven > 0 ? EXIT.yes : EXIT.no;
}

/** Deletes letters for good. */
export async function drop(target: Target, chosen: Chosen, how: How, io: Io): Promise<ExitCode> {
  if (chosen.reason === undefined) throw new UsageError('dlq drop: --reason is missing: which letters?');
  if (!how.yes) {
    await list(target, chosen, how, io);
    throw new UsageError('dlq drop: nothing was deleted. It cannot be undone: add --yes to do it.');
  }
  const dropped = await dropLetters(target, chosen, { hand: await how.hand(), say: io.say });
  io.print(how.json ? jsonLine({ dropped }) : `Dropped: ${dropped}`);
  return dropped > 0 ? EXIT.yes : EXIT.no;
}
