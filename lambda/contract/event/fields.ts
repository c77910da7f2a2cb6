import { BOUNCE_CAUSES, BOUNCE_CLASSES, DROP_REASONS, EVENT_TYPES, MACHINE_REASONS, REASONS } from './types.ts';

/**
 * The members of a normalised event, each once: their types, their limits, the published JSON schema and the archive's columns are made
 * from this table, or tested against it. A member belongs to everybody who reads events: say what it means in meanings.ts.
 */
interface Common {
  /** Always there; absent = only where the ESP says it. */
  readonly always?: true;
  /** Who says it: the provider's mapping, in its draft, or we, where the event arrives. Default: the mapping. */
  readonly saidBy?: 'arrival';
  /** Where it stands in the events table: in the item's keys, or as an attribute of its own name (default). */
  readonly stored?: 'key';
  /** Where it stands in a line of the archive: in the line, once for all its events, or in each event (default). */
  readonly archived?: 'line';
}

type Field = Common &
  (
    | { readonly is: 'word'; readonly words: readonly string[] }
    /** Cut to this many characters, and then named in `truncated`. */
    | { readonly is: 'text'; readonly most: number }
    /** Never cut: made by us, or a name from the settings. */
    | { readonly is: 'name'; readonly pattern?: string }
    /** ISO 8601, UTC, milliseconds. */
    | { readonly is: 'time' }
    | { readonly is: 'integer' }
    | { readonly is: 'epochSeconds' }
    | { readonly is: 'boolean' }
    /** True, or absent. */
    | { readonly is: 'mark' }
    /** At most `most` items of `mostEach` characters. */
    | { readonly is: 'texts' | 'textMap'; readonly most: number; readonly mostEach: number; readonly mostKey?: number }
    | { readonly is: 'names' }
  );

export const EVENT_FIELDS = {
  fingerprint: {
    is: 'name',
    pattern: '^[0-9a-f]{32}$',
    always: true,
    saidBy: 'arrival',
    stored: 'key',
  },
  type: { is: 'word', words: EVENT_TYPES, always: true },
  bounceClass: { is: 'word', words: BOUNCE_CLASSES },
  bounceCause: { is: 'word', words: BOUNCE_CAUSES },
  dropReason: { is: 'word', words: DROP_REASONS },
  scope: { is: 'text', most: 256 },
  source: {
    is: 'name',
    always: true,
    saidBy: 'arrival',
    archived: 'line',
  },
  provider: { is: 'name', always: true, saidBy: 'arrival', archived: 'line' },
  providerEvent: { is: 'text', most: 128, always: true },
  providerEventId: { is: 'text', most: 256 },
  requestId: { is: 'name', saidBy: 'arrival', archived: 'line' },
  recipient: {
    is: 'name',
    saidBy: 'arrival',
    stored: 'key',
  },
  messageId: { is: 'text', most: 512 },
  occurredAt: {
    is: 'time',
    saidBy: 'arrival',
    stored: 'key',
  },
  receivedAt: { is: 'time', always: true, saidBy: 'arrival', archived: 'line' },
  smtpCode: { is: 'integer' },
  smtpStatus: { is: 'text', most: 16 },
  diagnostic: { is: 'text', most: 512 },
  url: { is: 'text', most: 2048 },
  userAgent: { is: 'text', most: 256 },
  ip: { is: 'text', most: 64 },
  country: { is: 'text', most: 64 },
  device: { is: 'text', most: 64 },
  machine: { is: 'boolean' },
  tags: { is: 'texts', most: 20, mostEach: 128 },
  metadata: { is: 'textMap', most: 20, mostEach: 256, mostKey: 128 },
  candidates: { is: 'integer' },
  echo: { is: 'mark' },
  autoReply: { is: 'mark' },
  reason: { is: 'word', words: REASONS },
  until: { is: 'epochSeconds' },
  actor: { is: 'text', most: 128 },
  note: { is: 'text', most: 512 },
  importId: { is: 'text', most: 64 },
  retraction: {
    is: 'text',
    most: 64,
  },
  recipientAltered: {
    is: 'mark',
    saidBy: 'arrival',
  },
  from: { is: 'text', most: 320 },
  subject: { is: 'text', most: 256 },
  archivedAs: { is: 'name', saidBy: 'arrival' },
  machineWhy: { is: 'word', words: MACHINE_REASONS, saidBy: 'arrival' },
  truncated: {
    is: 'names',
    saidBy: 'arrival',
  },
} as const satisfies Readonly<Record<string, Field>>;

type Table = typeof EVENT_FIELDS;
export type EventField = keyof Table;
/** The fields as entries, with what every kind of them has. */
export const eventFields = Object.entries(EVENT_FIELDS) as readonly (readonly [EventField, Field])[];

type ValueOf<F> = F extends { readonly is: 'word'; readonly words: readonly (infer Word)[] }
  ? Word
  : F extends { readonly is: 'text' | 'name' | 'time' }
    ? string
    : F extends { readonly is: 'integer' | 'epochSeconds' }
      ? number
      : F extends { readonly is: 'boolean' }
        ? boolean
        : F extends { readonly is: 'mark' }
          ? true
          : F extends { readonly is: 'texts' | 'names' }
            ? readonly string[]
            : F extends { readonly is: 'textMap' }
              ? Readonly<Record<string, string>>
              : never;

type Constant = { [K in EventField]: Table[K] extends { readonly always: true } ? K : never }[EventField];
type FromArrival = { [K in EventField]: Table[K] extends { readonly saidBy: 'arrival' } ? K : never }[EventField];
type Of<K extends EventField> = { readonly [N in Extract<K, Constant>]: ValueOf<Table[N]> } & {
  readonly [N in Exclude<K, Constant>]?: ValueOf<Table[N]>;
};

/** Every member, as it is stored, published and printed. */
export type EventMembers = Of<EventField>;
/** The members that a provider's mapping says. */
export type MappedMembers = Of<Exclude<EventField, FromArrival>>;
