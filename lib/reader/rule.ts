import { SUPPRESSION } from '../../lambda/contract/tables.ts';
import type { EpochSeconds } from '../../lambda/contract/units.ts';
import { REASONS } from '../../lambda/domain/suppression/suppression.ts';
import type { Item } from './lookup.ts';
import type { Question, Reason } from './types.ts';

/** What holds mail back, and until when. */
interface Verdict {
  /** Epoch seconds; 0 = never held back. */
  readonly until: EpochSeconds;
  readonly reason?: Reason;
  readonly scope?: string;
}

/** The whole rule of a reader: only the end decides; the reason is said beside it. @param now epoch seconds */
export function judge(item: Item, question: Question, now: EpochSeconds): Verdict {
  const scopes = question.transactional ? [] : [question.scope ?? []].flat();
  const ends = question.transactional
    ? [number(item, SUPPRESSION.transactionalUntil)]
    : [number(item, SUPPRESSION.suppressedUntil), ...scopes.map((scope) => number(item[SUPPRESSION.scopes]?.M, scope))];
  const until = Math.max(...ends);
  return until > now ? { until, ...strongest(item, question, scopes, now) } : { until };
}

/** The reason that lasts longest; of equals the first of `REASONS`. */
function strongest(
  item: Item,
  { transactional }: Question,
  scopes: readonly string[],
  now: EpochSeconds,
): Pick<Verdict, 'reason' | 'scope'> {
  const candidates = [
    ...REASONS.filter((reason) => !(transactional && reason === 'unsubscribe')).map((reason) => ({ reason })),
    ...scopes.map((scope) => ({ reason: 'unsubscribe' as const, scope })),
  ];
  let longest = now;
  let found: Pick<Verdict, 'reason' | 'scope'> = {};
  for (const candidate of candidates) {
    const key = 'scope' in candidate ? `${candidate.reason}:${candidate.scope}` : candidate.reason;
    // The first mark decides; 0 there is a lift.
    const end = number(item[SUPPRESSION.reasons]?.M?.[key]?.L?.[0]?.M, 'until');
    if (end > longest) [longest, found] = [end, candidate];
  }
  return found;
}

function number(map: Item | undefined, name: string): number {
  return map !== undefined && Object.hasOwn(map, name) ? Number(map[name]?.N ?? 0) : 0;
}
