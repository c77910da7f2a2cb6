import { type EventField, eventFields } from '../../lambda/contract/event/fields.ts';

/** What the archive's lines hold, as columns of a table. Names as they stand in a line; engines compare them without case. */
type ColumnType =
  | 'string'
  | 'int'
  | 'bigint'
  | 'boolean'
  | readonly [ColumnType]
  | { readonly [name: string]: ColumnType };

const TYPES = {
  word: 'string',
  text: 'string',
  name: 'string',
  time: 'string',
  integer: 'int',
  epochSeconds: 'bigint',
  boolean: 'boolean',
  mark: 'boolean',
  texts: ['string'],
  names: ['string'],
  // As a list: keys that differ in case alone would be one key twice to an engine.
  textMap: [{ key: 'string', value: 'string' }],
} as const satisfies Record<(typeof eventFields)[number][1]['is'], ColumnType>;

/** The name that a member of an event has in the archive: custom data stands there as a list, and under another name. */
export const archivedName = (name: EventField): string => (name === 'metadata' ? 'custom' : name);

/** An event in a line. */
const EVENT_COLUMNS: Readonly<Record<string, ColumnType>> = Object.fromEntries(
  eventFields
    .filter(([, { archived }]) => archived === undefined)
    .map(([name, { is }]) => [archivedName(name), TYPES[is]]),
);

export const LINE_COLUMNS: Readonly<Record<string, ColumnType>> = {
  receivedAt: 'string',
  source: 'string',
  provider: 'string',
  channel: 'string',
  origin: 'string',
  requestId: 'string',
  raw: 'string',
  rawGzip: 'string',
  events: [EVENT_COLUMNS],
};

/** A type as Glue writes it. */
export function glueType(type: ColumnType): string {
  if (typeof type === 'string') return type;
  if (isList(type)) return `array<${glueType(type[0])}>`;
  return `struct<${Object.entries(type)
    .map(([name, member]) => `${name.toLowerCase()}:${glueType(member)}`)
    .join(',')}>`;
}

/** A type as DuckDB writes it. */
export function duckType(type: ColumnType): string {
  if (type === 'string') return 'VARCHAR';
  if (type === 'int' || type === 'bigint') return 'BIGINT';
  if (type === 'boolean') return 'BOOLEAN';
  if (isList(type)) return `${duckType(type[0])}[]`;
  return `STRUCT(${Object.entries(type)
    .map(([name, member]) => `"${name}" ${duckType(member)}`)
    .join(', ')})`;
}

const isList = (type: ColumnType): type is readonly [ColumnType] => Array.isArray(type);
