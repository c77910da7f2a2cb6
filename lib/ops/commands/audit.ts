import { actLine } from '../audit/line.ts';
import { readActs, readActsOn } from '../audit/records.ts';
import { subjectsOf } from '../audit/subjects.ts';
import { defineCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS } from '../target/target.ts';
import { parseCount, parseSince, parseTime } from '../words/time.ts';

export const command = defineCommand({
  args: [],
  about: `
Who changed what, when, why, and what came of it, the newest first: everything that commands and the console change leaves one record,
written before it begins. "not finished" goes on at this moment, or was cut off. Records are kept for "retention.auditDays" (400).
--on finds what was done to an address, a source, an import or a window; somebody who was erased is found by those who may read the
stack's own keys (the eraser policy).
Exit codes: 0 there are some, 1 there are none, 2 usage, 3 cannot know (the table could not be read).`,
  options: {
    since: { type: 'string', value: 'TIME', help: 'how far back: 1d, 30d (default), or from a time on' },
    until: { type: 'string', value: 'TIME', help: 'before this time (default: now)' },
    by: { type: 'string', value: 'NAME', help: 'whose name or AWS identity holds this' },
    what: { type: 'string', value: 'WORDS', help: 'whose kind holds this: dlq, secrets, lift' },
    on: { type: 'string', value: 'WHAT', help: 'an address, a source, the id of an import or of a window' },
    limit: { type: 'string', value: 'N', help: 'only the newest N (default: 100)' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops audit --since 7d --what dlq --stage prod',

  async run({ options: given, io }) {
    const now = Date.now();
    const since = parseSince('since', given.since ?? '30d', now);
    const until = given.until === undefined ? now + AHEAD : parseTime('until', given.until);
    if (since >= until) throw new UsageError('audit: --since must be before --until.');
    const limit = parseCount('limit', given.limit ?? '100', 100_000);
    const target = await resolveTarget(given, io);
    const wanted = { since, until, by: given.by, what: given.what, limit };
    const { acts, next } =
      given.on === undefined
        ? await readActs(target, wanted)
        : await readActsOn(target, await subjectsOf(target, given.on), wanted);
    for (const act of acts) io.print(given.json ? jsonLine(act) : actLine(act));
    if (acts.length === 0) io.say(`${target.label} has recorded no such act in this time.`);
    if (next !== undefined) io.say(`Older ones exist: --limit shows more than ${limit}.`);
    return acts.length > 0 ? EXIT.yes : EXIT.no;
  },
});

/** Whose clock is ahead is listed too. */
const AHEAD = 300_000;
