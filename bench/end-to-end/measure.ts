import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../stats.ts';
import { complain, drained, flood, keepPosting } from './load.ts';
import { startStack } from './stack.ts';

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
}

const SUSTAIN_MS = 6000;
const FLOOD_MS = 8000;
const CALM_SAMPLES = 120;

/** The whole local stack: emulators, functions and the one who posts share the machine's cores. */
export async function measureEndToEnd(into: string): Promise<EndToEnd> {
  const stack = await startStack(into);
  try {
    await keepPosting(stack, { ms: 1500, connections: 4, series: 'w' });
    await drained(stack);

    const before = await stack.stored();
    const start = performance.now();
    const posted = await keepPosting(stack, { ms: SUSTAIN_MS, connections: 8, series: 's' });
    await drained(stack);
    const seconds = (performance.now() - start) / 1000;
    const stored = (await stack.stored()) - before;
    if (stored !== posted) throw new Error(`posted ${posted} events, found ${stored}`);
    const eventsPerSecond = posted / seconds;

    const calm = await calmly(stack, eventsPerSecond / 10);
    const [, during] = await Promise.all([flood(stack, 'f', FLOOD_MS), complaints(stack)]);
    await drained(stack);
    return { eventsPerSecond, calm: latency(calm), flood: latency(during) };
  } finally {
    await stack.stop();
  }
}

type Stack = Awaited<ReturnType<typeof startStack>>;

async function calmly(stack: Stack, perSecond: number): Promise<number[]> {
  const times: number[] = [];
  let over = false;
  const background = (async () => {
    for (let n = 0; !over; n++)
      await keepPosting(stack, { ms: 1000, connections: 2, perSecond: perSecond / 100, series: `b${n}x` });
  })();
  await pause(500);
  for (let n = 0; n < CALM_SAMPLES; n++) {
    times.push(await complain(stack, `calm${n}`));
    await pause(Math.random() * 40);
  }
  over = true;
  await background;
  return times;
}

/** Complaints all through the flood, whatever has become of the earlier ones. */
async function complaints(stack: Stack): Promise<number[]> {
  const pending: Promise<number>[] = [];
  const start = performance.now();
  await pause(FLOOD_MS / 4);
  while (performance.now() - start < FLOOD_MS * 0.95) {
    pending.push(complain(stack, `flood${pending.length}`));
    await pause(60);
  }
  return Promise.all(pending);
}

const latency = (times: readonly number[]): Latency => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  samples: times.length,
});
