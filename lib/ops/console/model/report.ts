import { createHash } from 'node:crypto';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { Report } from '../../../reports/report.ts';
import { reportOf } from '../../../reports/reports.ts';
import { UsageError } from '../../cli/errors.ts';
import { askArchive } from '../../commands/report/report.ts';
import type { Table } from '../../commands/report/table.ts';
import type { Target } from '../../target/target.ts';
import { parseDay } from '../../words/time.ts';
import type { Context } from '../context.ts';

/** Days (YYYY-MM-DD) that a report is about. */
interface ReportDays {
  readonly from?: string;
  readonly to?: string;
}

export interface ReportModel extends Table, ReportDays {
  readonly name: string;
  readonly about: string;
  readonly chart?: { readonly label: string; readonly value: string };
}

/** A report that is still being made. */
export interface ReportAwaited extends ReportDays {
  readonly name: string;
  readonly about: string;
  /** When that began, epoch milliseconds. */
  readonly begun: EpochMs;
}

/** @throws UsageError where there is no such report, CannotKnow where there is no archive */
export async function reportModel({ target }: Context, name: string, days: ReportDays): Promise<ReportModel> {
  const report = wanted(name, days);
  const { table } = await asked(target, report, days);
  return modelOf(report, days, await table);
}

/** The same for somebody who would rather be told that it takes longer than wait for it. */
export async function reportSoon(
  context: Context,
  name: string,
  days: ReportDays,
): Promise<ReportModel | ReportAwaited> {
  const { target, patience } = context;
  if (patience === undefined) return reportModel(context, name, days);
  const report = wanted(name, days);
  const { table, begun } = await asked(target, report, days);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, patience, undefined);
  });
  const found = await Promise.race([table, over]).finally(() => clearTimeout(timer));
  return found ? modelOf(report, days, found) : { name, about: report.about, ...days, begun };
}

function wanted(name: string, days: ReportDays): Report {
  const report = reportOf(name);
  if (!report) throw new UsageError('There is no such report.');
  for (const [option, day] of Object.entries(days)) parseDay(option, day);
  if (days.from !== undefined && days.to !== undefined && days.from > days.to)
    throw new UsageError('The first day is after the last.');
  return report;
}

const modelOf = ({ name, about, chart }: Report, days: ReportDays, table: Table): ReportModel => ({
  name,
  about,
  ...(chart && { chart }),
  ...days,
  ...table,
});

/** What the archive answers, or will. */
interface Answer {
  readonly table: Promise<Table>;
  /** Epoch milliseconds. */
  readonly begun: EpochMs;
  /** Of the objects that it was made of, where they were listed. */
  readonly objects: string | undefined;
  /** When it was there, or had failed; absent as long as it is made. Epoch milliseconds. */
  ended?: EpochMs;
  failed?: true;
}

/** By question, the one that was begun last at the end: it takes seconds, and has its price where Athena is asked. */
const ANSWERS = new WeakMap<Target, Map<string, Answer>>();
const MOST_ANSWERS = 20;
/** Of a local archive, which objects come to all the time; of one that nobody listed, because Athena reads it. */
const KEPT_MS = { local: 20_000, deployed: 600_000 } as const;
/** Long enough that whoever waits for it hears of it, and that nobody who looks again asks again at once. */
const FAILED_MS = 5_000;

async function asked(target: Target, report: Report, days: ReportDays): Promise<Answer> {
  const local = target.kind === 'local' ? await import('../../commands/report/local.ts') : undefined;
  const keys = await local?.archivedObjects(target, days);
  const objects = keys && createHash('sha256').update(keys.join('\n')).digest('base64');
  const question = JSON.stringify([report.name, days, new Date().toISOString().slice(0, 10)]);
  const known = ANSWERS.get(target) ?? new Map<string, Answer>();
  ANSWERS.set(target, known);
  const found = known.get(question);
  if (found && isGood(found, objects, KEPT_MS[target.kind])) return found;
  const table = local ? local.askDuckDb(target, report, days, keys) : askArchive(target, report, days);
  const answer: Answer = { table, begun: Date.now(), objects };
  known.delete(question);
  known.set(question, answer);
  const [oldest] = known.keys();
  if (known.size > MOST_ANSWERS && oldest !== undefined) known.delete(oldest);
  table
    .catch(() => {
      answer.failed = true;
    })
    .finally(() => {
      answer.ended = Date.now();
    });
  return answer;
}

/** One that is being made is waited for, whatever came meanwhile: else nobody would ever see one while webhooks arrive. */
function isGood({ ended, failed, objects }: Answer, now: string | undefined, kept: number): boolean {
  if (ended === undefined) return true;
  if (Date.now() - ended < (failed ? FAILED_MS : kept)) return true;
  // An object stays as it is: of the same ones the answer is the same.
  return !failed && now !== undefined && now === objects;
}
