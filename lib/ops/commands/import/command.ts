import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PolicyConfig } from '../../../../lambda/contract/config.ts';
import type { Defaults } from '../../../../lambda/providers/list-file.ts';
import { audited } from '../../audit/audited.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { readRetractions } from '../../stack/retractions.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS, type Target } from '../../target/target.ts';
import { AUTHOR_OPTIONS, authorOf, noteOf } from '../../words/author.ts';
import { checkScope, parseReason } from '../../words/reasons.ts';
import { parseAt, parseCount } from '../../words/time.ts';
import { inspect } from './csv-file.ts';
import { FORMATS } from './formats.ts';
import { type Plan, runImport, type Tally } from './run.ts';
import { clearState, hashOf, readState, type State, writeState } from './state.ts';

export const command = defineCommand({
  args: ['file'],
  about: `
Takes a suppression list over: a CSV file of our own format (address,reason,scope,at,until,note; what export writes) or of an ESP's.
The columns decide the format. A line that cannot be read is reported by its number and skipped. A bounce with a code or a text is read as the
webhook reads it: what it would not suppress is left out, and lines end as the stage's policy says. Every line becomes an event that
goes through the queue of acts, at a bounded rate; the same line counts once, however often the file is imported. The import has an
id, printed at the end: "lift --import ID" takes back exactly what it did.
An import that was cut off goes on with --resume: how far it came stands in FILE.quell-import.json.
Exit codes: 0 every line was taken, 1 some were skipped, 2 usage, 3 cannot know (the queue did not take all: --resume).`,
  options: {
    format: {
      type: 'string',
      value: 'NAME',
      help: `${[...FORMATS.keys()].join(', ')}; default: auto`,
    },
    reason: { type: 'string', value: 'REASON', help: 'of lines that give none' },
    scope: { type: 'string', value: 'SCOPE', help: 'of unsubscribes that give none (default: all)' },
    'source-name': { type: 'string', value: 'NAME', help: 'source that scopes of this list belong to' },
    at: { type: 'string', value: 'ISO', help: "time of lines that give none (default: the file's own time)" },
    rate: { type: 'string', value: 'N', help: 'lines a second (default: 5000)' },
    'as-listed': {
      type: 'boolean',
      help: 'take every line for what the list says: no reply is read, nothing ends by the policy',
    },
    'dry-run': { type: 'boolean', help: 'only read and count' },
    resume: { type: 'boolean', help: 'go on where an earlier run stopped' },
    ...AUTHOR_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['import'],
  example: 'ops import bounces.csv --reason hard_bounce --note "moved from SendGrid" --dry-run',

  async run({ args: [name = ''], options: given, io }) {
    noteOf('import', given);
    const path = resolve(io.cwd, name);
    const defaults = defaultsOf(given);
    const perSecond = parseCount('rate', given.rate ?? '5000', 100_000);
    const modified = await timeOf(path);
    const at = given.at === undefined ? modified : new Date(parseAt(given.at)).toISOString();
    const file = await inspect(path, given.format ?? 'auto');
    const hash = await hashOf(path);
    const asListed = given['as-listed'] === true;
    const idAt = (time: string): string =>
      importId([hash, file.id, ...Object.values(defaults), time, String(asListed)]);
    // Reading and counting needs no stack; what its policy switches off is known only with one.
    const dry = given['dry-run'] === true;
    const named = given.local || given.stage !== undefined;
    const target = dry && !named ? undefined : await resolveTarget(given, io);
    const policy = target?.policyOf(defaults.sourceName ?? '') ?? ANY_POLICY;
    const id = idAt(at);
    const plan: Plan = {
      path,
      file,
      defaults,
      id,
      judging: { policy, asListed, now: Date.now() },
      at,
      after: 0,
      perSecond,
    };
    if (dry || !target) {
      const tally = await runImport(plan, io);
      return finish(tally, { format: file.id, id, dry: true, judged: target !== undefined }, given.json === true, io);
    }

    const hand = await authorOf('import', given, target);
    const into = [target.label, file.id, ...Object.values(defaults), ...(asListed ? ['as listed'] : [])].join(', ');
    const before: State = given.resume ? await readState(path, hash, into) : { v: 1, hash, into, at, line: 0 };
    if (given.resume) io.say(`Going on after line ${before.line}.`);
    const going: Plan = { ...plan, at: before.at, after: before.line, id: idAt(before.at) };
    await refuseTakenBack(target, going.id);
    const how = [`format ${file.id}`, ...(before.line > 0 ? [`after line ${before.line}`] : [])].join(', ');
    const intent = { what: 'import', hand, on: [going.id], how, say: io.say } as const;
    const tally = await audited(target, intent, (act) =>
      runImport(going, io, {
        target,
        author: hand,
        async reached(line, taken) {
          await writeState(path, { ...before, line });
          act.count('taken', taken);
        },
      }),
    );
    await clearState(path);
    io.say('Queued. It is in effect once the queue of acts is empty.');
    return finish(tally, { format: file.id, id: going.id, dry: false, judged: true }, given.json === true, io);
  },
});

/** The same file, read the same way, is the same import: it counts once, however often it is run. */
const importId = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);

/** For counting without a stack: nothing is switched off. */
const ANY_POLICY: PolicyConfig = {
  hardBounce: 'forever',
  otherPermanent: 'forever',
  complaint: 'forever',
  complaintCandidates: 1,
  unsubscribe: 'forever',
  softBounces: { messages: 1, windowDays: 1, suppressDays: 1 },
};

async function refuseTakenBack(target: Target, id: string): Promise<void> {
  const { retractions } = await readRetractions(target);
  if (!retractions.some((one) => 'importId' in one && one.importId === id)) return;
  throw new UsageError(`import: this very import was taken back, so it would not count. First: lift --forget ${id}`);
}

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

interface Ran {
  readonly format: string;
  readonly id: string;
  readonly dry: boolean;
  /** By the policy of a stack, which says what is switched off. */
  readonly judged: boolean;
}

function finish(tally: Tally, { format, id, dry, judged }: Ran, json: boolean, io: Io) {
  const { taken, bad, passed, spared, byReason, byClass, bySpared } = tally;
  const counts = {
    byReason: Object.fromEntries(byReason),
    byClass: Object.fromEntries(byClass),
    bySpared: Object.fromEntries(bySpared),
  };
  if (json) io.print(jsonLine({ format, importId: id, dryRun: dry, taken, spared, bad, passed, ...counts }));
  else {
    io.print(`${dry ? 'Would import' : 'Imported'} ${taken} lines (format ${format}), skipped ${bad} bad ones.`);
    for (const [reason, count] of byReason) io.print(`  ${count}  ${reason}`);
    if (byClass.size > 0) io.print(`Bounces, read as the webhook reads them: ${list(byClass)}.`);
    if (spared > 0) io.print(`  ${spared}  suppress nobody: ${list(bySpared)} (--as-listed takes them all the same)`);
    if (passed > 0) io.print(`  ${passed}  say nothing of suppression`);
    if (!judged) io.print('Name a stack (--stage or --local) to see what its policy switches off.');
    io.print(`Import ${id}${dry ? '' : `. To take it back: lift --import ${id}`}`);
  }
  return bad > 0 ? EXIT.no : EXIT.yes;
}

const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
