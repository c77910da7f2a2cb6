import { setTimeout as pause } from 'node:timers/promises';
import type { AthenaClient } from '@aws-sdk/client-athena';
import { archiveDatabase, archiveWorkGroup } from '../../../../lambda/contract/archive.ts';
import { ATHENA } from '../../../reports/dialect.ts';
import type { Report } from '../../../reports/report.ts';
import { type Choice, sqlOf } from '../../../reports/reports.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';
import type { Table } from './table.ts';

const LOOK_MS = 700;
const PATIENCE_MS = 10 * 60_000;

/** Asks Athena, in the stack's own workgroup, which stops a question that would read too much. */
export async function askAthena(
  target: Target,
  report: Report,
  choice: Choice,
  say: (line: string) => void,
): Promise<Table> {
  const { stage = '' } = target.names;
  const client = await target.clients.athena();
  const { GetQueryExecutionCommand, StartQueryExecutionCommand, StopQueryExecutionCommand } = await import(
    '@aws-sdk/client-athena'
  );
  const { QueryExecutionId } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: sqlOf(report, ATHENA, choice),
      WorkGroup: archiveWorkGroup(stage),
      QueryExecutionContext: { Database: archiveDatabase(stage) },
    }),
  );
  for (const end = Date.now() + PATIENCE_MS; ; await pause(LOOK_MS)) {
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State, AthenaError } = QueryExecution?.Status ?? {};
    if (State === 'SUCCEEDED') {
      const bytes = QueryExecution?.Statistics?.DataScannedInBytes ?? 0;
      say(`Read ${(bytes / 1e6).toFixed(1)} MB.`);
      return resultsOf(client, QueryExecutionId as string);
    }
    if (State === 'FAILED' || State === 'CANCELLED')
      // The reason quotes the question, which holds no data; the error's own message may quote a line of the archive.
      throw new CannotKnow(
        `Athena ended the question (${State.toLowerCase()}, error ${AthenaError?.ErrorType ?? 'not given'}).`,
      );
    if (Date.now() > end) {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId }));
      throw new CannotKnow(
        'Athena did not answer within ten minutes; the question was stopped. Ask for fewer days with --from.',
      );
    }
  }
}

async function resultsOf(client: AthenaClient, QueryExecutionId: string): Promise<Table> {
  const { paginateGetQueryResults } = await import('@aws-sdk/client-athena');
  let columns: { name: string; isNumber: boolean }[] = [];
  const rows: (string | number | null)[][] = [];
  for await (const { ResultSet } of paginateGetQueryResults({ client }, { QueryExecutionId })) {
    const first = columns.length === 0;
    if (first)
      columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '', Type = '' }) => ({
        name: Name,
        isNumber: /int|double|decimal|real|float/.test(Type),
      }));
    // The first row of all repeats the names.
    for (const { Data = [] } of (ResultSet?.Rows ?? []).slice(first ? 1 : 0))
      rows.push(
        columns.map(({ isNumber }, at) => {
          const value = Data[at]?.VarCharValue;
          return value === undefined ? null : isNumber ? Number(value) : value;
        }),
      );
  }
  return { columns: columns.map(({ name }) => name), rows };
}
