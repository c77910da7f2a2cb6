import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { LocalError } from '../error.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { freePort } from './loopback.ts';

export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

const PLATFORM = `${process.platform}-${process.arch}`;
const ATTEMPTS = 3;

/** DynamoDB: the address in `DYNAMODB_ENDPOINT`, else dynoxide in a process of its own, in memory or in a file under `dataDir`. */
export async function startDynamo(watchdog: Watchdog, dataDir?: string): Promise<Emulator> {
  const own = process.env.DYNAMODB_ENDPOINT;
  if (own) return { url: own, stop: async () => undefined };
  const binary = findBinary();
  for (let attempt = 1; ; attempt += 1) {
    const [host, port] = [hiddenHost(), await freePort()];
    const child = spawn(binary, ['serve', '--host', host, '--port', String(port), ...storage(dataDir)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Out of the terminal's process group: Ctrl-C must not end it under the functions that still write to it.
      detached: true,
      windowsHide: true,
    });
    watchdog.watch(child);
    const problem = await listening(child);
    if (problem === undefined) return { url: `http://${host}:${port}`, stop: () => end(child) };
    if (attempt === ATTEMPTS) throw new LocalError(`dynoxide (the DynamoDB emulator) does not start: ${problem}`);
  }
}

/**
 * dynoxide lets the pages of every origin read and write, and has no switch for it. So it listens where none finds it: on Linux all of 127/8
 * is this machine, and an address of its own cannot be guessed. Elsewhere there is only the one.
 */
const hiddenHost = (): string =>
  process.platform === 'linux' ? ['127', ...Array.from({ length: 3 }, () => randomInt(1, 255))].join('.') : '127.0.0.1';

/** @throws LocalError that names the fix when the platform's optional dependency is missing. */
function findBinary(): string {
  const name = `@dynoxide/${PLATFORM}`;
  const file = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  try {
    const binary = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
    if (existsSync(binary)) return binary;
  } catch {
    // Falls through to the sentence that names the fix.
  }
  throw new LocalError(
    `the DynamoDB emulator ${name} is not installed: run "npm ci" without --omit=optional, or set DYNAMODB_ENDPOINT to a DynamoDB Local of your own`,
  );
}

function storage(dataDir: string | undefined): string[] {
  if (!dataDir) return [];
  return ['--db-path', join(dataDir, 'dynamodb.sqlite')];
}

/** Waits until it accepts connections. Resolves to what it said where it ended instead. */
function listening(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said = line;
        if (line.includes('listening on')) resolve(undefined);
      });
    }
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(said || `exit code ${code}`));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 2000);
  return ended.finally(() => clearTimeout(hard));
}
