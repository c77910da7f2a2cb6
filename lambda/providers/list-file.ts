import { FOREVER } from '../contract/tables.ts';
import type { EpochSeconds } from '../contract/units.ts';
import type { Reply } from '../domain/failure/index.ts';
import type { Reason } from '../domain/suppression/suppression.ts';

/**
 * A suppression list as an ESP's pages export it, a file of columns. What stands in a provider's `list-file.ts` says by which columns such a
 * file is known and what a line of it means; whoever reads the file brings it line by line.
 */
export interface ListFile {
  /** For people: whose it is, and its columns. */
  readonly title: string;
  /** Columns by which it is known: all of these, and one of each list. */
  readonly columns: readonly (string | readonly string[])[];
  /** Of a file without a header line: its columns, and what its first line looks like. */
  readonly headless?: { readonly columns: readonly string[]; readonly firstLine: RegExp };
  /** What a line says; undefined = nothing of suppression. @throws BadLine */
  read(cells: Cells, defaults: Defaults): Row | undefined;
}

/** One line of a list, in our words. */
export interface Row {
  readonly address: string;
  readonly reason: Reason;
  /** On `unsubscribe`: in full, as the table names scopes. */
  readonly scope?: string;
  /** When it happened, ISO 8601; absent where the list does not say. */
  readonly at?: string;
  /** Epoch seconds; 0 = it was lifted. */
  readonly until?: EpochSeconds;
  readonly note?: string;
  /** What the line quotes of a bounce; absent where it quotes nothing. */
  readonly reply?: Reply;
  /** What the ESP's webhook would have posted of the same bounce, where its form is known. */
  readonly webhook?: { readonly provider: string; readonly raw: string };
}

/** Columns by name, in lower case and without spaces and underscores: exports spell them in many ways. */
export type Cells = ReadonlyMap<string, string>;

/** What the command line says of a file whose lines say less. */
export interface Defaults {
  readonly reason?: Reason;
  readonly scope?: string;
  /** Names scopes, as events of this source do. */
  readonly sourceName?: string;
}

/** Why a line cannot be taken. Quotes nothing of it. */
export class BadLine extends Error {
  override readonly name = 'BadLine';
}

/** Times as exports write them: ISO 8601, `YYYY-MM-DD HH:MM:SS` and a mere day (UTC), RFC 2822, Unix seconds. */
export function readTime(text: string): string | undefined {
  if (text === '') return undefined;
  const time = parse(text);
  if (!Number.isFinite(time) || time <= 0 || time > FOREVER * 1000) throw new BadLine('its time cannot be read');
  return new Date(time).toISOString();
}

function parse(text: string): number {
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,13}$/.test(text)) return Number(text);
  const day = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text);
  if (day) return Date.parse(`${day[1]}T${day[2] ?? '00:00:00'}${(day[3] ?? 'Z').replace('UTC', 'Z')}`);
  // RFC 2822 only: what else Date.parse takes depends on where it runs.
  return /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]+ (UTC|GMT|[+-]\d{4})$/.test(text)
    ? Date.parse(text.replace('UTC', 'GMT'))
    : Number.NaN;
}
