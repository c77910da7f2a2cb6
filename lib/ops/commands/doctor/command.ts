import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit.ts';
import { RUN } from '../../cli/help.ts';
import { jsonLine } from '../../cli/io.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';

export const command = defineCommand({
  args: [],
  about: `
Answers "is it wired?": per source the secret, the last stored event, the last refusal and why, and silence; the queues, the functions,
the tables, the heartbeat; on a deployed stack also whether alarms reach somebody, SNS subscriptions, and whether processing is paused.
Each fault comes with what mends it. Without --all only what is not in order is printed.
Exit codes: 0 all in order; 1 something is wrong; 2 usage; 3 cannot know (something could not be seen, the rest is in order).`,
  options: {
    all: { type: 'boolean', help: 'also what is in order' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops doctor --stage prod',

  async run({ options: given, io }) {
    const target = await resolveTarget(given, io);
    const { watchOf } = await import('./watch-of.ts');
    const { examine } = await import('./examine.ts');
    const findings = await examine(target, await watchOf(target));
    const shown = findings.filter(({ level }) => given.all || level !== 'ok');
    for (const finding of shown) {
      const { level, about, says, fix } = finding;
      if (given.json) io.print(jsonLine(finding));
      else {
        io.print(`${WORDS[level]}  ${about}: ${says}`);
        if (fix !== undefined) io.print(`         fix: ${fix}`);
      }
    }
    const count = (level: string): number => findings.filter((one) => one.level === level).length;
    if (shown.some(({ fix }) => fix !== undefined) && !given.json)
      io.say(`"ops ..." is: ${RUN} ... ${given.local ? '--local' : `--stage ${target.names.stage}`}`);
    io.say(`${target.label}: in order ${count('ok')}, faults ${count('fault')}, not seen ${count('unknown')}.`);
    return count('fault') > 0 ? EXIT.no : count('unknown') > 0 ? EXIT.cannotKnow : EXIT.yes;
  },
});

const WORDS = { ok: 'ok     ', note: 'note   ', fault: 'FAULT  ', unknown: 'UNKNOWN' } as const;
