import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { HEALTH_PATH, webhookPath } from '../../lambda/contract/paths.ts';
import { helpAsked, localArguments } from '../../lib/local/arguments.ts';
import { COMMANDS, readCommandLine } from '../../lib/ops/cli/cli.ts';
import { isShell, type Run, runShell, runShells } from '../support/docs/shell.ts';
import { nameOf, PAGES, snippetsOf } from '../support/docs/snippets.ts';

/**
 * Every command line of the pages, run by a real shell with commands that only note what they were asked: what is asked of our own must be
 * something that they take, and what is asked of others something that they have.
 */

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Of npm itself, beside `run`. */
const NPM = ['ci', 'install', 'start', 'test', 'exec', 'pack'];
const CDK = ['bootstrap', 'deploy', 'destroy', 'diff', 'synth'];
/** Commands of the AWS CLI that are not an operation of a service: its own. */
const OWN_OF_AWS = ['cloudformation deploy', 's3 cp', 's3 ls', 's3 sync', 's3 rm', 's3 rb'];

const camel = (words: string): string =>
  words.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());

async function ops(args: readonly string[]): Promise<void> {
  const [name = '', ...rest] = args;
  if (name === 'help' || name === '--help' || name === 'filled-in') return;
  if (name.startsWith('-')) throw new Error('an option in place of a command');
  // An abbreviated line of the text names the command and no more.
  if (rest.length === 0) expect([...COMMANDS.keys()]).toContain(name);
  else await readCommandLine(name, rest);
}

async function npm(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [word = '', ...rest] = args.filter((arg) => arg !== '--silent');
  const name = word === 'run' ? (rest.shift() ?? '') : word;
  if (word === 'run') expect(Object.keys(scripts)).toContain(name);
  else expect(NPM).toContain(name);
  const given = rest[0] === '--' ? rest.slice(1) : rest;
  if (name === 'ops') await ops(given);
  if (name === 'start' && helpAsked(given) === undefined) localArguments(given, env);
  if (name === 'exec') expect(given[0]).toBe('node');
  for (const path of given.filter((arg) => /^(test|lib|bin|lambda)\/\S+\.\w+$/.test(arg)))
    expect(existsSync(path)).toBe(true);
  if (['synth', 'diff', 'deploy'].includes(name) && given.length > 0)
    expect(given).toEqual(['-c', expect.stringMatching(/^(stage|settings)=/), ...given.slice(2)]);
}

async function aws(args: readonly string[]): Promise<void> {
  const at = args[0] === '--endpoint-url' ? 2 : 0;
  const [service = '', operation = '', ...rest] = args.slice(at);
  if (OWN_OF_AWS.includes(`${service} ${operation}`)) return;
  const client =
    { secretsmanager: 'secrets-manager', events: 'eventbridge', logs: 'cloudwatch-logs', s3api: 's3' }[service] ??
    service;
  if (!existsSync(`node_modules/@aws-sdk/client-${client}`))
    return expect(UNKNOWN_HERE).toContain(`${service} ${operation}`);
  const commands = (await import(`@aws-sdk/client-${client}`)) as Readonly<
    Record<string, new (input: object) => Modelled>
  >;
  const Asked = commands[`${camel(operation)}Command`];
  if (!Asked) throw new Error(`${service} has no operation ${operation}`);
  const options = rest.filter((arg) => /^--[a-z]/.test(arg)).map((arg) => camel(arg.slice(2).replace(/=.*/, '')));
  const known = membersOf(new Asked({})).map((name) => name.toLowerCase());
  const unknown = options.filter(
    (name) => !OF_EVERY_AWS.includes(name) && !known.includes(name.replace(/^No(?=[A-Z])/, '').toLowerCase()),
  );
  expect(unknown).toEqual([]);
}

