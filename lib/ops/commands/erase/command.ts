import { normaliseAddress } from '../../../../lambda/domain/address.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { AUTHOR_OPTIONS, authorOf, noteOf } from '../../words/author.ts';
import { checkNote } from './note.ts';

export const command = defineCommand({
  args: ['address'],
  about: `
Removes a person: every recorded event, the entry on the suppression list, and the address from the audit. With --keep-suppressed the bare entry stays (until when no
mail may be sent, and no word of why), so that the person is not mailed again. A keyed mark, from which the address cannot be read, keeps
redrives and replays of older events from bringing the person back; new events record them again.
Not reached: the archive, dead letters (dlq list), published events, and every ESP's own records.
Exit codes: 0 erased (also where nothing was known), 2 usage, 3 cannot know (run it again: it goes on).`,
  options: {
    'keep-suppressed': { type: 'boolean', help: 'leave the bare entry, without reasons' },
    ...AUTHOR_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['erase'],
  example: 'ops erase ada@example.com --keep-suppressed --note "request 4711" --local',

  async run({ args: [text = ''], options: given, io }) {
    const note = noteOf('erase', given);
    const address = normaliseAddress(text);
    if (address === undefined) throw new UsageError('erase: that is not an e-mail address.');
    checkNote(address, note);
    const target = await resolveTarget(given, io);
    const hand = await authorOf('erase', given, target);
    const { eraseAddress } = await import('./erase.ts');
    const keep = given['keep-suppressed'] === true;
    const { erasedAt, events, kept } = await eraseAddress(target, address, keep, hand, io.say);
    if (given.json) io.print(jsonLine({ erasedAt, events, entry: kept ? 'kept bare' : 'removed' }));
    else io.print(`Erased: ${events} events; entry ${kept ? 'kept without reasons' : 'removed'}.`);
    io.say('Events that were under way just now may still arrive: run it again in 15 minutes.');
    return EXIT.yes;
  },
});
