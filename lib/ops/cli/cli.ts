import { parseArgs } from 'node:util';
import { COMMON, type Command, type Entry, type Invocation, type Options } from './command.ts';
import { explain, UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { commandHelp, overview, RUN } from './help.ts';
import type { Io } from './io.ts';
import { suggestion } from './suggest.ts';

/** Every command, one line each. A Map, because the name comes from outside. */
export const COMMANDS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['normalize', { summary: "a provider's body as normalised events", load: () => import('../commands/normalize.ts') }],
  ['explain', { summary: "how a receiver's reply is read, and why", load: () => import('../commands/explain.ts') }],
  ['verify', { summary: 'why a captured request is refused', load: () => import('../commands/verify/command.ts') }],
  ['send', { summary: 'build, sign and post sample events', load: () => import('../commands/send/command.ts') }],
  [
    'unsubscribe-link',
    { summary: "a person's unsubscribe link", load: () => import('../commands/unsubscribe-link.ts') },
  ],
  ['check', { summary: 'is an address suppressed, and why', load: () => import('../commands/check.ts') }],
  ['timeline', { summary: 'what happened to an address', load: () => import('../commands/timeline/command.ts') }],
  ['request', { summary: 'what became of one request', load: () => import('../commands/request/command.ts') }],
  ['suppress', { summary: 'put addresses on the list by hand', load: () => import('../commands/suppress/command.ts') }],
  ['lift', { summary: 'take an address, or one bad window, off', load: () => import('../commands/lift/command.ts') }],
  ['import', { summary: "take over an ESP's list, or our own", load: () => import('../commands/import/command.ts') }],
  ['export', { summary: 'the suppression list as CSV or JSON Lines', load: () => import('../commands/export.ts') }],
  ['replay', { summary: 'take events out of the archive again', load: () => import('../commands/replay/command.ts') }],
  ['erase', { summary: 'remove a person', load: () => import('../commands/erase/command.ts') }],
  ['scopes', { summary: 'lists that people unsubscribed from', load: () => import('../commands/scopes.ts') }],
  ['dlq', { summary: 'look at dead letters, redrive, drop', load: () => import('../commands/dlq/command.ts') }],
  [
    'doctor',
    { summary: 'is it wired? faults and what mends them', load: () => import('../commands/doctor/command.ts') },
  ],
  ['events', { summary: 'what went wrong lately, by time', load: () => import('../commands/events.ts') }],
  ['audit', { summary: 'who changed what, and what came of it', load: () => import('../commands/audit.ts') }],
  [
    'rates',
    { summary: 'bounces and complaints by mailbox operator', load: () => import('../commands/rates/command.ts') },
  ],
  [
    'report',
    { summary: 'questions to the archive: rates, funnel, links', load: () => import('../commands/report/command.ts') },
  ],
  ['console', { summary: 'a page to look at, on this machine', load: () => import('../commands/console.ts') }],
  ['mute', { summary: "keep a source's alarms from notifying", load: () => import('../commands/switches/mute.ts') }],
  ['pause', { summary: 'stop processing, lose nothing', load: () => import('../commands/switches/pause.ts') }],
  ['resume', { summary: 'start processing again', load: () => import('../commands/switches/resume.ts') }],
  [
    'connect',
    { summary: "make the webhook at the source's ESP", load: () => import('../commands/connect/command.ts') },
  ],
  ['push', { summary: "bring our list to an ESP's", load: () => import('../commands/push/command.ts') }],
  ['reconcile', { summary: "an ESP's list beside ours", load: () => import('../commands/reconcile/command.ts') }],
  [
    'catch-up',
    {
      summary: "events that the ESP's API knows and we may not",
      load: () => import('../commands/catch-up/command.ts'),
    },
  ],
  ['secrets', { summary: "set and list sources' secrets", load: () => import('../commands/secrets/command.ts') }],
]);

/** Runs one command line and returns its exit code; prints through `io` only, never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const { exit, text } = explain(error);
    io.say(text);
    const [name = ''] = argv;
    if (exit === EXIT.usage) io.say(`Help: ${RUN} ${COMMANDS.has(name) ? `${name} ` : ''}--help`);
    return exit;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [first, ...others] = argv;
  if (first === undefined) {
    io.say(overview(COMMANDS));
    return EXIT.usage;
  }
  const [name = '--help', ...rest] = first === 'help' ? [...others.slice(0, 1), '--help'] : argv;
  if (name === '--help' || name === '-h') {
    io.print(overview(COMMANDS));
    return EXIT.yes;
  }
  if (name === '--version') {
    io.print((await import('../console/version.ts')).productVersion());
    return EXIT.yes;
  }
  const { command, values, args } = await readCommandLine(name, rest);
  if (values.help) {
    io.print(commandHelp(name, command));
    return EXIT.yes;
  }
  return command.run({ args, options: values, io });
}

/**
 * What a command line asks for, before anything is done.
 * @throws UsageError where there is no such command or option, an argument is missing, or one is too many
 */
export async function readCommandLine(
  name: string,
  rest: readonly string[],
): Promise<{ readonly command: Command; readonly values: Given; readonly args: readonly string[] }> {
  const entry = COMMANDS.get(name);
  if (!entry) throw new UsageError(`There is no such command.${suggestion(name, COMMANDS.keys())}`);
  const command = (await entry.load()).command as Command;
  const { values, positionals: args } = parse(rest, { ...command.options, ...COMMON });
  if (values.help) return { command, values, args };
  const needed = command.args.filter((arg) => !arg.endsWith('?'));
  const missing = needed[args.length];
  if (missing !== undefined) throw new UsageError(`${name}: the ${missing} is missing.`);
  if (args.length > command.args.length && !takesMany(command)) {
    throw new UsageError(`${name}: one argument too many. (A secret is never an argument: shells remember those.)`);
  }
  return { command, values, args };
}

const takesMany = ({ args }: Command): boolean => args.at(-1)?.includes('...') ?? false;

type Given = Invocation<Options>['options'];

function parse(args: readonly string[], options: Options): { values: Given; positionals: string[] } {
  try {
    const config = Object.entries(options).map(([name, { type }]) => [name, { type }] as const);
    const parsed = parseArgs({
      args: args.map((arg) => (arg === '-h' ? '--help' : arg)),
      options: Object.fromEntries(config),
      allowPositionals: true,
    });
    return { values: parsed.values as Given, positionals: parsed.positionals };
  } catch (error) {
    // Its first sentence names the option and not the value.
    const [message = ''] = (error as Error).message.split(/\.\s/);
    const wrong = /^Unknown option '(--[\w-]+)'/.exec(message)?.[1];
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`${message}.${wrong === undefined ? '' : suggestion(wrong, known)}`);
  }
}
