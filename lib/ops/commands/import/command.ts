import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { resolveTarget, TARGET_OPTIONS } from '../../target/target.ts';
import { AUTHOR_OPTIONS, authorOf, noteOf } from '../../words/author.ts';
import { checkScope, parseReason } from '../../words/reasons.ts';
import { parseAt, parseCount } from '../../words/time.ts';
import { inspect } from './csv-file.ts';
import type { Defaults } from './row.ts';
import { type Plan, runImport, type Tally } from './run.ts';
import { clearState, hashOf, readState, type State, writeState } from './state.ts';

export const command = defineCommand({
  args: ['file'],
  about: `
Takes a suppression list over: a CSV file of our own format (address,reason,scope,at,until,note; what export writes) or of an ESP's.
The columns tell the format. A line that cannot be read is reported by its number and skipped. Every line becomes an event that goes
through the delivery queue, at a bounded rate; the same line counts once, however often the file is imported.
An import that was cut off goes on with --resume: how far it came stands in FILE.quell-import.json.
Exit codes: 0 every line was taken, 1 some were skipped, 2 usage, 3 cannot know (the queue did not take all: --resume).`,
  options: {
    format: {
      type: 'string',
      value: 'NAME',
      help: 'quell, sendgrid, ses, mailgun, postmark, brevo, mailchimp, sparkpost; default: auto',
    },
    reason: { type: 'string', value: 'REASON', help: 'of lines that give none' },
    scope: { type: 'string', value: 'SCOPE', help: 'of unsubscribes that give none (default: all)' },
    'source-name': { type: 'string', value: 'NAME', help: 'source that scopes of this list belong to' },
    at: { type: 'string', value: 'ISO', help: "time of lines that give none (default: the file's own time)" },
    rate: { type: 'string', value: 'N', help: 'lines a second (default: 5000)' },
    'dry-run': { type: 'boolean', help: 'only read and count' },
    resume: { type: 'boolean', help: 'go on where an earlier run stopped' },
    ...AUTHOR_OPTIONS,
    ...TARGET_OPTIONS,
  },
  example: 'ops import bounces.csv --reason hard_bounce --note "moved from SendGrid" --dry-run',

  async run({ args: [name = ''], options: given, io }) {
    noteOf('import', given);
    const path = resolve(io.cwd, name);
    const defaults = defaultsOf(given);
    const perSecond = parseCount('rate', given.rate ?? '5000', 100_000);
    const modified = await timeOf(path);
    const at = given.at === undefined ? modified : new Date(parseAt(given.at)).toISOString();
    const file = await inspect(path, given.format ?? 'auto');
    if (given['dry-run']) {
      const tally = await runImport({ path, file, defaults, at, after: 0, perSecond }, io);
      return finish(tally, file.id, true, given.json === true, io);
    }

    const target = await resolveTarget(given, io);
    const author = await authorOf('import', given, target);
    const hash = await hashOf(path);
    const into = [target.label, file.id, ...Object.values(defaults)].join(', ');
    const before: State = given.resume ? await readState(path, hash, into) : { v: 1, hash, into, at, line: 0 };
    if (given.resume) io.say(`Going on after line ${before.line}.`);
    const plan: Plan = { path, file, defaults, at: before.at, after: before.line, perSecond };
    const reached = (line: number): Promise<void> => writeState(path, { ...before, line });
    const tally = await runImport(plan, io, { target, author, reached });
    await clearState(path);
    io.say('Handed to the delivery queue. It is in effect once the queue is empty.');
    return finish(tally, file.id, false, given.json === true, io);
  },
});

function defaultsOf(given: {
  readonly reason?: string | undefined;
  readonly scope?: string | undefined;
  readonly 'source-name'?: string | undefined;
}): Defaults {
  const { reason, scope, 'source-name': sourceName } = given;
  if (scope !== undefined) checkScope(scope);
  return {
    ...(reason !== undefined && { reason: parseReason(reason) }),
    ...(scope !== undefined && { scope }),
    ...(sourceName !== undefined && { sourceName }),
  };
}

async function timeOf(path: string): Promise<string> {
  try {
    return (await stat(path)).mtime.toISOString();
  } catch (error) {
    throw new UsageError(`import: cannot read the file (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
}

function finish({ taken, bad, passed, byReason }: Tally, format: string, dry: boolean, json: boolean, io: Io) {
  if (json) io.print(jsonLine({ format, dryRun: dry, taken, bad, passed, byReason: Object.fromEntries(byReason) }));
  else {
    io.print(`${dry ? 'Would import' : 'Imported'} ${taken} lines (format ${format}), skipped ${bad} bad ones.`);
    for (const [reason, count] of byReason) io.print(`  ${count}  ${reason}`);
    if (passed > 0) io.print(`  ${passed}  say nothing of suppression`);
  }
  return bad > 0 ? EXIT.no : EXIT.yes;
}
