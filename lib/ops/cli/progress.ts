import { setTimeout as pause } from 'node:timers/promises';
import type { Io } from './io.ts';

const SAID_EVERY_MS = 3_000;

/** Counts, and says so every few seconds: short work stays quiet. */
export function counter(io: Pick<Io, 'say'>, what: string): (by: number) => number {
  const begun = Date.now();
  let [count, said] = [0, begun];
  return (by) => {
    count += by;
    const now = Date.now();
    if (by > 0 && now - said >= SAID_EVERY_MS) {
      said = now;
      const rate = Math.round((count * 1000) / Math.max(1, now - begun));
      io.say(`${count.toLocaleString('en')} ${what}, ${rate.toLocaleString('en')} a second`);
    }
    return count;
  };
}

/** Lets `perSecond` pass on average; whoever has been faster waits. */
export function pacer(perSecond: number): (count: number) => Promise<void> {
  let next = Date.now();
  return async (count) => {
    const wait = next - Date.now();
    next = Math.max(next, Date.now()) + (count * 1000) / perSecond;
    if (wait > 0) await pause(wait);
  };
}
