import { audited } from '../../audit/audited.ts';
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { API_OPTIONS, openSession, partOf } from '../../esp/session.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';
import { connect } from './connect.ts';
import { disconnect } from './disconnect.ts';
import { type Proved, prove } from './prove.ts';

export const command = defineCommand({
  args: ['source'],
  about: `
Makes the webhook at the source's ESP, or brings the one that is there up to date: this stack's URL, every event, the secret. Where the ESP
makes the secret it is stored here, where we choose it it is made here; it is shown nowhere. Then a test is sent, and waited for until it is
in the table. Twice is as good as once. --remove takes the webhook away again, and the secret that connect stored.
The API key is typed without echo or read from standard input.
Exit codes: 0 connected and proven, 1 connected, but the test was not seen within a minute, 2 usage, 3 cannot know (the ESP or the
stack did not answer: run it again).`,
  options: {
    remove: { type: 'boolean', help: 'take the webhook away again' },
    'no-test': { type: 'boolean', help: 'send no test' },
    ...HAND_OPTIONS,
    ...API_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['connect', 'disconnect'],
  example: 'ops connect sendgrid --stage prod < key.txt',

  async run({ args: [source = ''], options: given, io }) {
    const target = await resolveTarget(given, io);
    const session = await openSession(target, source, given, io);
    const webhooks = partOf(session, session.api.webhooks, 'webhooks to manage');
    const { title } = session;
    const hand = await handOf(given, target);
    if (given.remove) {
      const taken = { what: 'disconnect', hand, on: [source], say: io.say } as const;
      const { removed, secretRemoved } = await audited(target, taken, async (act) => {
        const done = await disconnect(target, session, webhooks, io);
        act.count('webhooks removed', done.removed);
        return done;
      });
      if (given.json) io.print(jsonLine({ source, removed, secretRemoved }));
      else
        io.print(
          removed > 0
            ? `${source}: the webhook at ${title} is removed.`
            : `${source}: ${title} has no webhook of this URL.`,
        );
      if (removed > 0 && !secretRemoved)
        io.say('The stored secret was not made by connect on this machine: it stays. "secrets remove" drops it.');
      return EXIT.yes;
    }
    const intent = { what: 'connect', hand, on: [source], say: io.say } as const;
    const { made, hook } = await audited(target, intent, async (act) => {
      const done = await connect(target, session, webhooks, io);
      act.count(done.made ? 'webhook made' : 'webhook brought up to date');
      return done;
    });
    if (!given.json)
      io.print(`${source}: the webhook at ${title} is ${made ? 'made' : 'up to date'}, its secret is stored.`);
    const proved: Proved = given['no-test'] ? 'not-asked' : await prove(target, session, webhooks, hook, io);
    if (given.json) io.print(jsonLine({ source, made, test: proved }));
    return proved === 'not-seen' ? EXIT.no : EXIT.yes;
  },
});
