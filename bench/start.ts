import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { bundle, fileIn, kilobytes } from './run/bundles.ts';
import { environment } from './run/subject.ts';
import { median, type Spread, spread } from './stats.ts';

export interface Loaded {
  readonly kilobytes: number;
  /** Milliseconds over an empty module. */
  readonly loadMs: Spread;
  readonly cpuMs: number;
}

const run = promisify(execFile);
const NOBODY = 'http://127.0.0.1:9';

async function load(file: string): Promise<{ wallMs: number; cpuMs: number }> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'run/load.ts'), file], {
    env: environment(NOBODY),
  });
  return JSON.parse(stdout) as { wallMs: number; cpuMs: number };
}

/** Loads each bundle in fresh processes, in turns with an empty module. */
export async function measureLoad<Name extends string>(
  folders: Readonly<Record<Name, string>>,
  into: string,
  rounds: number,
): Promise<Readonly<Record<Name, Loaded>>> {
  const empty = join(into, 'empty');
  mkdirSync(empty, { recursive: true });
  writeFileSync(fileIn(empty), 'module.exports = {};');
  const names = Object.keys(folders) as Name[];
  const over = new Map(names.map((name) => [name, { wall: [] as number[], cpu: [] as number[] }]));
  for (let round = 0; round < rounds; round++) {
    const base = await load(fileIn(empty));
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { wallMs, cpuMs } = await load(fileIn(folders[name]));
      over.get(name)?.wall.push(wallMs - base.wallMs);
      over.get(name)?.cpu.push(cpuMs - base.cpuMs);
    }
  }
  return Object.fromEntries(
    [...over].map(([name, { wall, cpu }]) => [
      name,
      { kilobytes: kilobytes(folders[name]), loadMs: spread(wall), cpuMs: median(cpu) },
    ]),
  ) as Record<Name, Loaded>;
}

export interface Part {
  readonly name: string;
  readonly kilobytes: number;
}

/** What is in a function's bundle with every provider in it, largest first. */
export async function contents(name: 'receive' | 'process', into: string): Promise<readonly Part[]> {
  const metafile = await bundle(`lambda/handlers/${name}/handler.ts`, join(into, `${name}-contents`), name);
  return partsOf(metafile);
}

export function partsOf({ outputs }: Pick<Metafile, 'outputs'>): readonly Part[] {
  const parts = new Map<string, number>();
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs))
      parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + bytesInOutput);
  return [...parts]
    .map(([name, bytes]) => ({ name, kilobytes: bytes / 1000 }))
    .sort((a, b) => b.kilobytes - a.kilobytes);
}

/** A package, or a folder of ours. */
const partOf = (path: string): string =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? /^(lambda\/[^/]+|[^/]+)/.exec(path)?.[1] ?? path;
