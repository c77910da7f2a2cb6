import type { EventType } from '../../contract/event/types.ts';
import {
  BY_HOUR,
  customAttribute,
  EVENTS,
  HOUR_SHARDS,
  hourKey,
  internalKey,
  isCustomAttribute,
  isInternal,
} from '../../contract/tables.ts';
import type { EpochSeconds } from '../../contract/units.ts';
import type { NormalisedEvent } from './event.ts';

/** An event as it stands in the events table; keys are in the ESP's facts, so a repeated event has the same key by construction. */
export type EventRecord = Readonly<Record<string, unknown>>;

export interface EventKey {
  readonly recipient: string;
  readonly eventKey: string;
}

/** Partition and sort key. Without a recipient the partition cannot be an address; without a time the sort key cannot be a date. */
export function eventKey(event: NormalisedEvent): EventKey {
  const { fingerprint, messageId, source } = event;
  return {
    recipient: event.recipient ?? internalKey(source, messageId ?? fingerprint.slice(0, 2)),
    eventKey: `${event.occurredAt ?? '-'}#${fingerprint}`,
  };
}

/** Epoch seconds after which the event may go: retention counts from the later of event and arrival. */
export function expiresAt(event: NormalisedEvent, retentionDays: number): EpochSeconds {
  const { occurredAt, receivedAt } = event;
  const later = occurredAt === undefined || occurredAt < receivedAt ? receivedAt : occurredAt;
  return Math.ceil(Date.parse(later) / 1000) + retentionDays * 86_400;
}

/** What somebody asks for by its time: what went wrong, and what was changed by hand. A few in a hundred events. */
export const LISTED_BY_HOUR: Readonly<Record<EventType, boolean>> = {
  accepted: false,
  delivered: false,
  deferred: false,
  bounced: true,
  dropped: true,
  opened: false,
  clicked: false,
  complained: true,
  unsubscribed: true,
  resubscribed: true,
  inbound: false,
  unknown: false,
  suppressed: true,
  lifted: true,
};

const shardOf = ({ fingerprint }: NormalisedEvent): number =>
  Number.parseInt(fingerprint.slice(0, 2), 16) % HOUR_SHARDS;

/** What is stored: the event, its keys and its expiry; what the keys already say is not said twice. `quiet`: not to be published. */
export function eventRecord(
  event: NormalisedEvent,
  retentionDays: number,
  quiet = false,
  customKeys: readonly string[] = [],
): EventRecord {
  // One object, filled: made of copies it takes twice as long.
  const record: Record<string, unknown> = { ...eventKey(event) };
  for (const name of Object.keys(event) as (keyof NormalisedEvent)[])
    if (!IN_THE_KEYS.has(name)) record[name] = event[name];
  record[EVENTS.expiry] = expiresAt(event, retentionDays);
  if (LISTED_BY_HOUR[event.type]) record[BY_HOUR.partitionKey] = hourKey(event.receivedAt, shardOf(event));
  if (quiet) record[EVENTS.replayed] = true;
  return customKeys.length > 0 ? { ...record, ...searchable(event, customKeys) } : record;
}

const IN_THE_KEYS: ReadonlySet<keyof NormalisedEvent> = new Set(['fingerprint', 'occurredAt', 'recipient']);

/** Values by which the event is to be found. Custom data spells a key as it likes; of two spellings lower case is the key itself. */
function searchable({ metadata = {} }: NormalisedEvent, customKeys: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    const known = key.toLowerCase();
    if (!customKeys.includes(known)) continue;
    if (key === known) found[customAttribute(known)] = value;
    else found[customAttribute(known)] ??= value;
  }
  return found;
}

/** The event that a record was made of. @param item as {@link eventRecord} wrote it */
export function recordedEvent(item: EventRecord): NormalisedEvent {
  const {
    [EVENTS.sortKey]: key,
    [EVENTS.expiry]: _expiry,
    [EVENTS.replayed]: _replayed,
    [BY_HOUR.partitionKey]: _hour,
    recipient,
    ...rest
  } = item;
  const facts = Object.fromEntries(Object.entries(rest).filter(([name]) => !isCustomAttribute(name)));
  const [at, fingerprint] = String(key).split('#');
  return {
    fingerprint,
    ...facts,
    ...(!isInternal(String(recipient)) && { recipient }),
    ...(at !== '-' && { occurredAt: at }),
  } as unknown as NormalisedEvent;
}
