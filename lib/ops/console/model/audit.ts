import type { ActRecord } from '../../audit/act.ts';
import { readActs, readActsOn } from '../../audit/records.ts';
import { subjectsOf } from '../../audit/subjects.ts';
import { UsageError } from '../../cli/errors.ts';
import { parseSince } from '../../words/time.ts';
import type { Context } from '../context.ts';

/** Who changed what, the newest first. */
export interface AuditModel {
  readonly filter: AuditFilter;
  readonly acts: readonly ActRecord[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

interface AuditFilter {
  readonly on?: string;
  readonly by?: string;
  readonly what?: string;
  /** How far back, such as `30d`, or an ISO 8601 time. */
  readonly since?: string;
  readonly after?: string;
}

const PAGE = 50;
/** An act, as a page names the last of its own. */
const PAGED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f]+$/;
/** Whose clock is ahead is listed too. */
const AHEAD = 300_000;

export async function auditModel({ target, now }: Context, filter: AuditFilter): Promise<AuditModel> {
  const { on, by, what, since = '30d', after } = filter;
  if (after !== undefined && !(PAGED.test(after) && Date.parse(after.slice(0, 24)) > 0))
    throw new UsageError('There is no such page of the audit.');
  const wanted = { since: parseSince('since', since, now()), until: now() + AHEAD, by, what, after, limit: PAGE };
  const found =
    on === undefined ? await readActs(target, wanted) : await readActsOn(target, await subjectsOf(target, on), wanted);
  return { filter, ...found };
}
