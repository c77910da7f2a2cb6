import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureConsole } from '../console/measure.ts';
import { measureWave } from '../end-to-end/bounces.ts';
import { measureEndToEnd } from '../end-to-end/measure.ts';
import type { Results } from '../keys.ts';
import { measureProcess } from '../process.ts';
import { measureReceive } from '../receive.ts';
import { contents, measureLoad, type Part } from '../start.ts';
import { configOf, everyProvider, peer, shipped } from './bundles.ts';
import { EFFORT } from './rounds.ts';

export interface Everything extends Results {
  readonly parts: Readonly<Record<'receive' | 'process', readonly Part[]>>;
  readonly seconds: number;
}

const STARTS = 17;

/** Builds, runs and removes everything. What is loaded and run holds every provider: the worst case, and what the local run serves. */
export async function measureAll(say: (line: string) => void): Promise<Everything> {
  const began = performance.now();
  const into = mkdtempSync(join(tmpdir(), 'quell-bench-'));
  try {
    say('bundling');
    const all = everyProvider();
    const single = configOf(['sendgrid']);
    const folders = {
      receive: await shipped('receive', all, into),
      process: await shipped('process', all, into),
      archived: await shipped('process', everyProvider({ archive: {} }), into, 'process-archived'),
      receiveOne: await shipped('receive', single, into, 'receive-one'),
      processOne: await shipped('process', single, into, 'process-one'),
      floor: await peer('receive-floor', all, into),
      floorByEngine: await peer('receive-floor-by-engine', all, into),
      processFloor: await peer('process-floor', all, into),
      putItem: await peer('put-item', all, into),
      idempotency: await peer('idempotency', all, into),
    };
    const {
      receive: ours,
      process,
      receiveOne,
      processOne,
      floor,
      floorByEngine,
      processFloor,
      putItem,
      idempotency,
      archived,
    } = folders;
    say('receive');
    const receive = await measureReceive({ ours, floor, floorByEngine }, EFFORT);
    say('process');
    const processed = await measureProcess(
      { ours: process, floor: processFloor, putItem, idempotency, archived },
      EFFORT,
    );
    say('start');
    const start = await measureLoad({ receive: ours, receiveOne, process, processOne, floor }, into, STARTS);
    const parts = { receive: await contents('receive', into), process: await contents('process', into) };
    say('end to end');
    const endToEnd = await measureEndToEnd(into);
    say('a wave of bounces');
    const wave = await measureWave(into);
    say('console');
    const console = await measureConsole(into);
    return {
      receive,
      process: processed,
      start,
      endToEnd,
      wave,
      console,
      parts,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
