import { setTimeout as pause } from 'node:timers/promises';
import { bodyOf } from '../load/invocations.ts';
import { COMPLAINED, mixedEvents, OPENED, type SendGridEvent } from '../load/mix.ts';
import type { Stack } from './stack.ts';

const PER_REQUEST = 100;

/** Posts requests of a hundred events for `ms`, with `connections` at a time or, with `perSecond`, evenly. Returns the events posted. */
export async function keepPosting(
  stack: Stack,
  { ms, connections, perSecond, series, kind }: {
    ms: number;
    connections: number;
    perSecond?: number;
    series: string;
    kind?: SendGridEvent;
  },
): Promise<number> {
  const start = performance.now();
  let requests = 0;
  const worker = async () => {
    while (performance.now() - start < ms) {
      const n = requests++;
      // Each request has its moment; whoever is late does not wait.
      if (perSecond) await pause(Math.max(0, start + (n * 1000) / perSecond - performance.now()));
      const events = { first: n * PER_REQUEST, series, at: Date.now() };
      await stack.post(bodyOf(mixedEvents(PER_REQUEST, kind ? { ...events, kind } : events)));
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return requests * PER_REQUEST;
}

export const flood = (stack: Stack, series: string, ms: number): Promise<number> =>
  keepPosting(stack, { ms, connections: 8, series, kind: OPENED });

/** Waits until the queue is empty and stays so. */
export async function drained(stack: Stack): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    quiet = (await stack.backlog()) === 0 ? quiet + 1 : 0;
    await pause(20);
  }
}

/** Milliseconds from posting one complaint to the first read that finds its sender suppressed. */
export async function complain(stack: Stack, id: string): Promise<number> {
  const [event] = mixedEvents(1, { series: `c${id}`, at: Date.now(), kind: COMPLAINED });
  const address = String(event?.email);
  const start = performance.now();
  await stack.post(bodyOf([event as SendGridEvent]));
  while (!(await stack.isSuppressed(address))) {
    if (performance.now() - start > 60_000) throw new Error('a complaint did not suppress within a minute');
    await pause(2);
  }
  return performance.now() - start;
}
