import { isAltered, normaliseAddress, sameButCase } from './address.ts';
import { fingerprint } from './dedupe.ts';
import type { Draft, NormalisedEvent } from './event.ts';
import { OPERATOR } from './operator.ts';
import { present } from './read.ts';

/** Where a raw event came in. */
export interface Arrival {
  readonly source: string;
  readonly provider: string;
  readonly dedupeGroup: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly receivedAt: string;
  readonly requestId?: string;
}

/** Characters kept of each long field; what is cut is named in `truncated`, the archive holds the whole. */
export const MAX_LENGTHS = {
  url: 2048,
  userAgent: 256,
  diagnostic: 512,
  messageId: 512,
  providerEvent: 128,
  providerEventId: 256,
  scope: 256,
  subject: 256,
  from: 320,
  device: 64,
  country: 64,
  ip: 64,
  smtpStatus: 16,
  actor: 128,
  note: 512,
  importId: 64,
  retraction: 64,
} as const satisfies Partial<Record<keyof Draft, number>>;

const MAX_TAGS = 20;
const MAX_TAG_LENGTH = 128;
const MAX_METADATA = 20;
const MAX_METADATA_LENGTH = 256;

/** Earliest and latest time a date can hold and be written with four digits of year. */
const LATEST = Date.UTC(9999, 11, 31);

/** A provider's draft as the event that is stored, published and printed. */
export function normalisedEvent(draft: Draft, arrival: Arrival): NormalisedEvent {
  const { identity, recipient, occurredAt, scope, ...facts } = draft;
  const address = recipient === undefined ? undefined : normaliseAddress(recipient);
  const cut: string[] = [];
  // An operator names a scope in full; an ESP's is named after its source.
  const scopeName =
    scope === undefined || scope === 'all' || arrival.source === OPERATOR ? scope : `${arrival.source}:${scope}`;
  const shortened: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...facts, scope: scopeName }))
    shortened[name] = shorten(name, value, cut);
  return present({
    fingerprint: fingerprint(arrival.dedupeGroup, arrival.provider, identity),
    ...shortened,
    source: arrival.source,
    provider: arrival.provider,
    requestId: arrival.requestId,
    recipient: address,
    recipientAltered: altered(draft, address),
    occurredAt: time(occurredAt),
    receivedAt: arrival.receivedAt,
    truncated: cut.length > 0 ? cut : undefined,
  }) as unknown as NormalisedEvent;
}

/** Whether what is said of the given address may not be held against the key's owner. */
function altered({ recipient, dropReason }: Draft, key: string | undefined): true | undefined {
  if (recipient === undefined || key === undefined || recipient === key) return undefined;
  // "Not a valid address" is said of the very string: any repair makes another one of it.
  const same = dropReason === 'invalid' ? sameButCase(recipient, key) : !isAltered(recipient, key);
  return same ? undefined : true;
}

const time = (at: number | undefined): string | undefined =>
  at !== undefined && at > 0 && at < LATEST ? new Date(at).toISOString() : undefined;

function shorten(name: string, value: unknown, cut: string[]): unknown {
  const within = (text: string, max: number): string => {
    if (text.length <= max) return text.toWellFormed();
    if (!cut.includes(name)) cut.push(name);
    return text.slice(0, max).toWellFormed();
  };
  if (typeof value === 'string') return value === '' ? undefined : within(value, max(name));
  if (Array.isArray(value)) return few(value, MAX_TAGS, name, cut)?.map((tag: string) => within(tag, MAX_TAG_LENGTH));
  if (typeof value === 'object' && value !== null) {
    const entries = few(Object.entries(value as Record<string, string>), MAX_METADATA, name, cut);
    return (
      entries &&
      Object.fromEntries(entries.map(([key, item]) => [within(key, MAX_TAG_LENGTH), within(item, MAX_METADATA_LENGTH)]))
    );
  }
  return value;
}

const max = (name: string): number =>
  Object.hasOwn(MAX_LENGTHS, name) ? MAX_LENGTHS[name as keyof typeof MAX_LENGTHS] : 128;

function few<T>(items: readonly T[], most: number, name: string, cut: string[]): readonly T[] | undefined {
  if (items.length > most) cut.push(name);
  return items.length > 0 ? items.slice(0, most) : undefined;
}
