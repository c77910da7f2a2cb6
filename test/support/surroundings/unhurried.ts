import { setTimeout as pause } from 'node:timers/promises';
import { STOOD_STILL, stalledSince } from '../every-call/lags.ts';

const MOST_TRIES = 4;
/** Milliseconds. */
const BETWEEN_LOOKS = 50;

/**
 * Runs what holds a function to its time again where the machine itself stood still meanwhile: what it shows then is the machine.
 * @param look something that is answered within milliseconds while the machine has time
 * @throws what `run` throws, where the machine had time or never had any
 */
export async function unhurried(run: () => Promise<void>, look: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const began = performance.now();
    const looking = slowest(look);
    try {
      return await run();
    } catch (error) {
      const stoodStill = Math.max(await looking.end(), stalledSince(began)) > STOOD_STILL;
      if (!stoodStill || tries === MOST_TRIES) throw error;
    } finally {
      await looking.end();
    }
  }
}

/** Looks again and again until it is ended; then tells how long the slowest look took, in milliseconds. */
function slowest(look: () => Promise<unknown>): { readonly end: () => Promise<number> } {
  let ended = false;
  let most = 0;
  const looks = (async () => {
    while (!ended) {
      const asked = performance.now();
      await look();
      most = Math.max(most, performance.now() - asked);
      await pause(BETWEEN_LOOKS);
    }
    return most;
  })();
  return {
    end: () => {
      ended = true;
      return looks;
    },
  };
}
