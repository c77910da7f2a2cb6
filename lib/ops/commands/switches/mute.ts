import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { sourceOf, TARGET_OPTIONS } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';
import { parseSpan } from '../../words/time.ts';

export const command = defineCommand({
  args: ['source'],
  about: `
Keeps the alarms of one source from notifying anybody, for a planned silence such as a move. They go on measuring, and other alarms go on
notifying. CloudWatch does it, from the next minute on (an alarm mute rule), and ends it when the time is over; "mute <source> --off" ends it
now. An alarm that is still on at the end notifies then. "doctor" names what is muted.
Exit codes: 0 done, 1 the source has no such alarms, 2 usage, 3 cannot know.`,
  options: {
    for: { type: 'string', value: 'TIME', help: 'how long: 30m, 2h, 1d, at most 7d' },
    off: { type: 'boolean', help: 'notify again now' },
    ...HAND_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['mute', 'unmute'],
  example: 'ops mute sendgrid --for 2h --stage prod',

  async run({ args: [source = ''], options: given, io }) {
    if (given.off && given.for !== undefined) throw new UsageError('mute: --for and --off exclude each other.');
    const span = given.for === undefined ? undefined : parseSpan('for', given.for);
    if (!given.off && !span)
      throw new UsageError('mute: say for how long with --for, such as 2h, or end it with --off.');
    const target = await resolveTarget(given, io);
    sourceOf(target, source);
    const { muteByHand, unmuteByHand } = await import('./mute-by-hand.ts');
    if (!span) {
      await unmuteByHand(target, source, await handOf(given, target), io.say);
      io.print(given.json ? jsonLine({ source, muted: false }) : `${source}: its alarms notify again`);
      return EXIT.yes;
    }
    const muted = await muteByHand(target, source, span, await handOf(given, target), io.say);
    if (!muted) {
      io.say(`${source} has no alarms of its own.`);
      return EXIT.no;
    }
    const { from, until, names } = muted;
    for (const name of names)
      io.print(given.json ? jsonLine({ alarm: name, muted: true, from, until }) : `${name}: muted`);
    io.say(`Muted from ${from.toISOString()} until ${until.toISOString()}. To end it sooner: mute ${source} --off`);
    return EXIT.yes;
  },
});
