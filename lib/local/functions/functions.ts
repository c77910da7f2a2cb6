import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import type { Answer, ChildSetup, Failure, Outcome } from './child-protocol.ts';
import type { FunctionLog } from './logs.ts';

export interface FunctionSpec {
  readonly name: string;
  readonly setup: ChildSetup;
  readonly environment: Readonly<Record<string, string>>;
}

export interface LocalFunction {
  pid(): number;
  /** @throws FunctionError when the function threw, timed out or its process died. */
  invoke(event: object): Promise<unknown>;
  stop(): Promise<void>;
}

class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

interface Surroundings {
  readonly log: FunctionLog;
  readonly watchdog: Watchdog;
  /** The process was replaced by another. */
  readonly restarted: () => unknown;
}

type Done = Outcome & { readonly durationMs: number };

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const DIED: Failure = { errorType: 'Runtime.ExitError', errorMessage: 'the process of the function died' };

/** Keeps one process for a function: a dead one fails what it was doing, and is replaced at once. */
export function startFunction(spec: FunctionSpec, { log, watchdog, restarted }: Surroundings): LocalFunction {
  const pending = new Map<string, (answer: Done) => void>();
  let stopping = false;
  let child = start();
  let available: Promise<unknown> = Promise.resolve();

  function start(): ChildProcess {
    const born = Date.now();
    const process = fork(CHILD, [], {
      cwd: spec.setup.folder,
      env: { ...spec.environment, ...compileCache() },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Out of the terminal's process group: on Ctrl-C the runner ends it, after what still needs it.
      detached: true,
    });
    process.send(spec.setup, () => undefined);
    watchdog.watch(process);
    log.follow(process);
    process.on('message', (answer: Answer) => {
      pending.get(answer.id)?.(answer);
    });
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      for (const settle of pending.values()) settle({ failure: DIED, durationMs: 0 });
      available = replace(Date.now() - born);
    };
    process.once('exit', over);
    // No process could be made: no exit follows.
    process.on('error', () => process.pid === undefined && over());
    return process;
  }

  async function replace(livedMs: number): Promise<void> {
    if (stopping) return;
    // One that dies at birth must not keep the machine busy.
    if (livedMs < 500) await sleep(250);
    if (stopping) return;
    child = start();
    try {
      restarted();
    } catch {
      // Who cannot be told, as where the folder of the run is gone, must not end the run.
    }
  }

  async function invoke(event: object): Promise<unknown> {
    await available;
    const id = randomUUID();
    const answer = await new Promise<Done>((resolve) => {
      pending.set(id, resolve);
      child.send({ id, event }, (error) => error && resolve({ failure: DIED, durationMs: 0 }));
    });
    pending.delete(id);
    log.report(answer.durationMs, answer.failure);
    if (answer.failure) throw new FunctionError(`${spec.name}: ${answer.failure.errorMessage}`);
    return answer.result;
  }

  async function stop(): Promise<void> {
    stopping = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await ended;
  }
  return { pid: () => child.pid ?? 0, invoke, stop };
}
