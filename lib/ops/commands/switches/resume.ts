import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';
import { switchByHand } from './switch.ts';

export const command = defineCommand({
  args: [],
  about: `
Starts processing again after a pause: what has waited in the delivery queue is worked off, oldest first.
Exit codes: 0 done (also where it was so already), 2 usage, 3 cannot know.`,
  options: { ...HAND_OPTIONS, ...TARGET_OPTIONS },
  changes: ['resume'],
  example: 'ops resume --stage prod',

  async run({ options: given, io }) {
    const target = await resolveTarget(given, io);
    const changed = await switchByHand(target, 'resume', await handOf(given, target), io.say);
    const text = changed ? 'Running. What has waited is worked off now.' : 'It was running already.';
    io.print(given.json ? jsonLine({ processing: true, changed }) : text);
    return EXIT.yes;
  },
});
