const TICK = 10;

/**
 * Tells how many milliseconds this process has been given since now: what a busy machine gave to others meanwhile, seen by a clock that ticks late
 * though nothing of ours ran, is left out. So a time that we promise can be held to its bound on any machine.
 */
export function givenTime(): () => number {
  const from = performance.now();
  let last = from;
  let spent = process.cpuUsage();
  let stolen = 0;
  const look = (): number => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(spent);
    stolen += Math.max(0, now - last - 2 * TICK - (user + system) / 1000);
    last = now;
    spent = process.cpuUsage();
    return now;
  };
  const timer = setInterval(look, TICK).unref();
  return () => {
    clearInterval(timer);
    return look() - from - stolen;
  };
}
