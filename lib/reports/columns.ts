/** What the archive's lines hold, as columns of a table. Names of members as they stand in a line; engines compare them without case. */

export type ColumnType =
  | 'string'
  | 'int'
  | 'bigint'
  | 'boolean'
  | readonly [ColumnType]
  | { readonly [name: string]: ColumnType };

/** An event in a line. Members that are not named here stay in the archive and can be read by other means. */
export const EVENT_COLUMNS = {
  fingerprint: 'string',
  type: 'string',
  bounceClass: 'string',
  bounceCause: 'string',
  dropReason: 'string',
  scope: 'string',
  providerEvent: 'string',
  providerEventId: 'string',
  recipient: 'string',
  messageId: 'string',
  occurredAt: 'string',
  smtpCode: 'int',
  smtpStatus: 'string',
  diagnostic: 'string',
  url: 'string',
  userAgent: 'string',
  ip: 'string',
  country: 'string',
  device: 'string',
  machine: 'boolean',
  machineWhy: 'string',
  echo: 'boolean',
  candidates: 'int',
  autoReply: 'boolean',
  from: 'string',
  subject: 'string',
  reason: 'string',
  until: 'bigint',
  actor: 'string',
  note: 'string',
  tags: ['string'],
  custom: [{ key: 'string', value: 'string' }],
  truncated: ['string'],
} as const satisfies Readonly<Record<string, ColumnType>>;

export const LINE_COLUMNS = {
  receivedAt: 'string',
  source: 'string',
  provider: 'string',
  channel: 'string',
  origin: 'string',
  requestId: 'string',
  raw: 'string',
  rawGzip: 'string',
  events: [EVENT_COLUMNS],
} as const satisfies Readonly<Record<string, ColumnType>>;

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
