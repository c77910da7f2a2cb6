import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { inParallel } from '../../../../lambda/domain/batches.ts';
import { duckType, LINE_COLUMNS } from '../../../reports/columns.ts';
import { DUCKDB, LATE_DAYS } from '../../../reports/dialect.ts';
import type { Report } from '../../../reports/report.ts';
import { type Choice, sqlOf } from '../../../reports/reports.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';
import { daysOf, objectKeys } from '../replay/archive.ts';
import type { Table } from './table.ts';

const DAY = 86_400_000;
const USUAL_DAYS = 30;
const PARALLEL = 16;

/**
 * Asks the archive's objects themselves: they are fetched, and DuckDB reads them as they are.
 * @param keys of the objects, where they are known already
 */
export async function askDuckDb(
  target: Target,
  report: Report,
  choice: Choice,
  keys?: readonly string[],
): Promise<Table> {
  const wanted = keys ?? (await archivedObjects(target, choice));
  if (wanted.length === 0) return { columns: [], rows: [] };
  const folder = await mkdtemp(join(tmpdir(), 'quell-report-'));
  try {
    await fetchObjects(target, wanted, folder);
    return await ask(folder, sqlOf(report, DUCKDB, choice));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Keys of the objects that a question is about. An object is written once and stays as it is. */
export async function archivedObjects(target: Target, { from, to }: Choice): Promise<readonly string[]> {
  const now = Date.now();
  const begins = from === undefined ? now - USUAL_DAYS * DAY : Date.parse(from);
  const ends = to === undefined ? now : Date.parse(to);
  const bucket = target.names.output('ArchiveBucketName');
  return Array.fromAsync(objectKeys(await target.clients.s3(), bucket, daysOf(begins, ends, LATE_DAYS, now)));
}

async function fetchObjects(target: Target, keys: readonly string[], folder: string): Promise<void> {
  const client = await target.clients.s3();
  const Bucket = target.names.output('ArchiveBucketName');
  await inParallel(keys, PARALLEL, async (key) => {
    const day = /day=[\d-]+/.exec(key)?.[0] ?? 'day=unknown';
    await mkdir(join(folder, day), { recursive: true });
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
    await pipeline(Body as Readable, createWriteStream(join(folder, day, basename(key))));
  });
}

/** @param folder `day=.../*.gz` below it */
export async function ask(folder: string, sql: string): Promise<Table> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch(() => {
    throw new CannotKnow(
      'Reports over the local archive need DuckDB, an optional dependency that is not installed: npm install --include=optional',
    );
  });
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  try {
    const columns = Object.entries(LINE_COLUMNS)
      .map(([name, type]) => `"${name}": '${duckType(type)}'`)
      .join(', ');
    const files = join(folder, '*/*.gz').replaceAll("'", "''");
    await connection.run(
      `CREATE VIEW archive AS SELECT * FROM read_json('${files}', format = 'newline_delimited', columns = {${columns}}, hive_partitioning = true, hive_types_autocast = false, ignore_errors = true, maximum_object_size = 4194304)`,
    );
    const answer = await connection.runAndReadAll(sql);
    return {
      columns: answer.columnNames(),
      rows: answer.getRowsJson().map((row) => row.map((value) => plain(value))),
    };
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

/** Counts come as text where they might not fit a number; here they always do. */
const plain = (value: unknown): string | number | null =>
  value === null || value === undefined
    ? null
    : typeof value === 'string' && /^-?\d{1,15}$/.test(value)
      ? Number(value)
      : typeof value === 'number'
        ? value
        : String(value);
