import { type NullAws, startNullAws } from './aws/null-aws.ts';
import { requestsOf } from './aws/recorder.ts';
import { type Counted, count, onEmulator } from './count.ts';
import { hundreds, largest, ones, thousands } from './load/batches.ts';
import { type Contender, type Effort, takeTurns } from './run/rounds.ts';
import { HEAP, startSubject } from './run/subject.ts';
import { ratio, type Spread, spread } from './stats.ts';

export const WAYS = ['ours', 'putItem', 'idempotency'] as const;
export type Way = (typeof WAYS)[number];
export type ByWay<T> = Readonly<Record<Way, T>>;

/** Invocations of one round, one message of a hundred events each: some tenths of a second of CPU. */
const INVOCATIONS = { ours: 24, floor: 24, putItem: 4, idempotency: 1 };

/** Different ones, one after the other. */
const BATCHES = 20;

export interface ProcessResult {
  /** CPU microseconds per event. */
  readonly cpu: ByWay<Spread>;
  readonly ratio: Readonly<Record<Exclude<Way, 'ours'>, Spread>>;
  /** The same requests, built beforehand and sent bare: CPU microseconds per event, and ours to it. */
  readonly floor: { readonly cpu: Spread; readonly ratio: Spread };
  /** A thousand events in ten invocations, against the null server. */
  readonly counted: ByWay<Counted>;
  /** The same events against the emulator, with what it says it consumed. */
  readonly emulated: ByWay<Counted>;
  /** Full batches of ten messages, of a hundred events each and of one event each; with the archive on as well. */
  readonly full: Full;
  readonly archived: Full;
  /** Most memory, with the two largest batches there can be, one after the other. */
  readonly peakMB: number;
}

interface Full {
  readonly hundred: Counted;
  readonly one: Counted;
}

/** @param folders of the bundles, and of ours with the archive on. */
export async function measureProcess(
  folders: ByWay<string> & { readonly floor: string; readonly archived: string },
  effort: Effort,
): Promise<ProcessResult> {
  const aws = await startNullAws();
  try {
    return {
      ...(await compareProcess(folders, effort, aws)),
      counted: await eachWay((way) => count(folders[way], aws, hundreds(10), 100)),
      full: await full(folders.ours, aws),
      archived: await full(folders.archived, aws),
      peakMB: await peakOf(folders.archived, aws.url),
      emulated: await onEmulator((emulated) => eachWay((way) => count(folders[way], emulated, hundreds(10, way), 100))),
    };
  } finally {
    aws.stop();
  }
}

/** Ours beside its floor and its peers, in CPU microseconds per event. */
export async function compareProcess(
  folders: ByWay<string> & { readonly floor: string },
  effort: Effort,
  aws: NullAws,
): Promise<Pick<ProcessResult, 'cpu' | 'ratio' | 'floor'>> {
  const built = await requestsOf(folders.ours, hundreds(BATCHES), aws.url);
  const contender = (way: Way | 'floor'): Contender => ({
    // Made anew: messages that have waited for minutes are asked about more than fresh ones.
    start: () => startSubject(folders[way], way === 'floor' ? built : hundreds(BATCHES), aws.url),
    invocations: INVOCATIONS[way],
    units: 100,
  });
  const cpu = await takeTurns(
    {
      ours: contender('ours'),
      floor: contender('floor'),
      putItem: contender('putItem'),
      idempotency: contender('idempotency'),
    },
    effort,
  );
  return {
    cpu: { ours: spread(cpu.ours), putItem: spread(cpu.putItem), idempotency: spread(cpu.idempotency) },
    ratio: { putItem: ratio(cpu.ours, cpu.putItem), idempotency: ratio(cpu.ours, cpu.idempotency) },
    floor: { cpu: spread(cpu.floor), ratio: ratio(cpu.ours, cpu.floor) },
  };
}

/** Longer than Lambda waits: a slow machine would give messages back, and hold less. */
const PATIENT = 600_000;

/** Megabytes that the function needs at most, its heap bounded as Lambda bounds it. Rejects where it does not get through. */
export async function peakOf(folder: string, aws: string): Promise<number> {
  const batches = largest();
  const subject = startSubject(folder, batches, aws, { execArgv: HEAP, invocationMs: PATIENT });
  const { peakKb } = await subject.run(batches.length);
  subject.stop();
  return peakKb / 1024;
}

const full = async (folder: string, aws: NullAws): Promise<Full> => ({
  hundred: await count(folder, aws, thousands(4), 1000),
  one: await count(folder, aws, ones(100), 10),
});

/** One after the other: they share the server that counts. */
async function eachWay<T>(run: (way: Way) => Promise<T>): Promise<ByWay<T>> {
  return { ours: await run('ours'), putItem: await run('putItem'), idempotency: await run('idempotency') };
}
