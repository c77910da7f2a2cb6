interface Progress {
  /** Does one step of the start: says that it begins, that it is still under way, and how long it took. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  say(line: string): void;
}

/** Nobody should wonder for longer whether something still happens. */
const SIGN_OF_LIFE_MS = 5_000;

/** @param write takes one line */
export function progress(write: (line: string) => void): Progress {
  return {
    async step(what, work) {
      const started = performance.now();
      const line = (how: string) => write(`  ${what.padEnd(36)} ${how}`);
      const seconds = () => (performance.now() - started) / 1000;
      line('...');
      const sign = setInterval(() => line(`still at it, ${seconds().toFixed(0)} s`), SIGN_OF_LIFE_MS);
      try {
        const result = await work();
        line(`done, ${seconds().toFixed(1)} s`);
        return result;
      } finally {
        clearInterval(sign);
      }
    },
    say: write,
  };
}
