import type { ListReason } from '../../../../lambda/providers/api.ts';
import { audited } from '../../audit/audited.ts';
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { counter } from '../../cli/progress.ts';
import { readLists, standingHere } from '../../esp/lists.ts';
import { API_OPTIONS, openSession, partOf } from '../../esp/session.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';

export const command = defineCommand({
  args: ['source'],
  about: `
Brings our list to the own list of the source's ESP, so that it mails nobody whom we would not. Adds only who is missing there, and only
what we know ourselves: what rests on the word of some ESP's list alone is passed over, so that two ESPs never feed each other. Scoped
unsubscribes stand for one list and are not brought. Removes nothing. Counts first: without --yes it only says what would be added.
Exit codes: 0 all are there, 1 some were not taken (or would be added: without --yes), 2 usage, 3 cannot know.`,
  options: {
    yes: { type: 'boolean', help: 'add them; without it nothing is changed' },
    ...HAND_OPTIONS,
    ...API_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['push'],
  example: 'ops push sparkpost --stage prod < key.txt',

  async run({ args: [source = ''], options: given, io }) {
    const target = await resolveTarget(given, io);
    const session = await openSession(target, source, given, io);
    const lists = partOf(session, session.api.lists, 'lists of its own');
    const add = partOf(session, lists.add, 'way to add to its lists');
    const there = await readLists(lists, session.context, io);
    const wanted: { readonly recipient: string; readonly reason: ListReason }[] = [];
    const tally = { there: 0, hearsay: 0, passed: 0 };
    for await (const page of standingHere(target, io, session.context.now)) {
      for (const { recipient, reason, echo } of page) {
        if (there.has(recipient)) tally.there++;
        else if (echo) tally.hearsay++;
        else if (!add.reasons.includes(reason)) tally.passed++;
        else wanted.push({ recipient, reason });
      }
    }
    const refused: string[] = [];
    if (given.yes && wanted.length > 0) {
      const count = counter(io, 'addresses brought');
      const intent = { what: 'push', hand: await handOf(given, target), on: [source], say: io.say } as const;
      await audited(target, intent, async (act) => {
        for (let at = 0; at < wanted.length; at += add.atOnce) {
          const chunk = wanted.slice(at, at + add.atOnce).map(({ recipient }) => recipient);
          const left = await add.send(session.context, chunk);
          refused.push(...left);
          act.count('added', chunk.length - left.length);
          if (left.length > 0) act.count('refused', left.length);
          count(chunk.length);
        }
      });
    }
    const added = given.yes ? wanted.length - refused.length : 0;
    if (given.json) io.print(jsonLine({ source, missing: wanted.length, added, refused: refused.length, ...tally }));
    else {
      io.print(
        given.yes
          ? `${added} added at ${session.title}.`
          : `${wanted.length} would be added at ${session.title}: --yes does it.`,
      );
      for (const [reason, all] of Map.groupBy(wanted, (one) => one.reason)) io.print(`  ${all.length}  ${reason}`);
    }
    io.say(`${tally.there} are there already; ${tally.hearsay} rest on an ESP's list alone and are not brought.`);
    if (tally.passed > 0)
      io.say(`${tally.passed} are suppressed for a reason that is not brought to ${session.title}.`);
    if (refused.length > 0) io.say(`${refused.length} were not taken by ${session.title}.`);
    return refused.length > 0 || (!given.yes && wanted.length > 0) ? EXIT.no : EXIT.yes;
  },
});