/** A command of the SDK, with the schema of what it takes: `[kind, namespace, name, traits, input, output]`. */
interface Modelled {
  readonly schema: readonly [number, string, string, unknown, Shape | (() => Shape), unknown];
}
/** `[kind, namespace, name, traits, names of members, their shapes]` */
type Shape = readonly [number, string, string, unknown, readonly string[], unknown];

function membersOf({ schema: [, , , , input] }: Modelled): readonly string[] {
  const [, , , , members] = typeof input === 'function' ? input() : input;
  return members;
}

/** Options that the AWS CLI takes with every operation. */
const OF_EVERY_AWS = [
  'Query',
  'Output',
  'Region',
  'Profile',
  'EndpointUrl',
  'CliBinaryFormat',
  'NoCliPager',
  'MaxItems',
];

/** Operations of services whose client is no dependency here, each looked up in the service's reference. */
const UNKNOWN_HERE = [
  'iam create-open-id-connect-provider',
  'iam create-role',
  'iam put-role-policy',
  'sesv2 list-suppressed-destinations',
  'sesv2 send-email',
];

function curl(args: readonly string[]): void {
  const url = args.find((arg) => /^(https?:\/\/|localhost)/.test(arg));
  if (url === undefined) return;
  const { hostname, pathname } = new URL(url.startsWith('localhost') ? `http://${url}` : url);
  if (hostname !== 'localhost') return;
  const ours = [webhookPath('x').replace(/x$/, ''), HEALTH_PATH, '/u/v1/'];
  expect(ours.some((path) => pathname.startsWith(path))).toBe(true);
}

const CHECKS: Readonly<Record<string, (args: readonly string[], env: NodeJS.ProcessEnv) => void | Promise<void>>> = {
  npm,
  aws,
  curl,
  npx: ([tool = '', first = '']) => {
    if (tool === 'cdk' && first !== '') expect(CDK).toContain(first);
    else expect(existsSync(`node_modules/.bin/${tool}`)).toBe(true);
  },
  cp: ([from = '']) => {
    if (from.startsWith('settings/')) expect(existsSync(from)).toBe(true);
  },
};

const snippets = PAGES.flatMap((page) => snippetsOf(page)).filter(isShell);
const runs = runShells(snippets);

describe('command lines', () => {
  test('are found on most pages', () => {
    expect(snippets.length).toBeGreaterThan(150);
    expect(new Set(snippets.map(({ page }) => page)).size).toBeGreaterThan(35);
  });

  test.each(snippets.map((snippet, at) => [nameOf(snippet), at] as const))('%s', async (_name, at) => {
    const { calls, mistakes } = runs[at] as Run;
    expect(mistakes).toBe('');
    expect(calls).not.toEqual([]);
    for (const [command = '', ...args] of calls) {
      try {
        await CHECKS[command]?.(args, {});
      } catch (error) {
        throw new Error(`${[command, ...args].join(' ')}\n${(error as Error).message}`);
      }
    }
  });

  test.each([
    ['an option that does not exist', 'npm run --silent ops -- check ada@example.com --stag prod'],
    ['a command that does not exist', 'npm run ops -- chek ada@example.com'],
    ['a script that does not exist', 'npm run deployment'],
    ['an operation that AWS does not have', 'aws dynamodb describe-tables'],
    ['an option that an operation of AWS does not have', 'aws dynamodb describe-table --table-nam x'],
    ['a path that is none of ours', 'curl localhost:3000/webhook/v1/x'],
    ['a file that is gone', 'npm exec node -- test/support/no-such-file.ts'],
  ])('the check itself notices %s', async (_name, text) => {
    const { calls } = runShell({ language: 'sh', text });
    const [command = '', ...args] = calls[0] ?? [];
    await expect((async () => CHECKS[command]?.(args, {}))()).rejects.toThrow();
  });

  test('the check itself notices what is no shell', () => {
    expect(runShell({ language: 'sh', text: 'npm ci && (npm start' }).mistakes).toMatch(/syntax error/);
    expect(runShell({ language: 'sh', text: 'nmp ci' }).mistakes).toMatch(/nmp/);
  });
});
