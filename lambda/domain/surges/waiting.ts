import { SURGE } from '../../contract/surges.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { NormalisedEvent } from '../event/event.ts';
import { countedAt } from '../event/time.ts';
import { type Subject, subjectId, subjectsOf } from './surge.ts';

/** Clicks on one subject in one hour that are not counted in the table yet. */
export interface Clicks {
  readonly id: string;
  readonly subject: Subject;
  /** `YYYY-MM-DDTHH`, UTC, of the clicks themselves. */
  readonly hour: string;
  readonly clicks: number;
}

/** Counters that a batch may write in any case, and for each of its events. */
const FEW = 10;
const PER_EVENT = 0.01;
/** Subjects that may wait; each is some hundred bytes. */
const MOST = 5000;

/**
 * Clicks of people that wait to be counted, in the memory of one process: a batch writes few counters, those with most clicks first, so
 * that a wave of clicks costs a hundredth of a write for each event. What surges is never among those that wait for long.
 */
export class WaitingClicks {
  readonly #waiting = new Map<string, Clicks>();

  /** Of clicks of people only. What happened longer ago than a day is over. */
  addAll(clicks: readonly NormalisedEvent[], now: EpochMs): void {
    const oldest = hourOf(now - SURGE.hours * 3_600_000);
    for (const click of clicks) {
      const at = click.occurredAt === undefined ? click.receivedAt : countedAt(click.occurredAt, click.receivedAt);
      const hour = at.slice(0, 13);
      if (hour <= oldest) continue;
      for (const subject of subjectsOf(click)) this.add({ id: subjectId(subject), subject, hour, clicks: 1 });
    }
    if (this.#waiting.size > MOST) for (const { id, hour } of this.#fewest()) this.#waiting.delete(keyOf(id, hour));
  }

  add(more: Clicks): void {
    const key = keyOf(more.id, more.hour);
    this.#waiting.set(key, { ...more, clicks: more.clicks + (this.#waiting.get(key)?.clicks ?? 0) });
  }

  /** Those to count now, which wait no more; those with most clicks first. @param events of the batch */
  take(events: number): Clicks[] {
    const taken = this.#byClicks().slice(0, Math.max(FEW, Math.ceil(events * PER_EVENT)));
    for (const { id, hour } of taken) this.#waiting.delete(keyOf(id, hour));
    return taken;
  }

  #fewest = (): Clicks[] => this.#byClicks().slice(MOST);

  #byClicks = (): Clicks[] => [...this.#waiting.values()].sort((a, b) => b.clicks - a.clicks);
}

const keyOf = (id: string, hour: string): string => `${id} ${hour}`;

export const hourOf = (at: EpochMs): string => new Date(at).toISOString().slice(0, 13);
