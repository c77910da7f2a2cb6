import { Worker } from 'node:worker_threads';
import type { ChildSetup, Failure, Invocation, Outcome } from './child-protocol.ts';

/** One of a function's execution environments: the bundle loaded once, one invocation at a time. */
export interface Environment {
  run(invocation: Invocation): Promise<Outcome>;
  /** Whether it may be used again. */
  alive(): boolean;
}

export type FromWorker = { readonly ready: true } | Outcome;

const SANDBOX = new URL('./sandbox.ts', import.meta.url);

export function startEnvironment(setup: ChildSetup): Environment {
  let alive = true;
  let settle: ((outcome: Outcome) => void) | undefined;
  const worker = new Worker(SANDBOX, { workerData: setup, resourceLimits: { maxOldGenerationSizeMb: setup.memoryMb } });

  const ready = new Promise<void>((resolve) => {
    worker.on('message', (message: FromWorker) => ('ready' in message ? resolve() : settle?.(message)));
    worker.once('exit', () => resolve());
  });
  let cause: Failure = { errorType: 'Runtime.ExitError', errorMessage: 'the function ended its process' };
  worker.on('error', (error: Error) => {
    cause = { errorType: error.name, errorMessage: error.message, ...(error.stack && { trace: error.stack }) };
  });
  worker.once('exit', () => {
    alive = false;
    settle?.({ failure: cause });
  });

  async function run(invocation: Invocation): Promise<Outcome> {
    // Loading the bundle is not part of the timeout, as in Lambda.
    await ready;
    if (!alive) return { failure: cause };
    const deadline = Date.now() + setup.timeoutSeconds * 1000;
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    const timer = setTimeout(() => {
      cause = { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${setup.timeoutSeconds} seconds` };
      void worker.terminate();
    }, setup.timeoutSeconds * 1000);
    worker.postMessage({ ...invocation, deadline });
    return outcome.finally(() => clearTimeout(timer));
  }
  return { run, alive: () => alive };
}
