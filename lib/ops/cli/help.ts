import { COMMON, type Command, type Entry, type Options } from './command.ts';
import { twoColumns } from './two-columns.ts';

/** How people call it; `--silent` keeps npm's own lines off standard output. */
export const RUN = 'npm run --silent ops --';

export function overview(commands: ReadonlyMap<string, Entry>): string {
  return [
    `Usage: ${RUN} <command> [options]`,
    '',
    ...twoColumns([...commands].map(([name, { summary }]) => [name, summary])),
    '',
    `Each explains itself: ${RUN} <command> --help`,
    'Data goes to standard output, messages to standard error. Exit codes: 0 yes, 1 no, 2 wrong usage, 3 cannot know.',
  ].join('\n');
}

export function commandHelp(name: string, command: Command): string {
  const args = command.args.map((arg) => (arg.endsWith('?') ? `[${arg.slice(0, -1)}]` : `<${arg}>`));
  const all: Options = { ...command.options, ...COMMON };
  const options = Object.entries(all).map(
    ([option, { value, help }]) => [`--${option}${value === undefined ? '' : ` ${value}`}`, help] as const,
  );
  return [
    `Usage: ${RUN} ${[name, ...args, '[options]'].join(' ')}`,
    '',
    command.about.trim(),
    '',
    'Options:',
    ...twoColumns(options),
    '',
    'Example:',
    `  ${command.example.replace(/\bops\b/, RUN)}`,
  ].join('\n');
}
