import { EVENT_FIELDS } from '../../contract/event/fields.ts';
import type { MachineReason } from '../../contract/event/types.ts';
import type { EpochMs, Iso } from '../../contract/units.ts';
import { UNSUBSCRIBE_SOURCE } from '../../contract/unsubscribe.ts';
import { isAltered, normaliseAddress, sameButCase } from '../address.ts';
import { machineAgent } from '../machines/agents.ts';
import { OPERATOR } from '../suppression/operator.ts';
import { fingerprint } from './dedupe.ts';
import type { Draft, NormalisedEvent } from './event.ts';

/** Where a raw event came in. */
export interface Arrival {
  readonly source: string;
  readonly provider: string;
  readonly dedupeGroup: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly receivedAt: Iso;
  readonly requestId?: string;
}

/** Earliest and latest time a date can hold and be written with four digits of year. */
const LATEST = Date.UTC(9999, 11, 31);

/** A provider's draft as the event that is stored, published and printed. */
export function normalisedEvent(draft: Draft, arrival: Arrival): NormalisedEvent {
  const { identity, recipient, occurredAt, scope } = draft;
  const address = recipient === undefined ? undefined : normaliseAddress(recipient);
  const cut: string[] = [];
  const scopeName =
    scope === undefined || scope === 'all' || NAMES_IN_FULL.has(arrival.source) ? scope : `${arrival.source}:${scope}`;
  // One object, filled: copies of it would be a fifth of the time that an event takes.
  const event: Record<string, unknown> = {
    fingerprint: fingerprint(arrival.dedupeGroup, arrival.provider, identity),
  };
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) event[name] = value;
  };
  for (const name of Object.keys(draft) as (keyof Draft)[])
    if (!SAID_OTHERWISE.has(name)) put(name, shorten(name, draft[name], cut));
  put('scope', shorten('scope', scopeName, cut));
  const machineWhy = whyMachine(draft, event.userAgent);
  put('machine', machineWhy ? true : draft.machine);
  put('machineWhy', machineWhy);
  put('source', arrival.source);
  put('provider', arrival.provider);
  put('requestId', arrival.requestId);
  put('recipient', address);
  put('recipientAltered', altered(draft, address));
  put('occurredAt', time(occurredAt));
  put('receivedAt', arrival.receivedAt);
  if (cut.length > 0) put('truncated', cut);
  return event as unknown as NormalisedEvent;
}

/** What of a draft the event says in another way. */
const SAID_OTHERWISE: ReadonlySet<keyof Draft> = new Set(['identity', 'recipient', 'occurredAt', 'scope']);

/** Operators and unsubscribe links name a scope in full; an ESP's is named after its source. */
const NAMES_IN_FULL = new Set([OPERATOR, UNSUBSCRIBE_SOURCE]);

/** Whether what is said of the given address may not be held against the key's owner. */
function altered({ recipient, dropReason }: Draft, key: string | undefined): true | undefined {
  if (recipient === undefined || key === undefined || recipient === key) return undefined;
  // "Not a valid address" is said of the very string: any repair makes another one of it.
  const same = dropReason === 'invalid' ? sameButCase(recipient, key) : !isAltered(recipient, key);
  return same ? undefined : true;
}

/**
 * What this event alone shows. Where the ESP says, it has the word. An agent speaks of openings only: who follows a single link may be a
 * person whatever the program is called.
 */
function whyMachine({ type, machine }: Draft, userAgent: unknown): MachineReason | undefined {
  if (machine !== undefined) return machine ? 'esp' : undefined;
  return type === 'opened' && typeof userAgent === 'string' ? machineAgent(userAgent) : undefined;
}

const time = (at: EpochMs | undefined): Iso | undefined =>
  at !== undefined && at > 0 && at < LATEST ? new Date(at).toISOString() : undefined;

/** A value within the limits of its field; absent where nothing of it remains. */
function shorten(name: string, value: unknown, cut: string[]): unknown {
  if (value === undefined || value === '') return undefined;
  const field = FIELDS.get(name);
  const within = (text: string, most: number): string => cutAt(text, most, name, cut);
  switch (field?.is) {
    case 'text':
      return typeof value === 'string' ? within(value, field.most) : value;
    case 'texts':
      return few(value as readonly string[], field.most, name, cut)?.map((item) => within(item, field.mostEach));
    case 'textMap': {
      const { most, mostEach, mostKey } = field;
      const entries = few(Object.entries(value as Record<string, string>), most, name, cut);
      return (
        entries && Object.fromEntries(entries.map(([key, item]) => [within(key, mostKey), within(item, mostEach)]))
      );
    }
    default:
      return value;
  }
}

function cutAt(text: string, most: number, name: string, cut: string[]): string {
  if (text.length <= most) return text.toWellFormed();
  if (!cut.includes(name)) cut.push(name);
  return text.slice(0, most).toWellFormed();
}

const FIELDS = new Map(Object.entries(EVENT_FIELDS));

function few<T>(items: readonly T[], most: number, name: string, cut: string[]): readonly T[] | undefined {
  if (items.length === 0) return undefined;
  if (items.length > most) cut.push(name);
  return items.slice(0, most);
}
