/** How long this process itself stood still: a machine that is busy with something else is no fault of a function. */
const STEP = 20;
/** From so many milliseconds on what is seen is the machine, and tried again. */
export const STOOD_STILL = 250;
const stalls: { readonly at: number; readonly ms: number }[] = [];
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  if (now - last > 2 * STEP) stalls.push({ at: now, ms: now - last - STEP });
  last = now;
}, STEP).unref();

/** Milliseconds of `performance.now()`. */
export const stalledSince = (from: number): number =>
  stalls.reduce((sum, { at, ms }) => (at > from ? sum + ms : sum), Math.max(0, performance.now() - last - STEP));
