import { MAX_AHEAD } from '../../../../lambda/domain/event/time.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { awaitActs } from '../../stack/effects.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { readAddresses } from '../../words/addresses.ts';
import { AUTHOR_OPTIONS, authorOf, noteOf } from '../../words/author.ts';
import { keyOf, parseReasonScope } from '../../words/reasons.ts';
import { endOf, parseAt, parseEnd } from '../../words/time.ts';
import { suppressAddresses } from './suppress.ts';

export const command = defineCommand({
  args: ['address...?'],
  about: `
Puts addresses on the suppression list, by hand. Without addresses they are read from standard input, one per line. Ends when
--days or --until says, else as the stage's policy says of that reason; "manual" is for ever. Goes through a queue like every event, so it is recorded and archived: who, and why.
Exit codes: 0 handed over (with --wait: in effect), 1 not in effect within a minute, 2 usage, 3 cannot know.`,
  options: {
    reason: {
      type: 'string',
      value: 'REASON',
      help: 'manual (default), complaint, hard_bounce, unsubscribe or soft_bounces',
    },
    scope: { type: 'string', value: 'SCOPE', help: 'unsubscribe from one list, group, topic or stream only' },
    days: { type: 'string', value: 'N', help: 'ends N days from --at' },
    until: { type: 'string', value: 'ISO', help: 'ends at this time' },
    at: { type: 'string', value: 'ISO', help: 'when the evidence dates from (default: now)' },
    wait: { type: 'boolean', help: 'until it is in effect' },
    ...AUTHOR_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['suppress'],
  example: 'ops suppress ada@example.com --reason complaint --note "wrote to support" --local',

  async run({ args, options: given, io }) {
    noteOf('suppress', given);
    const reason = parseReasonScope(given.reason, given.scope);
    const at = parseAt(given.at);
    if (at > Date.now() + MAX_AHEAD) throw new UsageError('suppress: --at lies in the future.');
    const named = parseEnd(given, at);
    if (named !== undefined && named * 1000 <= at) throw new UsageError('suppress: it would end before it began.');
    const addresses = await readAddresses('suppress', args, io);
    const target = await resolveTarget(given, io);
    const hand = await authorOf('suppress', given, target);
    const acts = await suppressAddresses(target, addresses, { ...reason, at, until: named }, hand, io.say);
    const until = acts[0]?.until;
    const end = until === undefined ? 'for ever' : `until ${endOf(until)}`;
    for (const act of acts) {
      io.print(given.json ? jsonLine(act) : `${act.recipient}: ${keyOf(reason)} ${end}`);
    }
    if (!given.wait) {
      io.say('Queued; it takes effect within seconds. "ops check" shows it.');
      return EXIT.yes;
    }
    const missing = await awaitActs(target, acts);
    io.say(missing === 0 ? 'In effect.' : `Not in effect within a minute: ${missing}. Is processing paused or behind?`);
    return missing === 0 ? EXIT.yes : EXIT.no;
  },
});
