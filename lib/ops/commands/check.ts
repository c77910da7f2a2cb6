import { normaliseAddress } from '../../../lambda/domain/address.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { defineCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { type Io, jsonLine } from '../cli/io.ts';
import { readEvents } from '../stack/events/stored.ts';
import { describeEntry, endsAt, type Question, readEntry } from '../stack/suppression.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS, type Target } from '../target/target.ts';

export const command = defineCommand({
  args: ['address'],
  about: `
Asks the suppression list about one address, by the same rule that every reader uses: may marketing mail not be sent to it (and, with
--scope, none of that list), or with --transactional no password reset or receipt either? Prints reasons, evidence and ends.
Exit codes: 0 yes, suppressed; 1 no, clear to send; 2 usage; 3 cannot know (the list could not be read: do not take it for clear).`,
  options: {
    scope: {
      type: 'string',
      value: 'SCOPE',
      help: 'also ask about one list, group, topic or stream, as timeline shows it',
    },
    transactional: { type: 'boolean', help: 'ask about transactional mail' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops check ada@example.com --local',

  async run({ args, options: given, io }) {
    const address = normaliseAddress(args[0] as string);
    if (address === undefined) throw new UsageError('check: that is not an e-mail address.');
    if (given.transactional && given.scope !== undefined) {
      throw new UsageError('check: unsubscribing from a scope never stops transactional mail; leave one of both out.');
    }
    const target = await resolveTarget(given, io);
    const entry = await readEntry(target, address);
    const question: Question = given.transactional
      ? { kind: 'transactional' }
      : { kind: 'marketing', scope: given.scope };
    const now = Math.floor(Date.now() / 1000);
    const until = endsAt(entry, question);
    const suppressed = until > now;
    const last = suppressed ? undefined : await lastOf(target, address, io);
    if (given.json)
      io.print(
        jsonLine({
          address,
          asked: question.kind,
          ...(given.scope && { scope: given.scope }),
          suppressed,
          until,
          ...entry,
          ...(last && { last }),
        }),
      );
    else for (const line of describeEntry(address, entry, question, now, last)) io.print(line);
    return suppressed ? EXIT.yes : EXIT.no;
  },
});

/** The newest event of somebody who is clear: who asks why no mail arrives reads on there. Not everybody who may ask the list may read it. */
async function lastOf(target: Target, address: string, io: Io): Promise<NormalisedEvent | undefined> {
  try {
    return (await readEvents(target, address, 1)).at(-1);
  } catch {
    io.say('The events could not be read; what stands here is from the list alone.');
    return undefined;
  }
}
