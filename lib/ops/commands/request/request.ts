import { REQUEST_KEY } from '../../../../lambda/contract/tables.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { CannotKnow } from '../../cli/errors.ts';
import { readEventsBy } from '../../stack/events/of-message.ts';
import { type Recent, readRecentEvents } from '../../stack/events/recent.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import type { Target } from '../../target/target.ts';
import type { RequestLine } from '../doctor/watch.ts';

/** What is stored of one request. */
export interface RequestEvents {
  readonly events: readonly StoredEvent[];
  /** Whether `events` are all that are stored, or only those that went wrong: there is no index by request. */
  readonly complete: boolean;
  /** Too much went wrong in these hours to look at all of it: more may be of this request. */
  readonly cut?: true;
}

/** Ids as API Gateway makes them, and those of a replay or an act. */
export const isRequestId = (text: string): boolean => /^[A-Za-z0-9_=:.-]{8,128}$/.test(text);

/** A batch is written of at most so long after its request's events arrived where nothing waits, in milliseconds. */
const AROUND = 3_600_000;
const MOST_EVENTS = 1000;

/** @param lines what the functions logged of it: around these times it is looked for where there is no index by request */
export async function requestEvents(
  target: Target,
  requestId: string,
  lines: readonly RequestLine[],
  now: EpochMs,
): Promise<RequestEvents> {
  const indexed = await readEventsBy(target, REQUEST_KEY, requestId).catch((error: unknown) => {
    if (error instanceof CannotKnow) return undefined;
    throw error;
  });
  if (indexed) return { events: indexed, complete: true };
  const { events, next } = await wrongOf(target, requestId, lines, now);
  return { events, complete: false, ...(next && { cut: true }) };
}

/** Those of its events that are listed by hour, around the time at which it was processed. */
async function wrongOf(
  target: Target,
  requestId: string,
  lines: readonly RequestLine[],
  now: EpochMs,
): Promise<Recent> {
  const at = lines.flatMap((line) => ('processed' in line ? line.at : []));
  if (at.length === 0) return { events: [] };
  const [since, before] = [Math.min(...at) - AROUND, Math.max(...at) + AROUND];
  return readRecentEvents(target, { requestId, since, before, limit: MOST_EVENTS }, now).catch((error: unknown) => {
    if (error instanceof CannotKnow) return { events: [] };
    throw error;
  });
}
