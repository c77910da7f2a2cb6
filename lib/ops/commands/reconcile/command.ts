import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { readLists, standingOf } from '../../esp/lists.ts';
import { API_OPTIONS, openSession, partOf } from '../../esp/session.ts';
import { scanSuppression } from '../../stack/scan.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { clean } from '../../words/clean.ts';

export const command = defineCommand({
  args: ['source'],
  about: `
Both lists side by side: who is suppressed at the source's ESP and not here, and who here and not there, with the reason each side gives.
Changes nothing. What is missing here: "catch-up" for its events, "import" for its list; what is missing there: "push".
Unsubscribes from one list, group or stream are compared by their scope; who was lifted here is told as lifted.
Exit codes: 0 the lists agree, 1 they differ, 2 usage, 3 cannot know.`,
  options: { ...API_OPTIONS, ...TARGET_OPTIONS },
  changes: [],
  example: 'ops reconcile postmark --stage prod < key.txt',

  async run({ args: [source = ''], options: given, io }) {
    const target = await resolveTarget(given, io);
    const session = await openSession(target, source, given, io);
    const lists = partOf(session, session.api.lists, 'lists of its own');
    const { now } = session.context;
    const there = new Map(await readLists(lists, session.context, io));
    const print = (row: Readonly<Record<string, string | undefined>>): void =>
      io.print(
        given.json
          ? jsonLine({ source, ...row })
          : clean(`${row.recipient}  ${row.missing}  ${row.reason}${row.why ? `  ${row.why}` : ''}`),
      );
    let differ = 0;
    const tell = (row: Readonly<Record<string, string | undefined>>): void => {
      differ++;
      print(row);
    };
    for await (const rows of scanSuppression(target, io, [
      'reasons',
      'scopes',
      'suppressedUntil',
      'transactionalUntil',
    ])) {
      for (const row of rows) {
        const { recipient } = row;
        const entries = there.get(recipient) ?? [];
        there.delete(recipient);
        const [here] = standingOf(row, now);
        if (here && entries.length === 0)
          tell({
            recipient,
            missing: 'there',
            reason: here.reason,
            why: here.echo ? `an ESP's list said so (${here.source})` : `reported by ${here.source}`,
          });
        for (const { reason, scope, list } of entries) {
          const scoped = scope !== undefined && scope !== 'all' ? row.scopes?.[`${source}:${scope}`] : undefined;
          if ((scoped ?? 0) * 1000 > now || here) continue;
          const lifted = Object.values(row.reasons).some((marks) => marks[0]?.until === 0);
          tell({
            recipient,
            missing: 'here',
            reason,
            why: `${list}${lifted ? ', lifted here: "lift --clear" takes it off there' : ''}`,
          });
        }
      }
    }
    for (const [recipient, entries] of there)
      for (const { reason, list } of entries) tell({ recipient, missing: 'here', reason, why: list });
    io.say(differ === 0 ? 'The lists agree.' : `${differ} differences.`);
    if (lists.lacks !== undefined) io.say(`${session.title}: ${lists.lacks}`);
    return differ === 0 ? EXIT.yes : EXIT.no;
  },
});
