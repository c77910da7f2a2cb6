import { REASONS, type Reason } from '../../contract/event/types.ts';
import { FOREVER } from '../../contract/tables.ts';
import type { EpochSeconds, Iso } from '../../contract/units.ts';

/**
 * One person's suppression as a value that can be merged in any order. Per reason it keeps every piece of evidence that could
 * still decide something, so that permutations, duplicates and two processors at once end in the same state.
 */

/** One piece of evidence, or one lift, for one reason. */
export interface Mark {
  /** Event time, ISO 8601 UTC with milliseconds. */
  readonly at: Iso;
  /** Epoch seconds until which it suppresses; 0 = a lift (tombstone). */
  readonly until: EpochSeconds;
  readonly fingerprint: string;
  readonly source: string;
  /** The evidence in the ESP's own word. */
  readonly event: string;
  /** Enhanced status code or the like, where known. */
  readonly status?: string;
  /** An echo of the ESP's own list: of a reason that was ever lifted it proves nothing. */
  readonly echo?: true;
  /** The import that the line came with. */
  readonly importId?: string;
  /** Who did it and why, on operator acts. */
  readonly actor?: string;
  readonly note?: string;
}

/** Reason to marks, the deciding mark first. Keys: `hard_bounce` ... and `unsubscribe:<scope>`. */
export type Reasons = Readonly<Record<string, readonly Mark[]>>;

export { REASONS, type Reason };

/** What readers compare with the clock. */
export interface Verdicts {
  readonly suppressedUntil: EpochSeconds;
  readonly transactionalUntil: EpochSeconds;
  readonly scopes: Readonly<Record<string, EpochSeconds>>;
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

/** What becomes of one person's entry: marks that no longer count go, then judgements come. */
export interface Change {
  readonly judgements: readonly Judgement[];
  /** Which marks go; absent = none. */
  readonly withdraws?: (key: string, mark: Mark) => boolean;
}

/** Scopes of one person: an item of the table holds 400 KB, and nobody leaves so many lists by hand. */
export const MAX_SCOPES = 200;

/** Adds judgements to what is known; the same whatever their order and repetition. */
export function fold(reasons: Reasons, judgements: readonly Judgement[]): Reasons {
  return settled(reasons, judgements).reasons;
}

/**
 * A person's entry after a change.
 * @returns also the judgements that the entry has no room for: unsubscribes from one list more than {@link MAX_SCOPES}
 */
export function settled(
  reasons: Reasons,
  judgements: readonly Judgement[],
  withdraws: Change['withdraws'] = () => false,
): { readonly reasons: Reasons; readonly refused: readonly Judgement[] } {
  const merged = new Map<string, readonly Mark[]>();
  for (const [key, marks] of Object.entries(reasons)) {
    const kept = marks.filter((mark) => !withdraws(key, mark));
    if (kept.length > 0) merged.set(key, kept);
  }
  const refused: Judgement[] = [];
  for (const judgement of judgements) {
    const key = reasonKey(judgement.reason, judgement.scope);
    const known = merged.get(key);
    if (!known && key.startsWith(SCOPED) && scopesIn(merged) >= MAX_SCOPES) refused.push(judgement);
    else merged.set(key, settle([...(known ?? []), judgement.mark]));
  }
  return { reasons: Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1))), refused };
}

const scopesIn = (merged: ReadonlyMap<string, unknown>): number =>
  [...merged.keys()].filter((key) => key.startsWith(SCOPED)).length;

/**
 * Keeps what can still decide: the latest lift; of the evidence not older than it, what no later evidence outlasts; one echo. Evidence and
 * lift of one time: evidence stays. Equal evidence: the smaller fingerprint.
 */
function settle(marks: readonly Mark[]): readonly Mark[] {
  const lift = marks.filter((mark) => mark.until === 0).sort(latestFirst)[0];
  const echo = marks.filter((mark) => mark.until > 0 && mark.echo).sort(longestFirst)[0];
  const standing: Mark[] = [];
  const evidence = marks.filter((mark) => mark.until > 0 && !mark.echo && (!lift || mark.at >= lift.at));
  for (const mark of evidence.sort(latestFirst)) {
    if (mark.until > (standing.at(-1)?.until ?? 0)) standing.push(mark);
  }
  standing.reverse();
  // What lasts longest decides; but of what a person has lifted the ESP's own list proves nothing.
  if (lift) return [...standing, lift, ...(echo ? [echo] : [])];
  return echo ? [...standing, echo].sort((a, b) => b.until - a.until) : standing;
}

const byFingerprint = (a: Mark, b: Mark): number =>
  a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0;
const latestFirst = (a: Mark, b: Mark): number =>
  a.at > b.at ? -1 : a.at < b.at ? 1 : b.until - a.until || byFingerprint(a, b);
/** What an ESP's list says for the longest, counted from its own time; the first time it is said, or each repetition would renew it. */
const longestFirst = (a: Mark, b: Mark): number =>
  duration(b) - duration(a) || (a.at < b.at ? -1 : a.at > b.at ? 1 : byFingerprint(a, b));
const duration = ({ at, until }: Mark): number => until - Math.floor(Date.parse(at) / 1000);

/** The reader's three values. Unsubscribes never stop transactional mail; scoped ones stop their own scope only. */
export function verdicts(reasons: Reasons): Verdicts {
  let suppressedUntil = 0;
  let transactionalUntil = 0;
  const scopes: Record<string, EpochSeconds> = {};
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
export function untilAfter(at: Iso, duration: number | 'forever'): EpochSeconds {
  return duration === 'forever'
    ? FOREVER
    : Math.min(Math.floor(Date.parse(at) / 1000) + Math.round(duration * 86_400), FOREVER);
}
