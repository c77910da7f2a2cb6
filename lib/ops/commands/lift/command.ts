import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { API_OPTIONS } from '../../esp/session.ts';
import { resolveTarget, TARGET_OPTIONS } from '../../target/target.ts';
import { AUTHOR_OPTIONS, noteOf } from '../../words/author.ts';
import { parseReason, parseReasonScope } from '../../words/reasons.ts';

export const command = defineCommand({
  args: ['address?'],
  about: `
lift <address>   takes an address off the list: lifts every reason that suppresses it, or the one of --reason (and --scope). Says which
                 ESP's own list must be cleared too, and how; --clear does it, with a key that is typed or read from standard input
                 (--dry-run only looks). What an ESP does not let go, such as most complaints, is told and not tried. Later evidence suppresses again; older evidence that arrives late does not.
lift --source S --from ISO --until ISO
                 undoes one bad window: lifts, for everybody, what rests on what that source reported of that time (the end not
                 included), and keeps what other evidence proves. --dry-run lists and counts, and changes nothing.
Goes through the delivery queue like every event: who and why are recorded.
Exit codes: 0 lifted (and cleared), 1 nothing to lift, or the ESP keeps it (with --wait: or not in effect within a minute), 2 usage, 3 cannot know.`,
  options: {
    reason: { type: 'string', value: 'REASON', help: 'only this one; all (default) lifts each' },
    scope: { type: 'string', value: 'SCOPE', help: 'only the unsubscribe of this list, group, topic or stream' },
    source: { type: 'string', value: 'NAME', help: 'window: what this source reported' },
    from: { type: 'string', value: 'ISO', help: 'window: events from this time on' },
    until: { type: 'string', value: 'ISO', help: 'window: events before this time' },
    'dry-run': { type: 'boolean', help: 'window, --clear: only list and count' },
    clear: { type: 'boolean', help: "address: also take it off the ESP's own lists" },
    esp: { type: 'string', value: 'SOURCE', help: "--clear: at this source's ESP (default: the one that told of it)" },
    ...API_OPTIONS,
    wait: { type: 'boolean', help: 'address: until it is in effect' },
    ...AUTHOR_OPTIONS,
    ...TARGET_OPTIONS,
  },
  example: 'ops lift ada@example.com --note "new mailbox, ticket 4711" --local',

  async run({ args: [address], options: given, io }) {
    noteOf('lift', given);
    const all = given.reason === undefined || given.reason === 'all';
    const selection =
      given.scope !== undefined
        ? parseReasonScope(all ? undefined : given.reason, given.scope)
        : all
          ? {}
          : { reason: parseReason(given.reason as string) };
    const window = [given.source, given.from, given.until, given.clear ? undefined : given['dry-run']].some(
      (value) => value !== undefined,
    );
    if (given.esp !== undefined && !given.clear) throw new UsageError('lift: --esp belongs to --clear.');
    if (address === undefined && given.clear) throw new UsageError('lift --clear: of which address?');
    if (address === undefined && !window) throw new UsageError('lift: which address, or which window (--source)?');
    if (address !== undefined && window) {
      throw new UsageError('lift: an address, or a window (--source, --from, --until, --dry-run): choose one.');
    }
    const target = await resolveTarget(given, io);
    if (address !== undefined) {
      return (await import('./address.ts')).liftAddress(address, selection, given, target, io);
    }
    return (await import('./window-run.ts')).liftWindow(selection, given, target, io);
  },
});
