import { setTimeout as pause } from 'node:timers/promises';
import { GetQueryResultsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';

const PATIENCE_MS = 30_000;

/** Asks CloudWatch Logs Insights ($0.005 per GB read); rows by field name, times as epoch milliseconds. */
export async function ask(
  target: Target,
  logGroupName: string,
  queryString: string,
  back: number,
): Promise<Readonly<Record<string, string | number>>[]> {
  const client = await target.clients.logs();
  const now = Date.now();
  const { queryId } = await client.send(
    new StartQueryCommand({
      logGroupName,
      queryString,
      startTime: Math.floor((now - back) / 1000),
      endTime: Math.ceil(now / 1000),
    }),
  );
  for (const end = now + PATIENCE_MS; Date.now() < end; await pause(500)) {
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
    if (status === 'Complete') {
      return results.map((row) => Object.fromEntries(row.map(({ field = '', value = '' }) => [field, read(value)])));
    }
    if (status !== 'Running' && status !== 'Scheduled') break;
  }
  throw new CannotKnow(`CloudWatch Logs gave no answer about ${logGroupName}. Try again.`);
}

/** Insights writes times as `2026-05-04 10:00:00.000`, UTC; those made by `max` as milliseconds. */
function read(value: string): string | number {
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.test(value)) return Date.parse(`${value.replace(' ', 'T')}Z`);
  return /^\d+$/.test(value) ? Number(value) : value;
}
