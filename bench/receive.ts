import { startNullAws } from './aws/null-aws.ts';
import { totalCalls } from './aws/tally.ts';
import { bodyOf, requestOf } from './load/invocations.ts';
import { mixedEvents } from './load/mix.ts';
import { type Effort, takeTurns } from './run/rounds.ts';
import { startSubject } from './run/subject.ts';
import { ratio, type Spread, spread } from './stats.ts';

/** Invocations of one round by events per request. */
const SIZES = new Map([
  [1, 150],
  [100, 60],
  [1000, 14],
]);
const LARGEST_BODY = 4 * 1024 * 1024;
const DIFFERENT = 8;

export interface ReceiveRow {
  readonly events: number;
  /** CPU microseconds per request. */
  readonly ours: Spread;
  readonly floor: Spread;
  readonly ratio: Spread;
  /** To the floor with our own client. */
  readonly ratioByEngine: Spread;
  readonly calls: number;
  readonly bodyBytes: number;
  readonly queueBytes: number;
  readonly messages: number;
  readonly chunks: number;
  readonly logBytes: number;
}

export interface ReceiveResult {
  readonly rows: readonly ReceiveRow[];
  readonly largest: { readonly bytes: number; readonly events: number; readonly calls: number } & Record<
    'loadedMB' | 'peakMB',
    number
  >;
}

/** Of the bundles of `receive` and its floors. */
type Folders = Readonly<Record<'ours' | 'floor' | 'floorByEngine', string>>;

export async function measureReceive(folders: Folders, effort: Effort): Promise<ReceiveResult> {
  const aws = await startNullAws();
  try {
    const rows: ReceiveRow[] = [];
    for (const row of await compareReceive(folders, effort, aws))
      rows.push({ ...row, ...(await counted(folders.ours, row.events, aws)) });
    return { rows, largest: await largestBody(folders.ours, aws) };
  } finally {
    aws.stop();
  }
}

type Aws = Awaited<ReturnType<typeof startNullAws>>;
type Compared = Pick<ReceiveRow, 'events' | 'ours' | 'floor' | 'ratio' | 'ratioByEngine'>;

/** Ours beside its floors, in CPU microseconds per request, by events per request. */
export async function compareReceive(folders: Folders, effort: Effort, aws: Aws): Promise<Compared[]> {
  const rows: Compared[] = [];
  for (const [events, invocations] of SIZES) {
    const requests = bodiesOf(events).map(requestOf);
    const contender = (folder: string) => ({
      start: () => startSubject(folder, requests, aws.url),
      invocations,
      units: 1,
    });
    const cpu = await takeTurns(
      {
        ours: contender(folders.ours),
        floor: contender(folders.floor),
        floorByEngine: contender(folders.floorByEngine),
      },
      effort,
    );
    rows.push({
      events,
      ours: spread(cpu.ours),
      floor: spread(cpu.floor),
      ratio: ratio(cpu.ours, cpu.floor),
      ratioByEngine: ratio(cpu.ours, cpu.floorByEngine),
    });
  }
  return rows;
}

const bodiesOf = (events: number): string[] =>
  Array.from({ length: DIFFERENT }, (_none, n) => bodyOf(mixedEvents(events, { first: n * events, at: Date.now() })));

async function counted(folder: string, events: number, aws: Aws): Promise<Omit<ReceiveRow, keyof Compared>> {
  const bodies = bodiesOf(events);
  const subject = startSubject(folder, bodies.map(requestOf), aws.url);
  // The first request also reads the secret: warm ones are counted.
  await subject.run(1);
  await aws.tally();
  const { logBytes } = await subject.run(DIFFERENT);
  const tally = await aws.tally();
  subject.stop();
  return {
    calls: totalCalls(tally) / DIFFERENT,
    bodyBytes: bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0) / DIFFERENT,
    queueBytes: tally.queueBytes / DIFFERENT,
    messages: tally.queueMessages / DIFFERENT,
    chunks: tally.queueChunks / DIFFERENT,
    logBytes: logBytes / DIFFERENT,
  };
}

/** Memory at the body limit, in a fresh process: what a second such request would add is garbage by then. */
async function largestBody(folder: string, aws: Aws): Promise<ReceiveResult['largest']> {
  const perEvent = bodyOf(mixedEvents(100, { at: Date.now() })).length / 100;
  const events = Math.floor((LARGEST_BODY / perEvent) * 0.995);
  const body = bodyOf(mixedEvents(events, { at: Date.now() }));
  const subject = startSubject(folder, [requestOf(body)], aws.url);
  await aws.tally();
  const { loadedKb, peakKb } = await subject.run(1);
  subject.stop();
  const calls = (await aws.tally()).calls.SendMessageBatch ?? 0;
  return { bytes: Buffer.byteLength(body), events, calls, loadedMB: loadedKb / 1024, peakMB: peakKb / 1024 };
}
