import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOUNCED } from '../load/mix.ts';
import { ratio, type Spread, spread } from '../stats.ts';
import { burst, drained, PER_REQUEST } from './load.ts';
import { type Stack, startStack } from './stack.ts';

/** A wave of bounces, which all of the index by hour takes too. */
export interface Wave {
  readonly bounces: number;
  /** Seconds from the first POST to the last bounce stored and judged. */
  readonly indexed: Spread;
  readonly plain: Spread;
  /** The one to the other, wave by wave. */
  readonly ratio: Spread;
  /** Share of the fullest partition of the index, of all that is in it. */
  readonly fullest: number;
}

const BOUNCES = 5000;
const ROUNDS = 3;

/** Two local stacks that differ in the index take turns, A B B A. */
export async function measureWave(into: string): Promise<Wave> {
  const stacks = { indexed: await startStack(into), plain: await startStack(into, { byHourIndex: false }) };
  try {
    for (const stack of Object.values(stacks)) await wave(stack, 'warm', BOUNCES / 5);
    const times = { indexed: [] as number[], plain: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const order = round % 2 === 0 ? (['indexed', 'plain'] as const) : (['plain', 'indexed'] as const);
      for (const which of order) times[which].push(await wave(stacks[which], `r${round}`, BOUNCES));
    }
    const partitions = await stacks.indexed.byHour();
    const all = partitions.reduce((sum, items) => sum + items, 0);
    return {
      bounces: BOUNCES,
      indexed: spread(times.indexed),
      plain: spread(times.plain),
      ratio: ratio(times.indexed, times.plain),
      fullest: Math.max(...partitions) / all,
    };
  } finally {
    await Promise.all(Object.values(stacks).map((stack) => stack.stop()));
  }
}

async function wave(stack: Stack, series: string, bounces: number): Promise<number> {
  const before = await stack.stored();
  const start = performance.now();
  await burst(stack, bounces / PER_REQUEST, series, BOUNCED);
  await drained(stack);
  const seconds = (performance.now() - start) / 1000;
  const stored = (await stack.stored()) - before;
  if (stored !== bounces) throw new Error(`posted ${bounces} bounces, found ${stored}`);
  return seconds;
}

if (import.meta.main) {
  const into = mkdtempSync(join(tmpdir(), 'quell-wave-'));
  try {
    process.stdout.write(`${JSON.stringify(await measureWave(into))}\n`);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
