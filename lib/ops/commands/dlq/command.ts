import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { suggestion } from '../../cli/suggest.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';
import { parseCount } from '../../words/time.ts';

const ACTIONS = ['list', 'show', 'redrive', 'drop'];

export const command = defineCommand({
  args: ['action', 'id?'],
  about: `
dlq list             counts dead letters by reason and source. Exit 0: there are none, 1: there are some.
dlq show [id]        one letter: why it died, and what this checkout's code makes of it now; without an id the first that fits.
                     Addresses and payloads only with --raw.
dlq redrive          puts letters back on the delivery queue: of one --reason, of one --source, or --all. Each is deleted only once the
                     queue has taken it. --dry-run counts.
dlq drop             deletes letters of one --reason for good; needs --yes.
Looking hides letters for the time of the look (5 minutes at most, if it is cut off) and ends no alarm.
Exit codes: 0 done, 1 nothing fits (list: there are some), 2 usage, 3 cannot know.`,
  options: {
    reason: { type: 'string', value: 'REASON', help: 'only letters of this reason, as list names it' },
    source: { type: 'string', value: 'NAME', help: 'only letters of this source' },
    all: { type: 'boolean', help: 'redrive: whatever the reason' },
    rate: { type: 'string', value: 'N', help: 'redrive: letters a second (default: 50)' },
    'dry-run': { type: 'boolean', help: 'redrive: only count' },
    raw: { type: 'boolean', help: 'show: with addresses and payload' },
    yes: { type: 'boolean', help: 'drop: really' },
    ...HAND_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['dlq redrive', 'dlq drop'],
  example: 'ops dlq redrive --reason unknown-source --dry-run --stage prod',

  async run({ args: [action = '', id], options: given, io }) {
    if (!ACTIONS.includes(action)) {
      throw new UsageError(`dlq: ${ACTIONS.join(', ')}?${suggestion(action, ACTIONS)}`);
    }
    const { reason, source } = given;
    if (action === 'redrive' && [reason, source, given.all, id].every((choice) => choice === undefined)) {
      throw new UsageError('dlq redrive: which? --reason, --source, or --all.');
    }
    if (id !== undefined && action === 'list') throw new UsageError('dlq list takes no id.');
    const how = {
      json: given.json === true,
      raw: given.raw === true,
      dryRun: given['dry-run'] === true,
      yes: given.yes === true,
      rate: parseCount('rate', given.rate ?? '50', 10_000),
    };
    const target = await resolveTarget(given, io);
    const work = { ...how, hand: () => handOf(given, target) };
    const actions = await import('./actions.ts');
    const run = { list: actions.list, show: actions.show, redrive: actions.redrive, drop: actions.drop }[
      action as 'list' | 'show' | 'redrive' | 'drop'
    ];
    return run(target, { reason, source, id }, work, io);
  },
});
