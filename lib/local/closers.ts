/** What has to be undone, last thing first; each once, and all of them even if one fails. */
export interface Closers {
  add(close: () => unknown): void;
  run(): Promise<void>;
}

export function makeClosers(): Closers {
  const closers: (() => unknown)[] = [];
  return {
    add: (close) => void closers.push(close),
    async run() {
      for (let close = closers.pop(); close; close = closers.pop()) {
        try {
          await close();
        } catch {
          // What will not stop by itself is ended by the watchdog.
        }
      }
    },
  };
}

/** All results, once every one has settled: a failed start must not leave another half started. */
export async function together<T extends readonly unknown[]>(...work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(work);
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
  return settled.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
