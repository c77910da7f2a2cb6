import { isInternal } from '../../../../lambda/contract/tables.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { Reason } from '../../../../lambda/domain/suppression/suppression.ts';
import { readRecentEvents } from '../../stack/events/recent.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import { type Entry, readEntries } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';
import { readReasonKey } from '../../words/reasons.ts';

/** The last day: what went wrong, and who is on the list for it. */
export interface Lately {
  /** The newest arrivals. */
  readonly events: readonly StoredEvent[];
  readonly suppressed: {
    /** People who may not be mailed now, by evidence that arrived in the last day. */
    readonly people: number;
    readonly reasons: Readonly<Partial<Record<Reason, number>>>;
    /** More happened than was read: there may be more people. */
    readonly atLeast: boolean;
  };
}

const DAY = 86_400_000;
const SHOWN = 12;
/** As many as one glance may read. */
const MOST_READ = 300;

/** @throws CannotKnow where the table has no index by hour */
export async function latelyModel(target: Target, now: EpochMs): Promise<Lately> {
  const since = now - DAY;
  const { events, next } = await readRecentEvents(target, { since, limit: MOST_READ }, now);
  const people = new Set(events.flatMap(({ recipient }) => recipient ?? []));
  const arrived = new Set(events.map(({ fingerprint }) => fingerprint));
  const entries = await readEntries(
    target,
    [...people].filter((address) => !isInternal(address)),
  );
  const counts: Partial<Record<Reason, number>> = {};
  for (const entry of entries.values()) {
    const reason = reasonBy(entry, arrived, now);
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return {
    events: events.slice(0, SHOWN),
    suppressed: {
      people: Object.values(counts).reduce((sum, count) => sum + count, 0),
      reasons: counts,
      atLeast: events.length === MOST_READ || next !== undefined,
    },
  };
}

/** The reason that holds longest, of those that stand by this evidence. */
function reasonBy({ reasons }: Entry, evidence: ReadonlySet<string>, now: EpochMs): Reason | undefined {
  const standing = Object.entries(reasons).flatMap(([key, [mark]]) =>
    mark && mark.until > now / 1000 && evidence.has(mark.fingerprint) ? [{ key, until: mark.until }] : [],
  );
  const [longest] = standing.sort((a, b) => b.until - a.until);
  return longest && readReasonKey(longest.key)?.reason;
}
