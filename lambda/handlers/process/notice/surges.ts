import { noteFailure } from '../../../aws/dynamodb/statements.ts';
import type { SurgeStore } from '../../../aws/dynamodb/surges.ts';
import { until } from '../../../aws/effort.ts';
import type { EpochMs } from '../../../contract/units.ts';
import { idOf, isSurge, usualOf } from '../../../domain/surges/surge.ts';
import type { Clicks, WaitingClicks } from '../../../domain/surges/waiting.ts';
import type { RecordedEvent } from '../record.ts';
import { isCounted } from '../tally.ts';

interface SurgeMeans {
  readonly store: SurgeStore;
  /** Of this process. */
  readonly waiting: WaitingClicks;
  /** The hour in which a subject was announced last, as far as this process knows: what surges is not judged again with every batch. */
  readonly announced: Map<string, string>;
  /** Clicks in an hour, from which on it is announced. */
  readonly least: number;
}

const MOST_ANNOUNCED = 1000;

/**
 * Counts people's clicks by link and mail, and leaves a surge for the bus. Each click counts when it is recorded, so a repetition or a replay
 * counts nothing. Holds nothing up: what could not be counted by `deadline` waits for the next batch, and is lost with its process.
 */
export async function noticeSurges(
  events: readonly RecordedEvent[],
  means: SurgeMeans | undefined,
  now: EpochMs,
  deadline: EpochMs,
): Promise<void> {
  if (!means) return;
  const { waiting } = means;
  const fresh = events.filter((one) => one.outcome === 'new' && isCounted(one)).map(({ event }) => event);
  waiting.addAll(
    fresh.filter(({ type, machine, echo }) => type === 'clicked' && machine !== true && !echo),
    now,
  );
  await Promise.all(
    waiting.take(events.length).map(async (clicks) => {
      let counted = false;
      try {
        const total = await means.store.count(clicks, until(deadline));
        counted = true;
        if (total >= means.least && means.announced.get(clicks.id) !== clicks.hour)
          await judge(clicks, total, means, now, deadline);
      } catch (error) {
        noteFailure(error);
        // Perhaps it was counted and no answer came: a surge may be announced early, and none is missed.
        if (!counted) waiting.add(clicks);
      }
    }),
  );
}

async function judge(
  clicks: Clicks,
  total: number,
  { store, announced, least }: SurgeMeans,
  now: EpochMs,
  deadline: EpochMs,
) {
  const { id, subject, hour } = clicks;
  const usual = usualOf(await store.before(clicks, until(deadline)));
  if (!isSurge(total, usual, least)) return;
  const noticedAt = new Date(now).toISOString();
  const surge = {
    fingerprint: idOf(id, noticedAt),
    ...subject,
    hour: `${hour}:00:00.000Z`,
    clicks: total,
    ...(usual !== undefined && { usual }),
    noticedAt,
  };
  await store.announce(id, surge, now, until(deadline));
  if (announced.size >= MOST_ANNOUNCED) announced.clear();
  announced.set(id, hour);
}
