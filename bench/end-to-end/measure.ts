import { setTimeout as pause } from 'node:timers/promises';
import { OPENED } from '../load/mix.ts';
import { quantile } from '../stats.ts';
import { burst, complain, drained, PER_REQUEST, trickle } from './load.ts';
import { type Stack, startStack } from './stack.ts';

export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly samples: number;
}

export interface EndToEnd {
  readonly eventsPerSecond: number;
  /** POST of a complaint to the entry in the list, at a tenth of that load. */
  readonly calm: Latency;
  /** The same in the middle of a flood of opens. */
  readonly flood: Latency;
  /** What the stack's template makes that costs money by itself. */
}

/** Requests of a hundred events. */
const WARM_UP = 60;
const SUSTAINED = 400;
const FLOOD = 200;
const FLOODS = 4;
const CALM_SAMPLES = 120;

/** The whole local stack: emulators, functions and the one who posts share the machine's cores. */
export async function measureEndToEnd(into: string): Promise<EndToEnd> {
  const stack = await startStack(into);
  try {
    await burst(stack, WARM_UP, 'w');
    await drained(stack);

    const before = await stack.stored();
    const start = performance.now();
    await burst(stack, SUSTAINED, 's');
    await drained(stack);
    const seconds = (performance.now() - start) / 1000;
    const events = SUSTAINED * PER_REQUEST;
    const stored = (await stack.stored()) - before;
    if (stored !== events) throw new Error(`posted ${events} events, found ${stored}`);

    const eventsPerSecond = events / seconds;
    const calm = await calmly(stack, eventsPerSecond / 10);
    const during: number[] = [];
    for (let n = 0; n < FLOODS; n++) during.push(...(await flooded(stack, n)));
    return { eventsPerSecond, calm: latency(calm), flood: latency(during) };
  } finally {
    await stack.stop();
  }
}

async function calmly(stack: Stack, perSecond: number): Promise<number[]> {
  const over = new AbortController();
  const background = trickle(stack, perSecond / PER_REQUEST, 'b', over.signal);
  const times: number[] = [];
  for (let n = 0; n < CALM_SAMPLES; n++) {
    await pause(10 + Math.random() * 40);
    times.push(await complain(stack, `calm${n}`));
  }
  over.abort();
  await background;
  return times;
}

/** Complaints all through a flood of opens, from its middle to its end, whatever has become of the earlier ones. */
async function flooded(stack: Stack, round: number): Promise<number[]> {
  let posting = true;
  const flood = burst(stack, FLOOD, `f${round}x`, OPENED).finally(() => {
    posting = false;
  });
  const pending: Promise<number>[] = [];
  await pause(200);
  while (posting) {
    // Asked seldom: forty impatient readers would be a load of their own.
    pending.push(complain(stack, `flood${round}x${pending.length}`, 25));
    await pause(50);
  }
  await flood;
  const times = await Promise.all(pending);
  await drained(stack);
  return times;
}

const latency = (times: readonly number[]): Latency => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  samples: times.length,
});
