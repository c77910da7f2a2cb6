export interface Progress {
  /** Does one step of the start and says how long it took. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  say(line: string): void;
}

/** @param write takes one line */
export function progress(write: (line: string) => void): Progress {
  return {
    async step(what, work) {
      const started = performance.now();
      const result = await work();
      write(`  ${what.padEnd(48)} ${((performance.now() - started) / 1000).toFixed(1)} s`);
      return result;
    },
    say: write,
  };
}
