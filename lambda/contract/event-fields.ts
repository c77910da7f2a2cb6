import { BOUNCE_CAUSES, BOUNCE_CLASSES, DROP_REASONS, EVENT_TYPES, REASONS } from './event-types.ts';

/**
 * The members of a normalised event, each once: their types, their limits, the published JSON schema and the archive's columns are made
 * from this table, or tested against it. A member belongs to everybody who reads events: say what it means in `about`.
 */
interface Common {
  /** Meaning, as published. */
  readonly about: string;
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
    about: 'Two deliveries of one event have the same: use it to count once.',
    always: true,
    saidBy: 'arrival',
    stored: 'key',
  },
  type: { is: 'word', words: EVENT_TYPES, about: 'What happened.', always: true },
  bounceClass: { is: 'word', words: BOUNCE_CLASSES, about: 'On `bounced`.' },
  bounceCause: { is: 'word', words: BOUNCE_CAUSES, about: 'On `bounced`, where the reply says it.' },
  dropReason: { is: 'word', words: DROP_REASONS, about: 'On `dropped`.' },
  scope: { is: 'text', most: 256, about: 'On un- and resubscribed: `all`, or `<source>:<kind>:<id>`.' },
  source: {
    is: 'name',
    about: 'Configured source that received it.',
    always: true,
    saidBy: 'arrival',
    archived: 'line',
  },
  provider: { is: 'name', about: 'Id of the ESP.', always: true, saidBy: 'arrival', archived: 'line' },
  providerEvent: { is: 'text', most: 128, about: "The ESP's own word.", always: true },
  providerEventId: { is: 'text', most: 256, about: "The ESP's own id; not stable across retries at every ESP." },
  requestId: { is: 'name', about: 'Id of the request that brought it.', saidBy: 'arrival', archived: 'line' },
  recipient: {
    is: 'name',
    about: 'Address in normal form; absent where the ESP names nobody.',
    saidBy: 'arrival',
    stored: 'key',
  },
  messageId: { is: 'text', most: 512, about: "The ESP's id of the mail." },
  occurredAt: {
    is: 'time',
    about: 'Event time: order by this. Absent where the ESP gives none.',
    saidBy: 'arrival',
    stored: 'key',
  },
  receivedAt: { is: 'time', about: 'Arrival here.', always: true, saidBy: 'arrival', archived: 'line' },
  smtpCode: { is: 'integer', about: 'Basic SMTP reply code, e.g. 550.' },
  smtpStatus: { is: 'text', most: 16, about: 'Enhanced status code, e.g. 5.1.1.' },
  diagnostic: { is: 'text', most: 512, about: "The failure in the receiver's words." },
  url: { is: 'text', most: 2048, about: 'Link that was clicked.' },
  userAgent: { is: 'text', most: 256, about: 'Of whatever opened or clicked.' },
  ip: { is: 'text', most: 64, about: 'Address that opened or clicked.' },
  country: { is: 'text', most: 64, about: 'ISO 3166-1 alpha-2.' },
  device: { is: 'text', most: 64, about: "The ESP's word for the kind of device." },
  machine: { is: 'boolean', about: 'The ESP says whether a machine opened or clicked.' },
  tags: { is: 'texts', most: 20, mostEach: 128, about: 'Tags of the mail.' },
  metadata: { is: 'textMap', most: 20, mostEach: 256, mostKey: 128, about: 'Custom data of the mail.' },
  candidates: { is: 'integer', about: 'This recipient is one of so many that the ESP named for one fact.' },
  echo: { is: 'mark', about: 'The ESP repeats its own list: no new evidence.' },
  autoReply: { is: 'mark', about: 'An auto-reply may have caused it.' },
  reason: { is: 'word', words: REASONS, about: 'On operator acts.' },
  until: { is: 'epochSeconds', about: 'On operator acts: epoch seconds.' },
  actor: { is: 'text', most: 128, about: 'On operator acts: who.' },
  note: { is: 'text', most: 512, about: 'On operator acts: why.' },
  importId: { is: 'text', most: 64, about: 'On operator acts: the import that the line came with.' },
  retraction: {
    is: 'text',
    most: 64,
    about: 'On `lifted`: only what the retraction of this id takes back; other evidence stands.',
  },
  recipientAltered: {
    is: 'mark',
    about: "The address was written so that its normal form may be somebody else's: no evidence about anybody.",
    saidBy: 'arrival',
  },
  from: { is: 'text', most: 320, about: 'On `inbound`.' },
  subject: { is: 'text', most: 256, about: 'On `inbound`.' },
  truncated: {
    is: 'names',
    about: 'Names of members that were cut to their greatest length; the archive holds the whole.',
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
