import { defineCommand } from '../cli/command.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { scanSuppression } from '../stack/scan.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS } from '../target/target.ts';
import { clean } from '../words/clean.ts';
import { readReasonKey } from '../words/reasons.ts';

export const command = defineCommand({
  args: [],
  about: `
Lists the scopes that people have unsubscribed from (lists, groups, topics, streams), with how many are unsubscribed now and how many came
back: the names that readers ask for. Reads the whole suppression table, page by page.
Exit codes: 0 there are some, 1 there are none, 2 usage, 3 cannot know.`,
  options: { ...TARGET_OPTIONS },
  changes: [],
  example: 'ops scopes --stage prod',

  async run({ options: given, io }) {
    const target = await resolveTarget(given, io);
    const scopes = new Map<string, { active: number; ended: number }>();
    const now = Date.now() / 1000;
    for await (const page of scanSuppression(target, io, ['reasons'])) {
      for (const { reasons } of page) {
        for (const [key, marks] of Object.entries(reasons)) {
          const scope = readReasonKey(key)?.scope;
          if (scope === undefined) continue;
          const count = scopes.get(scope) ?? { active: 0, ended: 0 };
          count[(marks[0]?.until ?? 0) > now ? 'active' : 'ended'] += 1;
          scopes.set(scope, count);
        }
      }
    }
    for (const [scope, count] of [...scopes].sort(([a], [b]) => (a < b ? -1 : 1))) {
      io.print(
        given.json
          ? jsonLine({ scope, ...count })
          : clean(`${scope}  unsubscribed: ${count.active}, ended: ${count.ended}`),
      );
    }
    if (scopes.size === 0) io.say('Nobody has unsubscribed from a single list.');
    return scopes.size > 0 ? EXIT.yes : EXIT.no;
  },
});
