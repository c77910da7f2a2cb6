import type { ActRecord } from '../../audit/act.ts';
import { readActs, readActsOn } from '../../audit/records.ts';
import { subjectsOf } from '../../audit/subjects.ts';
import { parseSince } from '../../words/time.ts';
import type { Context } from '../context.ts';

/** Who changed what, the newest first. */
export interface AuditModel {
  readonly filter: AuditFilter;
  readonly acts: readonly ActRecord[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface AuditFilter {
  readonly on?: string;
  readonly by?: string;
  readonly what?: string;
  /** How far back, such as `30d`, or an ISO 8601 time. */
  readonly since?: string;
  readonly after?: string;
}

const PAGE = 50;
/** Whose clock is ahead is listed too. */
const AHEAD = 300_000;

export async function auditModel({ target, now }: Context, filter: AuditFilter): Promise<AuditModel> {
  const { on, by, what, since = '30d', after } = filter;
  const wanted = { since: parseSince('since', since, now()), until: now() + AHEAD, by, what, after, limit: PAGE };
  const found =
    on === undefined ? await readActs(target, wanted) : await readActsOn(target, await subjectsOf(target, on), wanted);
  return { filter, ...found };
}
