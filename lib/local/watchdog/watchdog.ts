import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';

/** Ends watched processes when this one is gone, however it went: even `kill -9` closes the channel between them. */
export interface Watchdog {
  watch(child: ChildProcess): void;
  stop(): void;
}

export type WatchdogMessage = { readonly watch: number } | { readonly forget: number };

export function startWatchdog(): Watchdog {
  const guard = fork(fileURLToPath(new URL('./watchdog-process.ts', import.meta.url)), [], {
    execArgv: [],
    env: compileCache(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  });
  const send = (message: WatchdogMessage) => guard.connected && guard.send(message, () => undefined);
  return {
    watch(child) {
      if (child.pid === undefined) return;
      const { pid } = child;
      send({ watch: pid });
      child.once('exit', () => send({ forget: pid }));
    },
    stop: () => guard.connected && guard.disconnect(),
  };
}
