import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { main } from '../../lib/ops/cli/cli.ts';
import { visible } from '../../lib/ops/cli/io.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON lines. */
  readonly json: () => unknown[];
}

export interface Surroundings {
  /** What standard input holds. */
  readonly input?: string | Buffer;
  /** Project directory and where the user stands. */
  readonly root?: string;
  /** The program's whole environment; default: that of the tests. */
  readonly env?: NodeJS.ProcessEnv;
  /** Kills the program. */
  readonly signal?: AbortSignal;
}

/** One command line in this process: fast, with all that a terminal would show. */
export async function ops(
  args: readonly string[],
  { input = '', root = process.cwd() }: Surroundings = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    root,
    cwd: root,
    print: (line) => void out.push(visible(line)),
    say: (line) => void err.push(visible(line)),
    readInput: async () => Buffer.from(input),
    readSecret: async () => input.toString().replace(/\r?\n$/, ''),
  });
  return ran(code, out.map((line) => `${line}\n`).join(''), err.join('\n'));
}

/** One command line as people run it. */
export async function spawnOps(
  args: readonly string[],
  { input = '', root = process.cwd(), env = withoutNpm(), signal }: Surroundings = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [join(process.cwd(), 'bin/ops.ts'), ...args], { cwd: root, env });
  signal?.addEventListener('abort', () => child.kill('SIGKILL'));
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return ran(await ended, out, err);
}

const ran = (code: number | null, out: string, err: string): Ran => ({
  code,
  out,
  err,
  json: () => out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown])),
});

/** npm tells scripts where it was called; tests stand elsewhere. */
function withoutNpm(): NodeJS.ProcessEnv {
  const { INIT_CWD: _cwd, ...env } = process.env;
  return env;
}

/** A throwaway project directory; `files` by their path in it. */
export function project(files: Readonly<Record<string, unknown>> = {}): { root: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'quell-ops-'));
  mkdirSync(join(root, '.local'));
  for (const [path, content] of Object.entries(files)) writeFile(root, path, content);
  return { root, remove: () => rmSync(root, { recursive: true }) };
}

export function writeFile(root: string, path: string, content: unknown): void {
  const raw = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(join(root, path), raw ? content : JSON.stringify(content));
}

/** What `npm start` would have written. */
export const stackFile = (over: object = {}): object => ({
  url: 'http://127.0.0.1:9',
  endpoints: { dynamodb: 'http://127.0.0.1:9', sqs: 'http://127.0.0.1:9', secretsmanager: 'http://127.0.0.1:9' },
  tables: { events: 'test-events', suppression: 'test-suppression' },
  queues: {
    delivery: 'http://127.0.0.1:9/0/delivery',
    acts: 'http://127.0.0.1:9/0/acts',
    deadLetter: 'http://127.0.0.1:9/0/dead',
  },
  sources: { sendgrid: { provider: 'sendgrid', url: 'http://127.0.0.1:9/webhooks/v1/sendgrid' } },
  secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:quell-local1',
  ownKeysArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:own-local1',
  keysFile: '.local/keys.json',
  ...over,
});
