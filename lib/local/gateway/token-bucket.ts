/** Requests: how many per second in the long run, and how many at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** Says whether one more request may pass: `burst` at once, `rate` per second after that. */
export function tokenBucket({ rate, burst }: Throttle, now: () => number = () => performance.now()): () => boolean {
  let tokens = burst;
  let last = now();
  return () => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - last) / 1000) * rate);
    last = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
