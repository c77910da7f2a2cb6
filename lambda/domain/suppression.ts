import { REASONS, type Reason } from '../contract/event-types.ts';
import { FOREVER } from '../contract/tables.ts';

/**
 * One person's suppression as a value that can be merged in any order. Per reason it keeps every piece of evidence that could
 * still decide something, so that permutations, duplicates and two processors at once end in the same state.
 */

/** One piece of evidence, or one lift, for one reason. */
export interface Mark {
  /** Event time, ISO 8601 UTC with milliseconds. */
  readonly at: string;
  /** Epoch seconds until which it suppresses; 0 = a lift (tombstone). */
  readonly until: number;
  readonly fingerprint: string;
  readonly source: string;
  /** The evidence in the ESP's own word. */
  readonly event: string;
  /** Enhanced status code or the like, where known. */
  readonly status?: string;
  /** An echo of the ESP's own list: never outranks a lift, keeps its earliest evidence. */
  readonly echo?: true;
  /** Who did it and why, on operator acts. */
  readonly actor?: string;
  readonly note?: string;
}

/** Reason to marks, the deciding mark first. Keys: `hard_bounce` ... and `unsubscribe:<scope>`. */
export type Reasons = Readonly<Record<string, readonly Mark[]>>;

export { REASONS, type Reason };

/** What readers compare with the clock. */
export interface Verdicts {
  readonly suppressedUntil: number;
  readonly transactionalUntil: number;
  readonly scopes: Readonly<Record<string, number>>;
}

/** A mark and the reason it belongs to; `unsubscribe` may be limited to a scope. */
export interface Judgement {
  readonly reason: Reason;
  readonly scope?: string;
  readonly mark: Mark;
}

const SCOPED = 'unsubscribe:';

export const reasonKey = (reason: Reason, scope?: string): string =>
  scope === undefined || scope === 'all' ? reason : `${reason}:${scope}`;

/** Adds judgements to what is known; the same whatever their order and repetition. */
export function fold(reasons: Reasons, judgements: readonly Judgement[]): Reasons {
  const merged = new Map<string, readonly Mark[]>(Object.entries(reasons));
  for (const { reason, scope, mark } of judgements) {
    const key = reasonKey(reason, scope);
    merged.set(key, settle([...(merged.get(key) ?? []), mark]));
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Keeps what can still decide: the latest lift; of the evidence not older than it, what no later evidence outlasts; the earliest
 * echo. Evidence and lift of one time: evidence stays. Equal evidence: the smaller fingerprint.
 */
function settle(marks: readonly Mark[]): readonly Mark[] {
  const lift = marks.filter((mark) => mark.until === 0).sort(latestFirst)[0];
  const echo = marks.filter((mark) => mark.until > 0 && mark.echo).sort(earliestFirst)[0];
  const standing: Mark[] = [];
  const evidence = marks.filter((mark) => mark.until > 0 && !mark.echo && (!lift || mark.at >= lift.at));
  for (const mark of evidence.sort(latestFirst)) {
    if (mark.until > (standing.at(-1)?.until ?? 0)) standing.push(mark);
  }
  // The longest-lasting evidence decides, then a lift, then an echo: an echo never outranks a lift.
  return [...standing.reverse(), lift, echo].filter((mark) => mark !== undefined);
}

const byFingerprint = (a: Mark, b: Mark): number =>
  a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0;
const latestFirst = (a: Mark, b: Mark): number =>
  a.at > b.at ? -1 : a.at < b.at ? 1 : b.until - a.until || byFingerprint(a, b);
const earliestFirst = (a: Mark, b: Mark): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : byFingerprint(a, b));

/** The reader's three values. Unsubscribes never stop transactional mail; scoped ones stop their own scope only. */
export function verdicts(reasons: Reasons): Verdicts {
  let suppressedUntil = 0;
  let transactionalUntil = 0;
  const scopes: Record<string, number> = {};
  for (const [key, marks] of Object.entries(reasons)) {
    const until = marks[0]?.until ?? 0;
    if (until === 0) continue;
    if (key.startsWith(SCOPED)) {
      scopes[key.slice(SCOPED.length)] = until;
      continue;
    }
    suppressedUntil = Math.max(suppressedUntil, until);
    if (key !== 'unsubscribe') transactionalUntil = Math.max(transactionalUntil, until);
  }
  return { suppressedUntil, transactionalUntil, scopes };
}

/** End of a duration that starts at an event time, in epoch seconds; `forever` is capped at the end of year 9999. */
export function untilAfter(at: string, duration: number | 'forever'): number {
  return duration === 'forever'
    ? FOREVER
    : Math.min(Math.floor(Date.parse(at) / 1000) + Math.round(duration * 86_400), FOREVER);
}
