import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, type Options, parse } from 'csv-parse';
import type { Cells, ListFile } from '../../../../lambda/providers/list-file.ts';
import { CannotKnow, UsageError } from '../../cli/errors.ts';
import { twoColumns } from '../../cli/two-columns.ts';
import { detect, FORMATS, headless } from './formats.ts';

/** A file of a known format. */
export interface CsvFile {
  readonly id: string;
  readonly format: ListFile;
  readonly columns: readonly string[];
  readonly headless: boolean;
  readonly delimiter: string;
}

/** One line. Numbers count lines of the file from 1. */
export interface Line {
  readonly number: number;
  readonly cells: Cells;
}

const FIRST_BYTES = 64 * 1024;
/** A quote that is never closed must not swallow the file. */
const LONGEST_RECORD = 64 * 1024;

/** Reads the first line: which delimiter, which columns, and so which format. */
export async function inspect(path: string, asked: string): Promise<CsvFile> {
  const first = await firstLine(path);
  const delimiter = [',', ';', '\t'].reduce((best, each) => (count(first, each) > count(first, best) ? each : best));
  const header = first.split(delimiter).map(columnName);
  const id = asked === 'auto' ? (detect(header) ?? headless(first)) : asked;
  const format = FORMATS.get(id ?? '');
  if (id === undefined || !format) {
    const known = twoColumns([...FORMATS].map(([name, { title }]) => [name, title]));
    throw new UsageError(['import: the columns are those of no known format (--format):', ...known].join('\n'));
  }
  const columns = first.includes('@') ? format.headless?.columns : undefined;
  return { id, format, delimiter, headless: columns !== undefined, columns: columns ?? header };
}

const columnName = (text: string): string =>
  text
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .toLowerCase()
    .replace(/[\s_-]/g, '');

const count = (text: string, part: string): number => text.split(part).length - 1;

async function firstLine(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
    const text = buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '');
    return text.split(/\r\n|\n|\r/, 1)[0] ?? '';
  } finally {
    await file.close();
  }
}

/** Every line but the header, one at a time: memory does not grow with the file. */
export async function* readLines(path: string, { columns, delimiter, headless }: CsvFile): AsyncGenerator<Line> {
  const options: Options = {
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: LONGEST_RECORD,
  };
  const parser = createReadStream(path).pipe(parse(options));
  let header = !headless;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header) header = false;
      else yield { number: info.lines, cells: new Map(columns.map((name, at) => [name, record[at] ?? ''])) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CannotKnow(
      `The file is no CSV from line ${error.lines} on (${error.code}): what stands before it was taken.`,
    );
  }
}
