import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import { LISTED_BY_HOUR } from '../../../../lambda/domain/event/record.ts';
import { UsageError } from '../../cli/errors.ts';
import { readRecentEvents } from '../../stack/events/recent.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import { parseDays } from '../../words/time.ts';
import type { Context } from '../context.ts';

/** What went wrong or was changed by hand lately, the newest arrival first. */
export interface EventsModel {
  readonly filter: EventsFilter;
  readonly events: readonly StoredEvent[];
  /** There may be more. */
  readonly more: boolean;
}

interface EventsFilter {
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  /** How far back: 1h, 7d. */
  readonly since: string;
}

const MOST = 100;
const LISTED = EVENT_TYPES.filter((type) => LISTED_BY_HOUR[type]);

/** @throws UsageError where that type is not listed by time, CannotKnow where the table has no index by hour */
export async function eventsModel({ target, now }: Context, filter: EventsFilter): Promise<EventsModel> {
  const since = now() - parseDays('since', filter.since);
  const { source } = filter;
  const type = LISTED.find((one) => one === filter.type);
  if (filter.type !== undefined && !type) throw new UsageError(`By time are listed: ${LISTED.join(', ')}.`);
  const { events, next } = await readRecentEvents(target, { type, source, since, limit: MOST }, now());
  return { filter, events, more: events.length === MOST || next !== undefined };
}
