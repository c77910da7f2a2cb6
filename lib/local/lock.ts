import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { LocalError } from './error.ts';

/** Which process runs, and where it answers. */
interface Holder {
  readonly pid: number;
  readonly url: string;
}

/** @throws LocalError where another run holds the lock. One that was killed does not: it answers no more. */
export async function refuseSecondRun(lock: string, folder: string): Promise<void> {
  const holder = readHolder(lock);
  if (holder && isRunning(holder.pid) && (await answers(holder.url))) {
    throw new LocalError(
      `another local run has ${folder} and answers at ${holder.url} (process ${holder.pid}): stop it first`,
    );
  }
  removeStale(lock);
}

/** A file that a killed run left behind. @throws LocalError where something else stands there: it is not ours to remove */
export function removeStale(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new LocalError(`${file} must be a file of the local run (${why}): move away what stands there`);
  }
}

export const takeLock = (lock: string, url: string): void =>
  writeFileSync(lock, JSON.stringify({ pid: process.pid, url } satisfies Holder));

function readHolder(lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process id alone proves little: another process may have it now, and a dead one keeps it until its parent looks. */
const answers = (url: string): Promise<boolean> =>
  fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(1000) }).then(
    () => true,
    () => false,
  );
