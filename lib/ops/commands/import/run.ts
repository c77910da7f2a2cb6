import { pacer } from '../../../../lambda/aws/effort.ts';
import type { OperatorAct } from '../../../../lambda/domain/suppression/operator.ts';
import { BadLine, type Defaults } from '../../../../lambda/providers/list-file.ts';
import type { Io } from '../../cli/io.ts';
import { counter } from '../../cli/progress.ts';
import { type Decision, sendActs, signed } from '../../stack/acts.ts';
import type { Target } from '../../target/target.ts';
import type { Author } from '../../words/author.ts';
import { keyOf } from '../../words/reasons.ts';
import { type CsvFile, type Line, readLines } from './csv-file.ts';
import { type Decided, decide, type Judging } from './decide.ts';

export interface Plan {
  readonly path: string;
  readonly file: CsvFile;
  readonly defaults: Defaults;
  readonly judging: Judging;
  /** Names the import, in each of its acts. */
  readonly id: string;
  /** Time of lines that give none. */
  readonly at: string;
  /** Lines up to this one were taken before. */
  readonly after: number;
  readonly perSecond: number;
}

/** What an import came to; a dry run comes to the same. */
export interface Tally {
  taken: number;
  bad: number;
  /** Lines that say nothing of suppression, such as subscribed people. */
  passed: number;
  /** Lines that suppress nobody, as the webhook's event would not either. */
  spared: number;
  readonly byReason: Map<string, number>;
  /** Bounces by how their reply was read. */
  readonly byClass: Map<string, number>;
  /** Why the spared are spared. */
  readonly bySpared: Map<string, number>;
}

/** Acts to one request of the queue. */
const CHUNK = 1000;

/** Reads the file line by line and sends what it decides; `target` absent = only counts. */
export async function runImport(
  plan: Plan,
  io: Io,
  deliver?: {
    readonly target: Target;
    readonly author: Author;
    readonly reached: (line: number, taken: number) => Promise<void>;
  },
): Promise<Tally> {
  const tally: Tally = {
    taken: 0,
    bad: 0,
    passed: 0,
    spared: 0,
    byReason: new Map(),
    byClass: new Map(),
    bySpared: new Map(),
  };
  const count = counter(io, 'lines');
  const pace = pacer(plan.perSecond);
  let acts: OperatorAct[] = [];
  let last = plan.after;
  const flush = async (): Promise<void> => {
    if (deliver) {
      await pace(acts.length);
      await sendActs(deliver.target, acts);
      await deliver.reached(last, acts.length);
    }
    acts = [];
  };
  for await (const line of readLines(plan.path, plan.file)) {
    if (line.number <= plan.after) continue;
    count(1);
    const decided = take(line, plan, tally, io);
    last = line.number;
    if (decided?.decision && deliver) acts.push(asAct(decided.decision, decided.note, plan.id, deliver.author));
    if (acts.length === CHUNK) await flush();
  }
  await flush();
  return tally;
}

function take({ number, cells }: Line, plan: Plan, tally: Tally, io: Io): Decided | undefined {
  try {
    const decided = decide(plan.file.format, cells, plan.defaults, plan.at, plan.judging);
    if (!decided) {
      tally.passed++;
      return undefined;
    }
    if (decided.bounceClass) add(tally.byClass, decided.bounceClass);
    if (!decided.decision) {
      tally.spared++;
      add(tally.bySpared, decided.spared ?? 'no-effect');
      return decided;
    }
    tally.taken++;
    const { act, ...rest } = decided.decision;
    add(tally.byReason, act === 'lift' ? `${keyOf(rest)} (lifted)` : keyOf(rest));
    return decided;
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    tally.bad++;
    io.say(`line ${number}: skipped, ${error.message}`);
    return undefined;
  }
}

const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

const asAct = (decision: Decision, note: string | undefined, importId: string, author: Author): OperatorAct => ({
  ...signed(decision, { ...author, note: note ?? `${author.note} (import ${importId})` }),
  importId,
});
