/** Runs beside the runner and outlives it by a moment: see watchdog.ts. */
import type { WatchdogMessage } from './watchdog.ts';

const watched = new Set<number>();

process.on('message', (message: WatchdogMessage) => {
  if ('watch' in message) watched.add(message.watch);
  else watched.delete(message.forget);
});

process.on('disconnect', () => {
  for (const pid of watched) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
  process.exit();
});
