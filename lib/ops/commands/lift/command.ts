import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { API_OPTIONS } from '../../esp/session.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { readAddresses } from '../../words/addresses.ts';
import { AUTHOR_OPTIONS, authorOf, handOf, noteOf } from '../../words/author.ts';
import { keyOf, parseReason, parseReasonScope } from '../../words/reasons.ts';
import type { Selection } from './lift.ts';

export const command = defineCommand({
  args: ['address...?'],
  about: `
lift <address>   takes addresses off the list, those named or (with none) one per line of standard input: lifts every reason that
                 suppresses them, or the one of --reason (and --scope). Says which ESP's own list must be cleared too, and how; --clear
                 does it for one address, with a key that is typed or read from standard input (--dry-run only looks). What an ESP does
                 not let go, such as most complaints, is named and not tried. Later evidence suppresses again; older evidence that
                 arrives late does not.
lift --source S --from ISO --until ISO
                 takes back one bad window: what that source reported of that time (the end not included) does not count, whether it
                 came already, waits in the queue or comes late. Everybody whom it suppresses is lifted; what other evidence proves stays.
lift --import ID takes back one import, and nothing else.
                 Both are stored, ask for every entry that holds some of it, and wait until none does. --dry-run lists and counts, and
                 changes nothing. --retractions lists what is stored, --forget ID removes one: what comes after that counts again.
Lifts go through the queue like every event: who and why are recorded.
Exit codes: 0 lifted (and cleared), 1 nothing to lift, the ESP keeps it, or not in effect yet (processing is paused or behind), 2 usage,
3 cannot know.`,
  options: {
    reason: { type: 'string', value: 'REASON', help: 'only this one; all (default) lifts each' },
    scope: { type: 'string', value: 'SCOPE', help: 'only the unsubscribe of this list, group, topic or stream' },
    source: { type: 'string', value: 'NAME', help: 'window: what this source reported' },
    from: { type: 'string', value: 'ISO', help: 'window: events from this time on' },
    until: { type: 'string', value: 'ISO', help: 'window: events before this time' },
    import: { type: 'string', value: 'ID', help: 'what came with this import, as "import" printed it' },
    'dry-run': { type: 'boolean', help: 'window, import, --clear: only list and count' },
    clear: { type: 'boolean', help: "one address: also take it off the ESP's own lists" },
    esp: { type: 'string', value: 'SOURCE', help: "--clear: at this source's ESP (default: the one that reported it)" },
    ...API_OPTIONS,
    retractions: { type: 'boolean', help: 'list the windows and imports that are taken back' },
    forget: { type: 'string', value: 'ID', help: 'remove one of them' },
    wait: { type: 'boolean', help: 'addresses: until it is in effect' },
    ...AUTHOR_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['lift', 'take back', 'forget'],
  example: 'ops lift ada@example.com --note "new mailbox, ticket 4711" --local',

  async run({ args, options: given, io }) {
    const isWindow = [given.source, given.from, given.until].some((value) => value !== undefined);
    const dryRun = given['dry-run'] === true;
    const kinds = [
      args.length > 0,
      isWindow,
      given.import !== undefined,
      given.retractions,
      given.forget !== undefined,
    ];
    if (kinds.filter(Boolean).length > 1) {
      throw new UsageError('lift: addresses, a window (--source), --import, --retractions or --forget: choose one.');
    }
    if (given.esp !== undefined && !given.clear) throw new UsageError('lift: --esp belongs to --clear.');
    if (given.clear) {
      noteOf('lift', given);
      const [address] = args;
      if (address === undefined || args.length > 1) throw new UsageError('lift --clear: of which one address?');
      const { liftAndClear } = await import('./address.ts');
      return liftAndClear(address, selectionOf(given), given, await resolveTarget(given, io), io);
    }
    if (given.retractions || given.forget !== undefined) {
      const retraction = await import('./retraction.ts');
      const target = await resolveTarget(given, io);
      if (given.retractions) return retraction.listRetractions(target, given.json === true, io);
      return retraction.forget(target, given.forget as string, await handOf(given, target), io);
    }
    if (!isWindow && given.import === undefined) {
      noteOf('lift', given);
      if (dryRun) throw new UsageError('lift: --dry-run is for a window (--source) or an import (--import).');
      const selection = selectionOf(given);
      const addresses = await readAddresses('lift', args, io);
      const { liftAddresses } = await import('./addresses.ts');
      return liftAddresses(addresses, selection, given, await resolveTarget(given, io), io);
    }
    // A dry run changes nothing: there is nothing to give a reason for.
    if (!dryRun) noteOf('lift', given);
    if (given.import !== undefined && (given.reason !== undefined || given.scope !== undefined)) {
      throw new UsageError('lift: an import is taken back as a whole; leave --reason and --scope out.');
    }
    const target = await resolveTarget(given, io);
    const hand = dryRun ? undefined : await authorOf('lift', given, target);
    const { reason, scope } = selectionOf(given);
    const only = reason && keyOf({ reason, ...(scope !== undefined && { scope }) });
    const { retractionOf } = await import('./retraction.ts');
    const retraction = retractionOf({ ...given, reason: only }, hand ?? { actor: '', note: '' }, target);
    const { showPreview, showTakeBack } = await import('./show.ts');
    const json = given.json === true;
    return hand ? showTakeBack(target, retraction, hand, json, io) : showPreview(target, retraction, json, io);
  },
});

function selectionOf({ reason, scope }: { reason?: string | undefined; scope?: string | undefined }): Selection {
  const all = reason === undefined || reason === 'all';
  if (scope !== undefined) return parseReasonScope(all ? undefined : reason, scope);
  return all ? {} : { reason: parseReason(reason) };
}
