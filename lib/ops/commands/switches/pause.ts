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
Stops processing: events are still taken in from the ESPs and wait in the delivery queue, which keeps them for 14 days. Nothing is lost,
and nothing is suppressed meanwhile. It lasts until ops resume: a deploy does not end it. What waited for days and then cannot be processed
has only the rest of its 14 days left as a dead letter.
Exit codes: 0 done (also where it was so already), 2 usage, 3 cannot know.`,
  options: { ...HAND_OPTIONS, ...TARGET_OPTIONS },
  changes: ['pause'],
  example: 'ops pause --stage prod',

  async run({ options: given, io }) {
    const target = await resolveTarget(given, io);
    const changed = await switchByHand(target, 'pause', await handOf(given, target), io.say);
    const text = changed
      ? "Paused. Events wait in the delivery queue (14 days). The queue's age will raise an alarm: that is right."
      : 'It was paused already.';
    io.print(given.json ? jsonLine({ processing: false, changed }) : text);
    return EXIT.yes;
  },
});
