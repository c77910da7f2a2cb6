/**
 * The process of one function. It holds Lambda's execution environments as worker threads: each loads the bundle anew and runs one
 * invocation at a time, as the deployed code may rely on, while one process id stands for the whole function.
 */
import { flushCompileCache } from 'node:module';
import { performance } from 'node:perf_hooks';
import type { ChildSetup, Invocation, Outcome } from './child-protocol.ts';
import { type Environment, startEnvironment } from './environment.ts';

let setup: ChildSetup;
const environments = new Set<Environment>();
const idle: Environment[] = [];
const waiting: Invocation[] = [];

function add(): Environment {
  const environment = startEnvironment(setup);
  environments.add(environment);
  return environment;
}

/** An environment that may take an invocation now: an idle one, else a new one while there may be more. */
const free = (): Environment | undefined => idle.pop() ?? (environments.size < setup.environments ? add() : undefined);

async function serve(invocation: Invocation, environment: Environment): Promise<void> {
  const started = performance.now();
  const outcome: Outcome = await environment.run(invocation);
  process.send?.({ ...outcome, id: invocation.id, durationMs: performance.now() - started }, () => undefined);
  if (environment.alive()) idle.push(environment);
  else environments.delete(environment);
  next();
}

function next(): void {
  const environment = waiting.length > 0 ? free() : undefined;
  const invocation = environment && waiting.shift();
  if (environment && invocation) void serve(invocation, environment);
}

process.once('message', (first: ChildSetup) => {
  setup = first;
  idle.push(add());
  // This process is killed in the end, which keeps nothing.
  flushCompileCache();
  process.on('message', (invocation: Invocation) => {
    waiting.push(invocation);
    next();
  });
});
// The runner is gone; nobody would read an answer.
process.on('disconnect', () => process.exit());
