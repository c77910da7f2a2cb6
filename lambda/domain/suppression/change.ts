import { HEARTBEAT_SOURCE } from '../../contract/config.ts';
import { EVENTS, isInternal, SUPPRESSION } from '../../contract/tables.ts';
import type { EpochSeconds, Iso } from '../../contract/units.ts';
import type { NormalisedEvent } from '../event/event.ts';
import { recordedEvent } from '../event/record.ts';
import { type Mark, type Reasons, verdicts } from './suppression.ts';

/** An item of a table, as its stream shows it. */
export type Item = Readonly<Record<string, unknown>>;

/** What readers may conclude from an entry. */
interface SuppressionState {
  /** Epoch seconds; 0 = may be sent. */
  readonly suppressedUntil: EpochSeconds;
  readonly transactionalUntil: EpochSeconds;
  readonly scopes: Readonly<Record<string, EpochSeconds>>;
  /** What suppresses, `unsubscribe:<scope>` for one list. */
  readonly reasons: readonly string[];
}

/** A piece of evidence or a lift that was not in the entry before. */
interface Because extends Mark {
  readonly reason: string;
}

/** Detail of `Suppression Changed`. */
interface SuppressionChange {
  readonly recipient: string;
  /** Counts the writes of this entry: of two changes the one with the higher version is the newer state. */
  readonly version: number;
  /** Whether marketing mail to this person began or ceased to be suppressed, by the time of the write. */
  readonly change: 'suppressed' | 'released' | 'updated';
  /** Event time of the newest piece of evidence behind the change. */
  readonly occurredAt: Iso;
  readonly updatedAt: string;
  /** Null where there was no entry. */
  readonly before: SuppressionState | null;
  readonly after: SuppressionState;
  readonly because: readonly Because[];
}

/**
 * What to tell others about a written entry; undefined where it is nobody's business: marks of erased people, replays, and a lift of what
 * did not stand, such as a resubscribe of somebody who never left.
 */
export function suppressionChange(before: Item | undefined, after: Item): SuppressionChange | undefined {
  const version = Number(after[SUPPRESSION.version]);
  if (isNobodys(after) || Number.isNaN(version) || after[SUPPRESSION.replayedVersion] === version) return undefined;
  if (!stands(before) && !stands(after)) return undefined;
  const updatedAt = String(after[SUPPRESSION.updatedAt]);
  const because = newMarks(reasonsOf(before), reasonsOf(after));
  const now = Date.parse(updatedAt) / 1000;
  const [was, is] = [suppressedAt(before, now), suppressedAt(after, now)];
  return {
    recipient: String(after[SUPPRESSION.partitionKey]),
    version,
    change: was === is ? 'updated' : is ? 'suppressed' : 'released',
    occurredAt:
      because
        .map(({ at }) => at)
        .sort()
        .at(-1) ?? updatedAt,
    updatedAt,
    before: before === undefined ? null : stateOf(before),
    after: stateOf(after),
    because,
  };
}

/** A stored event as the normalised event it was; undefined where it is nobody's business: tokens, heartbeats, replays. */
export function publishedEvent(item: Item): NormalisedEvent | undefined {
  if (item.type === undefined || item[EVENTS.replayed] === true || item.source === HEARTBEAT_SOURCE) return undefined;
  return recordedEvent(item);
}

/** About no address. */
const isNobodys = (item: Item): boolean => isInternal(String(item[EVENTS.partitionKey]));

const reasonsOf = (item: Item | undefined): Reasons => (item?.[SUPPRESSION.reasons] ?? {}) as Reasons;

const suppressedAt = (item: Item | undefined, now: EpochSeconds): boolean =>
  Number(item?.[SUPPRESSION.suppressedUntil] ?? 0) > now;

/** Whether any reason is there that was not lifted, ended or not. */
const stands = (item: Item | undefined): boolean => standing(reasonsOf(item)).length > 0;

const standing = (reasons: Reasons): string[] =>
  Object.entries(reasons).flatMap(([reason, marks]) => (marks[0]?.until ? [reason] : []));

function stateOf(item: Item): SuppressionState {
  const reasons = reasonsOf(item);
  return { ...verdicts(reasons), reasons: standing(reasons).sort() };
}

function newMarks(before: Reasons, after: Reasons): Because[] {
  const known = new Set(
    Object.entries(before).flatMap(([reason, marks]) => marks.map((mark) => identity(reason, mark))),
  );
  return Object.entries(after).flatMap(([reason, marks]) =>
    marks.filter((mark) => !known.has(identity(reason, mark))).map((mark) => ({ reason, ...mark })),
  );
}

const identity = (reason: string, { at, until, fingerprint }: Mark): string =>
  JSON.stringify([reason, at, until, fingerprint]);
