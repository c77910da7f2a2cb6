import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildSetup } from '../../lib/local/functions/child-protocol.ts';
import { type LocalFunction, startFunction } from '../../lib/local/functions/functions.ts';
import { openLog } from '../../lib/local/functions/logs.ts';
import { startWatchdog } from '../../lib/local/watchdog/watchdog.ts';

export interface Toy {
  readonly function: LocalFunction;
  /** Process ids it had so far. */
  readonly restarts: () => number;
  /** What would have been shown on the console. */
  readonly shown: readonly string[];
  stop(): Promise<void>;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'quell-test-'));

/** A function whose bundle is the given CommonJS source, run as the local run runs the real ones. */
export function startToy(source: string, setup: Partial<ChildSetup> = {}): Toy {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'index.js'), source);
  const shown: string[] = [];
  let restarts = 0;
  const log = openLog(join(folder, 'logs'), 'toy', (line) => shown.push(line));
  const watchdog = startWatchdog();
  const started = startFunction(
    {
      name: 'toy',
      environment: { GREETING: 'hello' },
      setup: {
        folder,
        handler: 'index.handler',
        functionName: 'toy',
        timeoutSeconds: 5,
        memoryMb: 128,
        environments: 2,
        ...setup,
      },
    },
    {
      log,
      watchdog,
      restarted: () => {
        restarts += 1;
        // As where the run's folder is gone: that ends nothing.
        throw new Error('nobody can be told');
      },
    },
  );
  return {
    function: started,
    restarts: () => restarts,
    shown,
    async stop() {
      await started.stop();
      watchdog.stop();
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a process runs; one that ended and was not collected does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function until(condition: () => boolean | Promise<boolean>, ms = 8000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('the condition was not met in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
