import type { EventStore } from '../../aws/dynamodb/events.ts';
import { noteFailure } from '../../aws/dynamodb/statements.ts';
import { attempt } from '../../aws/effort.ts';
import type { EpochMs } from '../../contract/units.ts';
import { inParallel } from '../../domain/batches.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import { countedAt } from '../../domain/event/time.ts';
import {
  DECIDING_TYPES,
  type PolicyOf,
  reconsidered,
  SERIES_TYPES,
  seriesChange,
  withoutRetracted,
} from '../../domain/suppression/history.ts';
import type { Retraction } from '../../domain/suppression/retraction.ts';
import { type Change, type Judgement, reasonKey } from '../../domain/suppression/suppression.ts';
import type { RecordedEvent } from './record.ts';

/** What a change is made of, beside what single events prove. */
export interface Asked {
  readonly judgements: ReadonlyMap<string, readonly Judgement[]>;
  /** Whose series of soft bounces is judged. */
  readonly series: ReadonlySet<string>;
  /** Whose whole history is judged for these reasons, because something of it was retracted. */
  readonly retracted: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Changes {
  readonly changes: ReadonlyMap<string, Change>;
  /** Recipients whose history could not be read this time. */
  readonly unread: ReadonlySet<string>;
}

/** Reads side by side. A client has 50 connections: one message with thousands of soft bounces must leave some for what the others need. */
const READS = 32;

/** What becomes of each entry: judgements of single events, less what is retracted, and what the histories say that have to be read. */
export async function changesOf(
  { judgements, series, retracted }: Asked,
  policy: PolicyOf,
  retractions: readonly Retraction[],
  store: EventStore,
  signal: AbortSignal,
): Promise<Changes> {
  const changes = new Map<string, Change>();
  for (const [recipient, own] of judgements) {
    const standing = withoutRetracted(own, retractions);
    if (standing.length > 0) changes.set(recipient, { judgements: standing });
  }
  const unread = new Set<string>();
  await inParallel(series.union(retracted), READS, async (recipient) => {
    try {
      const keys = retracted.get(recipient);
      const history = await store.history(recipient, keys ? DECIDING_TYPES : SERIES_TYPES, signal);
      const { judgements: more, withdraws } = keys
        ? reconsidered(history, policy, retractions, series.has(recipient) ? keys.union(SERIES) : keys)
        : seriesChange(history, policy, retractions);
      const own = changes.get(recipient)?.judgements ?? [];
      changes.set(recipient, { judgements: [...own, ...more], ...(withdraws && { withdraws }) });
    } catch (error) {
      noteFailure(error);
      unread.add(recipient);
    }
  });
  return { changes, unread };
}

/**
 * Repeated events whose time lies ahead of the clock, as they arrived first: their time is capped by their arrival, and a repetition must
 * not move it. Rare, so each is looked up.
 * @returns also the recipients of those that could not be looked up this time
 */
export async function asFirstArrived(
  events: readonly RecordedEvent[],
  store: EventStore,
  deadline: EpochMs,
): Promise<{ readonly arrived: readonly RecordedEvent[]; readonly unknown: ReadonlySet<string> }> {
  const repeated = events.filter(({ event, outcome }) => outcome === 'seen' && isAhead(event));
  const first = new Map<RecordedEvent, RecordedEvent>();
  const unknown = new Set<string>();
  const look = async (one: RecordedEvent, signal: AbortSignal): Promise<void> => {
    try {
      const receivedAt = (await store.firstArrival(one.event, signal)) ?? one.event.receivedAt;
      first.set(one, { ...one, event: { ...one.event, receivedAt } });
    } catch (error) {
      noteFailure(error);
      first.set(one, { ...one, outcome: 'failed' });
      if (one.event.recipient !== undefined) unknown.add(one.event.recipient);
    }
  };
  // One attempt for all of them: what hangs must leave time for the reads that the others need.
  await attempt(deadline, (signal) => inParallel(repeated, READS, (one) => look(one, signal)));
  return { arrived: events.map((one) => first.get(one) ?? one), unknown };
}

const isAhead = ({ occurredAt, receivedAt }: NormalisedEvent): boolean =>
  occurredAt !== undefined && countedAt(occurredAt, receivedAt) !== occurredAt;

const SERIES = new Set(['soft_bounces']);

/** The reasons of those of these judgements that a retraction takes back. */
export function touchedBy(judgements: readonly Judgement[], retractions: readonly Retraction[]): Set<string> {
  const standing = new Set(withoutRetracted(judgements, retractions));
  return new Set(judgements.filter((one) => !standing.has(one)).map(({ reason, scope }) => reasonKey(reason, scope)));
}
