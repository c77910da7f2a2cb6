import type { Iso } from '../../contract/units.ts';

/** The most that a clock of the far side may be ahead of ours, in milliseconds. */
export const MAX_AHEAD = 5 * 60_000;

/**
 * The time by which an event counts: its own, and where that lies ahead of our clock a time near its arrival, or it would outrank
 * everything until then. Its record keeps the stated time, by which the event is known again. All in ISO 8601.
 */
export function countedAt(occurredAt: Iso, receivedAt: Iso, ahead = MAX_AHEAD): Iso {
  // Nearly all are in the past; times of one form compare as text.
  if (occurredAt <= receivedAt) return occurredAt;
  const latest = new Date(Date.parse(receivedAt) + ahead).toISOString();
  return occurredAt > latest ? latest : occurredAt;
}
