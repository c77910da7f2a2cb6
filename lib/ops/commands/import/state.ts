import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../cli/errors.ts';

/** How far an import has come: kept beside its file, so that one that was cut off goes on where it stopped. */
export interface State {
  readonly v: 1;
  /** SHA-256 of the whole file: line numbers of another file mean nothing. */
  readonly hash: string;
  /** Which stack, and as what: a half of each would be neither. */
  readonly into: string;
  /** Time of lines that give none; part of what makes them the same the second time. */
  readonly at: string;
  /** The last line that the queue has taken. */
  readonly line: number;
}

const stateFile = (path: string): string => `${path}.quell-import.json`;

export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What an earlier run left; @throws UsageError where it does not fit. */
export async function readState(path: string, hash: string, into: string): Promise<State> {
  let text: string;
  try {
    text = await readFile(stateFile(path), 'utf8');
  } catch {
    throw new UsageError('import --resume: there is nothing to resume. Run it without --resume.');
  }
  const state = JSON.parse(text) as State;
  if (state.v !== 1 || state.hash !== hash) {
    throw new UsageError(
      'import --resume: the file has changed since. Run it without --resume: what is known counts once.',
    );
  }
  if (state.into !== into) {
    throw new UsageError(`import --resume: the first part went elsewhere or as something else (${state.into}).`);
  }
  return state;
}

/** Whoever reads it meanwhile, or finds it after a crash, sees the old or the new one, never half of it. */
export async function writeState(path: string, state: State): Promise<void> {
  const file = stateFile(path);
  await writeFile(`${file}.new`, `${JSON.stringify(state)}\n`);
  await rename(`${file}.new`, file);
}

export const clearState = (path: string): Promise<void> => rm(stateFile(path), { force: true });
