import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import { LISTED_BY_HOUR } from '../../../../lambda/domain/event/record.ts';
import { reportOf } from '../../../reports/reports.ts';
import { UsageError } from '../../cli/errors.ts';
import { askArchive } from '../../commands/report/report.ts';
import type { Table } from '../../commands/report/table.ts';
import { readRecentEvents } from '../../stack/events/recent.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import type { Target } from '../../target/target.ts';
import { parseDay, parseDays } from '../../words/time.ts';
import type { Context } from '../context.ts';

/** What went wrong or was changed by hand lately, the newest arrival first. */
export interface EventsModel {
  readonly filter: EventsFilter;
  readonly events: readonly StoredEvent[];
  /** There may be more. */
  readonly more: boolean;
}

export interface EventsFilter {
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  /** How far back: 1h, 7d. */
  readonly since: string;
}

const MOST = 100;
const LISTED = EVENT_TYPES.filter((type) => LISTED_BY_HOUR[type]);

/** @throws UsageError where that type is not listed by time, CannotKnow where the table has no index by hour */
export async function eventsModel({ target, now }: Context, filter: EventsFilter): Promise<EventsModel> {
  const since = now() - parseDays('since', filter.since);
  const { source } = filter;
  const type = LISTED.find((one) => one === filter.type);
  if (filter.type !== undefined && !type) throw new UsageError(`By time are listed: ${LISTED.join(', ')}.`);
  const { events, next } = await readRecentEvents(target, { type, source, since, limit: MOST }, now());
  return { filter, events, more: events.length === MOST || next !== undefined };
}

export interface ReportModel extends Table {
  readonly name: string;
  readonly about: string;
  readonly chart?: { readonly label: string; readonly value: string };
  readonly from?: string;
  readonly to?: string;
}

/** @throws UsageError where there is no such report, CannotKnow where there is no archive */
export async function reportModel(
  { target }: Context,
  name: string,
  days: { readonly from?: string; readonly to?: string },
): Promise<ReportModel> {
  const report = reportOf(name);
  if (!report) throw new UsageError('There is no such report.');
  for (const [option, day] of Object.entries(days)) parseDay(option, day);
  if (days.from !== undefined && days.to !== undefined && days.from > days.to)
    throw new UsageError('The first day is after the last.');
  const table = await answered(target, JSON.stringify([name, days]), () => askArchive(target, report, days));
  return { name, about: report.about, ...(report.chart && { chart: report.chart }), ...days, ...table };
}

/** What the archive answered, by question: it takes seconds, and has its price where Athena is asked. */
const ANSWERS = new WeakMap<Target, Map<string, { readonly at: number; readonly table: Promise<Table> }>>();
const KEPT_MS = { local: 20_000, deployed: 600_000 } as const;

function answered(target: Target, question: string, ask: () => Promise<Table>): Promise<Table> {
  const known = ANSWERS.get(target) ?? new Map();
  ANSWERS.set(target, known);
  const found = known.get(question);
  if (found && Date.now() - found.at < KEPT_MS[target.kind]) return found.table;
  const table = ask();
  known.set(question, { at: Date.now(), table });
  // One that failed is asked again.
  table.catch(() => known.delete(question));
  return table;
}
