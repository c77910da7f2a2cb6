import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ApiSettings, StagePolicy } from '../../lambda/contract/config.ts';
import { LocalError } from './error.ts';
import { refuseSecondRun, removeStale, takeLock } from './lock.ts';

/** What a running stack publishes about itself, in `stack.json`. */
export interface StackFile {
  readonly url: string;
  readonly endpoints: Readonly<
    Record<'dynamodb' | 'sqs' | 'secretsmanager' | 'sns' | 'lambda' | 'eventbridge' | 'firehose' | 's3', string>
  >;
  readonly tables: Readonly<Record<'events' | 'suppression', string>>;
  readonly queues: Readonly<Record<'delivery' | 'acts' | 'deadLetter', string>> & { readonly feeds?: string };
  /** Where raw events are kept; absent where the settings switch the archive off. */
  readonly archive?: { readonly bucket: string };
  readonly functions: Readonly<Record<string, { readonly pid: number }>>;
  readonly sources: Readonly<Record<string, LocalSource>>;
  readonly policy: StagePolicy;
  readonly secretArn: string;
  /** The stack's own keys. */
  readonly ownKeysArn: string;
  /** Keys of unsubscribe links; absent where the settings have no such page. */
  readonly unsubscribeKeysArn?: string;
  /** Keys of the ESPs' own APIs; absent where nothing is compared with them. */
  readonly apiKeysArn?: string;
  readonly keysFile: string;
  readonly logsDir: string;
  /** Address of the console with its token: whoever has it may use it. */
  readonly console?: { readonly url: string };
}

interface LocalSource {
  readonly provider: string;
  readonly url: string;
  /** The provider's own settings: samples are made to fit them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly dedupeGroup?: string;
  /** How its ESP's own API is reached. */
  readonly api?: ApiSettings;
}

/** The folder of one local run. */
export interface Home {
  readonly folder: string;
  readonly logs: string;
  readonly assembly: string;
  readonly keys: string;
  /** Says to a second run that this one has the folder. */
  claim(url: string): void;
  writeStack(stack: StackFile): void;
  writeKeys(keys: object): void;
  close(): void;
}

/** @throws LocalError where another run has the folder. */
export async function openHome(path: string): Promise<Home> {
  const folder = resolve(path);
  // Logs, keys and, through the addresses in `stack.json`, all secrets: for nobody else on this machine.
  makeOwn(path, 'move away what stands there, it is made anew');
  const file = (name: string) => join(folder, name);
  const lock = file('run.lock');
  await refuseSecondRun(lock, path);
  // Left behind by a run that was killed: it would show addresses that answer no more.
  removeStale(file('stack.json'));
  return {
    folder,
    logs: file('logs'),
    assembly: file('cdk.out'),
    keys: file('keys.json'),
    claim: (url) => takeLock(lock, url),
    writeStack: (stack) => replaceFile(file('stack.json'), stack, 0o600),
    writeKeys: (keys) => replaceFile(file('keys.json'), keys, 0o600),
    close() {
      for (const name of ['stack.json', 'keys.json', 'run.lock']) rmSync(file(name), { force: true });
    },
  };
}

/** What a run with `--data` keeps there. */
const DATA = /^(dynamodb\.sqlite|fauxqs\.db|keys\.json|.+\.position)/;

/**
 * Makes the folder of `--data`, for its owner alone: it holds addresses, mail and keys.
 * @throws LocalError where it is open to others and holds other things than a run's: somebody may have it open on purpose
 */
export function openDataFolder(path: string): void {
  const isShared = isOpenToOthers(path) && readdirSync(path).some((name) => !DATA.test(name));
  if (isShared && process.platform !== 'win32') {
    throw new LocalError(
      `${path} is open to other users of this machine and holds other files: run "chmod 700 ${path}", or name a folder of its own`,
    );
  }
  makeOwn(path, 'name another');
}

function isOpenToOthers(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (found.mode & 0o077) !== 0;
}

function makeOwn(path: string, fix: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new LocalError(`${path} must be a folder of yours (${why}): ${fix}`);
  }
}

/** Whoever reads the file meanwhile, or after a crash, sees the old or the new one, never half of it. */
export function replaceFile(path: string, content: object, mode: number): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode });
  renameSync(`${path}.new`, path);
}
