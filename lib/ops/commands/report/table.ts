import { stringify } from 'csv-stringify/sync';
import { clean } from '../../words/clean.ts';

/** What a report answers: names of columns, and rows of as many values. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const WIDEST = 60;

/** For people: columns side by side, numbers to the right, long texts cut. */
export function tableLines({ columns, rows }: Table): string[] {
  const cells = rows.map((row) =>
    row.map((value) => cut(value === null ? '' : clean(String(value).replace(/\s+/g, ' ')))),
  );
  const numeric = columns.map((_name, at) => rows.every((row) => row[at] === null || typeof row[at] === 'number'));
  const width = columns.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => (numeric[at] ? text.padStart(width[at] ?? 0) : text.padEnd(width[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), ...cells.map(line)];
}

const cut = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);

/** As objects, one for each row. */
export const tableRows = ({ columns, rows }: Table): Record<string, string | number | null>[] =>
  rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])));

/** For a spreadsheet: what would begin a formula there is quoted. */
export const tableCsv = ({ columns, rows }: Table): string =>
  stringify([columns, ...rows.map((row) => [...row])] as unknown[][], { escape_formulas: true });
