import { once } from 'node:events';
import { helpAsked, localArguments } from './arguments.ts';
import { LocalError } from './error.ts';
import { welcome } from './welcome.ts';

/** What a clean stop may take. After it the process goes anyway, and the watchdog ends what is left. */
const STOP_MS = 5000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `npm start`: runs until it is stopped. */
export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const help = helpAsked(args);
  if (help !== undefined) {
    process.stdout.write(`${help}\n`);
    return;
  }
  // Whatever this run and its children write, databases of addresses among it, is for nobody else on this machine.
  process.umask(0o077);
  const stopping = new AbortController();
  const { signal } = stopping;
  function stop(): void {
    // Ctrl-C reaches us from the terminal and, once more, from npm: only the first one counts.
    if (signal.aborted) return;
    process.stderr.write('\nStopping...\n');
    setTimeout(() => process.exit(0), STOP_MS).unref();
    stopping.abort();
  }
  for (const name of SIGNALS) process.on(name, stop);
  if (env.npm_lifecycle_event) whenOrphaned(stop);
  try {
    const options = localArguments(args, env);
    // Half a second of loading, for which neither help nor a mistake should wait.
    const { startLocal } = await import('./runner.ts');
    const run = await startLocal({ ...options, signal });
    if (!signal.aborted) {
      process.stdout.write(`${welcome(run.stack, options.dataDir)}\n`);
      await once(signal, 'abort');
    }
    await run.stop();
  } catch (error) {
    if (!signal.aborted) process.stderr.write(`${explain(error)}\n`);
    process.exitCode = signal.aborted ? 0 : 1;
  }
  // Nothing is left to wait for but connections that clients keep open.
  process.exit();
}

/** A signal to npm alone ends the shell it runs us in and reaches us never: that our parent is gone is all we get to know. */
function whenOrphaned(act: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && act(), 500).unref();
}

const explain = (error: unknown): string =>
  error instanceof LocalError ? `Cannot start: ${error.message}` : `Cannot start: ${(error as Error).stack ?? error}`;
