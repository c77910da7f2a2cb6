/** The suites that a change is shown to: warm, nearest first, and none that takes long. */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, normalize } from 'node:path';

/** Seconds of CPU that a suite may take to count as one that guards, and all suites of one change together. */
const SUITE = 8;
const CHANGE = 8;
/** A change that makes a loop endless stops the whole process. */
const PATIENCE = 180_000;
const MEMORY = 3 * 2 ** 30;

interface Answer {
  readonly failed?: string;
  readonly seconds: number;
  readonly bytes: number;
}

let child: ChildProcess | undefined;

async function started(): Promise<ChildProcess> {
  if (child) return child;
  const own = fork(join(import.meta.dirname, 'runner.mjs'), {
    execArgv: ['--experimental-vm-modules', '--no-warnings', '--max-old-space-size=6000'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child = own;
  own.once('exit', () => {
    if (child === own) child = undefined;
  });
  await once(own, 'message');
  return own;
}

export function stop(): void {
  child?.kill('SIGKILL');
  child = undefined;
}

/** Runs the suites until one fails. */
export async function run(suites: readonly string[], change?: string): Promise<Answer> {
  const runner = await started();
  const answer = await new Promise<Answer>((resolve) => {
    const ends = (why: string) => resolve({ failed: why, seconds: 0, bytes: Number.POSITIVE_INFINITY });
    const timer = setTimeout(ends, PATIENCE, 'none: it hangs');
    const crashed = () => ends('none: it crashes');
    runner.once('exit', crashed);
    runner.once('message', (message) => {
      clearTimeout(timer);
      runner.off('exit', crashed);
      resolve(message as Answer);
    });
    runner.send({ suites, change });
  });
  const cost = `${answer.seconds.toFixed(1)} s, ${(answer.bytes / 2 ** 20).toFixed(0)} MB`;
  if (process.env.DEBUG) process.stderr.write(`  ${cost}, ${suites.length} suites: ${answer.failed ?? 'all green'}\n`);
  if (answer.bytes > MEMORY) stop();
  return answer;
}

const imports = new Map<string, string[]>();
function importsOf(file: string): string[] {
  const known = imports.get(file);
  if (known) return known;
  const text = readFileSync(file, 'utf8');
  const found = [
    ...[...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, to = '']) => join(dirname(file), to)),
    // What a suite bundles for itself it does not import.
    ...[...text.matchAll(/(?:loadBundle|bundleOf)\(\s*'(\w+)'/g)].map(
      ([, name]) => `lambda/handlers/${name}/handler.ts`,
    ),
  ]
    .map((to) => normalize(to))
    .filter((to) => existsSync(to));
  imports.set(file, found);
  return found;
}

/** Fewest imports between a test and the file, or undefined. */
function distance(test: string, file: string): number | undefined {
  const seen = new Set([test]);
  let ring = [test];
  for (let steps = 0; ring.length > 0; steps++) {
    if (ring.includes(file)) return steps;
    ring = ring.flatMap(importsOf).filter((next) => next.endsWith('.ts') && !seen.has(next) && seen.add(next));
  }
  return undefined;
}

/** What each suite costs on this machine, kept from one run of the mutants to the next. */
const KEPT = join(tmpdir(), 'quell-suite-costs.json');
const costs = new Map<string, number>(
  existsSync(KEPT) ? Object.entries(JSON.parse(readFileSync(KEPT, 'utf8')) as Record<string, number>) : [],
);

const keyOf = (suite: string): string => createHash('sha256').update(suite).update(readFileSync(suite)).digest('hex');
const costOf = (suite: string): number => costs.get(keyOf(suite)) ?? 0;

/** Seconds, when nothing is changed: of CPU, or a quarter of what was waited. A suite that fails as it is takes for ever. */
async function cost(suite: string): Promise<number> {
  const key = keyOf(suite);
  const known = costs.get(key);
  if (known !== undefined) return known;
  const start = performance.now();
  const { failed, ...answer } = await run([suite]);
  const seconds = Math.max(answer.seconds, (performance.now() - start) / 4000);
  if (failed) process.stderr.write(`${suite} fails with nothing changed\n`);
  costs.set(key, failed ? 1e9 : seconds);
  writeFileSync(KEPT, JSON.stringify(Object.fromEntries(costs)));
  return failed ? 1e9 : seconds;
}

const NAME = /(\.test)?\.ts$/;

/** The quick suites that reach a file: those that are named after it or import it by themselves, the cheapest first, then nearest; as many as fit. */
export async function suitesFor(file: string, tests: readonly string[]): Promise<string[]> {
  const name = basename(file).replace(NAME, '');
  const folder = basename(dirname(file));
  const near = tests
    .map((test) => ({ test, steps: distance(test, file) }))
    .filter((one): one is { test: string; steps: number } => one.steps !== undefined)
    .map(({ test, steps }) => {
      const named = basename(test).replace(NAME, '') === name || basename(test).startsWith(folder);
      return { test, steps: named || steps === 1 ? 0 : steps };
    })
    .sort((a, b) => a.steps - b.steps || costOf(a.test) - costOf(b.test));
  return affordable(near.map(({ test }) => test));
}

/** Of suites in the order of their promise those that a change may cost. */
export async function affordable(suites: readonly string[]): Promise<string[]> {
  const chosen: string[] = [];
  let sum = 0;
  for (const suite of suites) {
    if (sum >= CHANGE) break;
    const seconds = await cost(suite);
    if (seconds > SUITE) continue;
    chosen.push(suite);
    sum += seconds;
  }
  return chosen;
}
