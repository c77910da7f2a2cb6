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
