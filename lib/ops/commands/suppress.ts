import { MAX_AHEAD } from '../../../lambda/domain/event/time.ts';
import { OPERATOR } from '../../../lambda/domain/suppression/operator.ts';
import { type Reason, untilAfter } from '../../../lambda/domain/suppression/suppression.ts';
import { defineCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { sendActs, signed } from '../stack/acts.ts';
import { awaitActs } from '../stack/effects.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS, type Target } from '../target/target.ts';
import { readAddresses } from '../words/addresses.ts';
import { AUTHOR_OPTIONS, authorOf, noteOf } from '../words/author.ts';
import { keyOf, parseReasonScope } from '../words/reasons.ts';
import { endOf, parseAt, parseEnd } from '../words/time.ts';

/** When evidence of this reason ends by the policy, in epoch seconds; undefined = for ever. */
function endByPolicy(reason: Reason, at: number, target: Target): number | undefined {
  if (reason === 'manual') return undefined;
  const { hardBounce, complaint, unsubscribe, softBounces } = target.policyOf(OPERATOR);
  const series = softBounces.messages === 0 ? 0 : softBounces.suppressDays;
  const lasts = { hard_bounce: hardBounce, complaint, unsubscribe, soft_bounces: series }[reason];
  if (lasts === 0)
    throw new UsageError("suppress: the stage's policy never suppresses for this reason. Say --days or --until.");
  return lasts === 'forever' ? undefined : untilAfter(new Date(at).toISOString(), lasts);
}

export const command = defineCommand({
  args: ['address...?'],
  about: `
Puts addresses on the suppression list, by hand. Without addresses they are read from standard input, one per line. Ends when
--days or --until says, else as the stage's policy says of that reason; "manual" is for ever. Goes through the delivery queue like every event, so it is recorded and archived: who, and why.
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
    const until = named ?? endByPolicy(reason.reason, at, target);
    const author = await authorOf('suppress', given, target);
    const acts = addresses.map((recipient) =>
      signed(
        {
          act: 'suppress',
          recipient,
          ...reason,
          at: new Date(at).toISOString(),
          ...(until !== undefined && { until }),
        },
        author,
      ),
    );
    await sendActs(target, acts);
    const end = until === undefined ? 'for ever' : `until ${endOf(until)}`;
    for (const act of acts) {
      io.print(given.json ? jsonLine(act) : `${act.recipient}: ${keyOf(reason)} ${end}`);
    }
    if (!given.wait) {
      io.say('Handed to the delivery queue; it is in effect within seconds. "ops check" tells.');
      return EXIT.yes;
    }
    const missing = await awaitActs(target, acts);
    io.say(missing === 0 ? 'In effect.' : `Not in effect within a minute: ${missing}. Is processing paused or behind?`);
    return missing === 0 ? EXIT.yes : EXIT.no;
  },
});
