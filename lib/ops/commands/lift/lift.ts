import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { type Mark, type Reasons, reasonKey } from '../../../../lambda/domain/suppression/suppression.ts';
import type { Decision } from '../../stack/acts.ts';
import { type ReasonScope, readReasonKey } from '../../words/reasons.ts';

/** Which reasons to lift: one, one in one scope, or all. */
export interface Selection {
  readonly reason?: ReasonScope['reason'];
  readonly scope?: string;
}

/** A reason that suppresses at this moment, with its marks. */
interface Standing extends ReasonScope {
  readonly key: string;
  readonly marks: readonly Mark[];
}

/** Reasons of an entry that are selected and suppress at `now` (epoch milliseconds). */
export function standing(reasons: Reasons, { reason, scope }: Selection, now: EpochMs): Standing[] {
  return Object.entries(reasons).flatMap(([key, marks]): Standing[] => {
    const known = readReasonKey(key);
    if (!known || (marks[0]?.until ?? 0) * 1000 <= now) return [];
    if (reason !== undefined && known.reason !== reason) return [];
    if (scope !== undefined && key !== reasonKey(known.reason, scope)) return [];
    return [{ ...known, key, marks }];
  });
}

/** The time of a lift: now, but after all that is known, or it would lose against evidence from an ESP whose clock is ahead. */
const liftTime = (marks: readonly Mark[], now: EpochMs): EpochMs =>
  Math.max(now, ...marks.map(({ at }) => Date.parse(at) + 1));

export const liftOf = (recipient: string, { reason, scope, marks }: Standing, now: EpochMs): Decision => ({
  act: 'lift',
  recipient,
  reason,
  ...(scope !== undefined && { scope }),
  at: new Date(liftTime(marks, now)).toISOString(),
});
