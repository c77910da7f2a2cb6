import { setTimeout as pause } from 'node:timers/promises';
import { bodyOf } from '../load/invocations.ts';
import { COMPLAINED, mixedEvents, type SendGridEvent } from '../load/mix.ts';
import type { Stack } from './stack.ts';

export const PER_REQUEST = 100;

/** Posts so many requests of a hundred events, eight at a time, as fast as they are taken. */
export async function burst(stack: Stack, requests: number, series: string, kind?: SendGridEvent): Promise<void> {
  const queue = Array(requests).keys();
  const worker = async () => {
    for (const n of queue) await postHundred(stack, n, series, kind);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Posts requests of a hundred events evenly, so many a second, until `over`. */
export async function trickle(stack: Stack, perSecond: number, series: string, over: AbortSignal): Promise<void> {
  const start = performance.now();
  for (let n = 0; !over.aborted; n++) {
    await pause(Math.max(0, start + (n * 1000) / perSecond - performance.now()));
    await postHundred(stack, n, series);
  }
}

const postHundred = (stack: Stack, n: number, series: string, kind?: SendGridEvent): Promise<void> =>
  stack.post(
    bodyOf(mixedEvents(PER_REQUEST, { first: n * PER_REQUEST, series, at: Date.now(), ...(kind && { kind }) })),
  );

/** Waits until the queue is empty and stays so. */
export async function drained(stack: Stack): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    quiet = (await stack.backlog()) === 0 ? quiet + 1 : 0;
    await pause(20);
  }
}

/** Milliseconds from posting one complaint to the first read that finds its sender suppressed. */
export async function complain(stack: Stack, id: string, pollMs = 2): Promise<number> {
  const [event] = mixedEvents(1, { series: `c${id}`, at: Date.now(), kind: COMPLAINED });
  const address = String(event?.email);
  const start = performance.now();
  await stack.post(bodyOf([event as SendGridEvent]));
  while (!(await stack.isSuppressed(address))) {
    if (performance.now() - start > 60_000) throw new Error('a complaint did not suppress within a minute');
    await pause(pollMs);
  }
  return performance.now() - start;
}
