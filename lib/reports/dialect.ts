import { MAILBOX_OPERATORS, OTHER_OPERATOR, WITHOUT_COMPLAINTS } from '../../lambda/domain/mailbox-operators.ts';

/** What differs between the engines that read the archive. Everything else of a report is one text for both. */
export interface Dialect {
  readonly name: 'athena' | 'duckdb';
  /** The archive's lines of some days, as a relation with the members of a line as columns. */
  lines(days: Days): string;
  /** A column of text that holds a time, as a time. */
  time(column: string): string;
  /** A value of the custom data by its key in lower case: that very key, else one in another spelling; null where there is none. */
  custom(key: string): string;
  readonly firstTag: string;
  matches(column: string, pattern: string): string;
  replaced(column: string, pattern: string): string;
  /** A time in whole milliseconds. */
  millis(time: string): string;
  /** The hour of a time, as text. */
  hour(time: string): string;
  /** Tags and the value of the custom key `variant`, as a list. */
  readonly variants: string;
  /** A relation with each of its rows once for every item of a list in it, which is then called `item`. */
  unnested(relation: string, list: string, item: string): string;
  /** A day of today's, so many days ago, as YYYY-MM-DD; only where the days are not given. */
  daysAgo(days: number): string;
}

export interface Days {
  /** YYYY-MM-DD, or undefined: the last 30 days. */
  readonly from?: string;
  readonly to?: string;
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

function between(dialect: Pick<Dialect, 'daysAgo'>, { from, to }: Days, latest: (day: string) => string): string {
  const begins = from === undefined ? dialect.daysAgo(30) : text(from);
  return `day >= ${begins}${to === undefined ? '' : ` AND day <= ${latest(to)}`}`;
}

/** A message can wait in the queue for as long before it is archived. */
export const LATE_DAYS = 14;

/** Days later, as YYYY-MM-DD: compared as text, so that no year may have five digits. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Math.min(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000, Date.UTC(9999, 11, 31)))
    .toISOString()
    .slice(0, 10);

const lateDay = (day: string): string => dayAfter(day, LATE_DAYS);

/** Trino, as Athena's engine 3 has it. An array of rows is unnested into one column there. */
export const ATHENA: Dialect = {
  name: 'athena',
  lines: (days) => `(SELECT * FROM archive WHERE ${between(ATHENA, days, (day) => text(lateDay(day)))})`,
  time: (column) => `from_iso8601_timestamp(${column})`,
  custom: (key) =>
    `coalesce(element_at(filter(custom, c -> c.key = ${text(key)}), 1).value, element_at(filter(custom, c -> lower(c.key) = ${text(key)}), 1).value)`,
  firstTag: 'element_at(tags, 1)',
  matches: (column, pattern) => `regexp_like(${column}, ${text(pattern)})`,
  replaced: (column, pattern) => `regexp_replace(${column}, ${text(pattern)})`,
  millis: (time) => `CAST(to_unixtime(${time}) * 1000 AS bigint)`,
  hour: (time) => `date_format(${time}, '%Y-%m-%dT%H:00Z')`,
  variants:
    "coalesce(tags, ARRAY[]) || transform(filter(coalesce(custom, ARRAY[]), c -> lower(c.key) = 'variant'), c -> c.value)",
  unnested: (relation, list, item) => `${relation} CROSS JOIN UNNEST(${list}) AS t (${item})`,
  daysAgo: (days) => `date_format(current_date - INTERVAL '${days}' DAY, '%Y-%m-%d')`,
};

/** DuckDB over a folder of archive objects, as they lie in the bucket; `$folder` stands for it. */
export const DUCKDB: Dialect = {
  name: 'duckdb',
  lines: (days) => `(SELECT * FROM archive WHERE ${between(DUCKDB, days, (day) => text(lateDay(day)))})`,
  time: (column) => `try_cast(${column} AS TIMESTAMP)`,
  custom: (key) =>
    `coalesce(list_filter(custom, lambda c: c.key = ${text(key)})[1].value, list_filter(custom, lambda c: lower(c.key) = ${text(key)})[1].value)`,
  firstTag: 'tags[1]',
  matches: (column, pattern) => `regexp_matches(${column}, ${text(pattern)})`,
  replaced: (column, pattern) => `regexp_replace(${column}, ${text(pattern)}, '')`,
  millis: (time) => `epoch_ms(${time})`,
  hour: (time) => `strftime(${time}, '%Y-%m-%dT%H:00Z')`,
  variants:
    "list_concat(coalesce(tags, []), list_transform(list_filter(coalesce(custom, []), lambda c: lower(c.key) = 'variant'), lambda c: c.value))",
  // Not joined, as Trino wants it: DuckDB would join each event with its whole line again, at fifteen times the price.
  unnested: (relation, list, item) => `(SELECT *, unnest(${list}) AS ${item} FROM ${relation})`,
  daysAgo: (days) => `strftime(current_date - INTERVAL ${days} DAY, '%Y-%m-%d')`,
};

/** The operator of a mailbox's domain, as an expression. */
export const operatorOf = (dialect: Dialect, domain: string): string =>
  `CASE ${MAILBOX_OPERATORS.map(({ name, domains }) => `WHEN ${dialect.matches(domain, domains.source)} THEN '${name}'`).join(' ')} ELSE '${OTHER_OPERATOR}' END`;

/** Whether a delivery there can be complained about, as an expression over the operator. */
export const reporting = (operator: string): string =>
  `${operator} NOT IN (${WITHOUT_COMPLAINTS.map(({ name }) => `'${name}'`).join(', ')})`;
