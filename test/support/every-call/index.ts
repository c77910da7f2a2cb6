import { inParallel } from '../../../lambda/domain/batches.ts';
import { awsJson } from '../../../lib/local/emulators/aws-json.ts';
import { FAULTS, type Fault } from './faults.ts';
import { HISTORIES, type History, NOW } from './histories.ts';
import type { Complaints } from './invoke.ts';
import { type Delivered, processSubject } from './process.ts';
import { type Changes, publishSubject, type StreamRecord } from './publish.ts';
import { pulseSubject } from './pulse.ts';
import { receiveSubject } from './receive.ts';
import type { Subject } from './subject.ts';
import { attempt, type Reference, reference, type Trial } from './trial.ts';
import { type Run, startWorld, type World } from './world.ts';

/**
 * Every call that the functions make of AWS goes wrong once, in each way there is, and once together with all that follow it in the same
 * invocation: nothing may be lost, nothing doubled but what the documents say, no function may take longer than it has.
 */

export interface Selection {
  /** Of the histories of each function: how many, from the first. */
  readonly histories?: number;
  readonly faults?: readonly Fault[];
  readonly lasts?: readonly boolean[];
  readonly sideBySide?: number;
  readonly only?: string;
}

export interface Report {
  readonly functions: Readonly<
    Record<string, { readonly histories: number; readonly calls: number; readonly runs: number }>
  >;
  /** What went wrong, and where. */
  readonly complaints: readonly string[];
}

export async function everyCall(
  selection: Selection = {},
  say: (line: string) => void = () => undefined,
): Promise<Report> {
  const { histories = HISTORIES.length, faults = FAULTS, lasts = [false, true], sideBySide = 8, only } = selection;
  const world = await startWorld();
  try {
    const chosen = HISTORIES.slice(0, histories);
    const complaints: string[] = [];
    const functions: Record<string, { histories: number; calls: number; runs: number }> = {};
    const all: { readonly trial: Trial; readonly held: Reference }[] = [];
    for await (const subject of subjects(world, chosen, complaints)) {
      if (only && subject.name !== only) continue;
      const references: Reference[] = [];
      // By itself each, so that nothing but the function makes it slow.
      for (const at of subject.histories.slice(0, histories).keys())
        references.push(await reference(world, subject, at, complaints));
      const trials = references.flatMap(({ calls }, history) =>
        calls.flatMap((operation, call) =>
          faults
            .filter((fault) => !subject.saysForged?.(operation, fault))
            .flatMap((fault) => lasts.map((last): Trial => ({ subject, history, call, fault, lasts: last }))),
        ),
      );
      all.push(...trials.map((trial) => ({ trial, held: references[trial.history] as Reference })));
      const calls = references.reduce((sum, one) => sum + one.calls.length, 0);
      functions[subject.name] = { histories: references.length, calls, runs: trials.length };
      say(`${subject.name}: ${references.length} histories, ${calls} calls, ${trials.length} runs`);
    }
    let done = 0;
    // Of all functions side by side: most of each is waiting for what hangs. Never the same history twice at a time: the largest would be slow by its own company.
    await inParallel(inTurns(all), sideBySide, async ({ trial, held: { outcome, found } }) => {
      const own = await attempt(world, trial, found ? undefined : outcome);
      complaints.push(...own);
      for (const complaint of own) say(complaint);
      if (++done % 500 === 0) say(`${done} of ${all.length} runs, ${complaints.length} complaints`);
    });
    return { functions, complaints };
  } finally {
    await world.stop();
  }
}

/** In turns of every history of every function. */
function inTurns<T extends { readonly trial: Trial }>(all: readonly T[]): T[] {
  const taken = new Map<string, number>();
  return all
    .map((one) => {
      const history = `${one.trial.subject.name} ${one.trial.history}`;
      const turn = taken.get(history) ?? 0;
      taken.set(history, turn + 1);
      return { one, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ one }) => one);
}

/** The functions one after the other, each with what the one before it made of the histories when nothing went wrong. */
async function* subjects(world: World, histories: readonly History[], complaints: Complaints): AsyncGenerator<Subject> {
  yield await receiveSubject(histories, NOW);
  const rounds: Delivered[][][] = [];
  const worked = histories.filter(({ onlyReceive }) => !onlyReceive);
  for (const history of worked) {
    const own: Delivered[][] = [];
    for (const { posts = [], bodies = [], way = 'delivery' } of history.rounds) {
      const alone = { name: '', rounds: [{ posts }] };
      const queued = posts.length === 0 ? [] : await queuedBy(world, await receiveSubject([alone], NOW), complaints);
      own.push([
        { way: 'delivery', bodies: way === 'delivery' ? [...queued, ...bodies] : queued },
        { way, bodies: way === 'delivery' ? [] : bodies },
      ]);
    }
    rounds.push(own);
  }
  const processing = await processSubject(world, worked, rounds);
  yield processing;
  yield await publishSubject(await changesBy(world, processing, complaints));
  yield await pulseSubject(world);
}

async function queuedBy(world: World, subject: Subject, complaints: Complaints): Promise<string[]> {
  const run = await world.begin();
  await subject.run(run, 0, complaints);
  await run.end();
  return run.services.queue('delivery').map(({ body }) => body);
}

/** What the streams of the tables bring once the function has done its work. */
async function changesBy(world: World, subject: Subject, complaints: Complaints): Promise<Changes[]> {
  const streams = awsJson('dynamodbstreams', world.dynamo.endpoint);
  const recordsOf = async (TableName: string): Promise<StreamRecord[]> => {
    const { Streams } = await streams<{ Streams: { StreamArn: string }[] }>('ListStreams', { TableName });
    const StreamArn = Streams[0]?.StreamArn;
    const { StreamDescription } = await streams<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      'DescribeStream',
      { StreamArn },
    );
    const ShardId = StreamDescription.Shards.at(-1)?.ShardId;
    const input = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await streams<{ ShardIterator: string }>('GetShardIterator', input);
    return (await streams<{ Records: StreamRecord[] }>('GetRecords', { ShardIterator, Limit: 100 })).Records;
  };
  const found: Changes[] = [];
  for (const [at, name] of subject.histories.entries()) {
    const run: Run = await world.begin();
    await subject.run(run, at, complaints);
    found.push({ name, streams: await Promise.all(Object.values(run.tables).map(recordsOf)) });
    await run.end();
  }
  return found;
}

if (import.meta.main) {
  const [only] = process.argv.slice(2);
  const histories = Number(process.env.HISTORIES ?? HISTORIES.length);
  const began = performance.now();
  const { functions, complaints } = await everyCall({ histories, ...(only && { only }) }, (line) =>
    process.stdout.write(`${line}\n`),
  );
  const runs = Object.values(functions).reduce((sum, one) => sum + one.runs, 0);
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    `every call: ${runs} runs, ${complaints.length} complaints, ${Math.round((performance.now() - began) / 1000)} s, ${Math.round((user + system) / 1e6)} s of CPU\n`,
  );
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
