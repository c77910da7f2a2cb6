import { type DynamoDBClient, ExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import type { EventType } from '../../../../lambda/contract/event/types.ts';
import { BY_HOUR, HOUR_SHARDS, hourKey } from '../../../../lambda/contract/tables.ts';
import { chunks } from '../../../../lambda/domain/batches.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';
import { asEvent, type StoredEvent } from './stored.ts';

export interface Wanted {
  readonly type?: EventType | undefined;
  readonly source?: string | undefined;
  /** Epoch milliseconds: arrived from then on. */
  readonly since: number;
  /** Epoch milliseconds: arrived before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

const HOUR = 3_600_000;

/** PartiQL looks up so many keys in one call: three hours of sixteen shards. */
const HOURS_IN_A_CALL = Math.floor(50 / HOUR_SHARDS);
/** Calls side by side: one, then more and more, for a quiet stack has many empty hours. */
const MOST_CALLS = 8;

/**
 * What went wrong or was changed by hand lately, the newest arrival first: bounced, dropped, complained, unsubscribed, resubscribed, and
 * operators' acts. Reads back in time until it has enough.
 * @throws CannotKnow where the table has no such index
 */
export async function readRecentEvents(target: Target, wanted: Wanted, now: number): Promise<StoredEvent[]> {
  const client = await target.clients.dynamodb();
  const found: StoredEvent[] = [];
  const first = Math.floor(wanted.since / HOUR);
  let hour = Math.floor((wanted.before ?? now) / HOUR);
  // A busy stack's present hour holds enough.
  let next = 1;
  for (let calls = 1; hour >= first && found.length < wanted.limit; calls = Math.min(2 * calls, MOST_CALLS)) {
    const many = Math.min(next, hour - first + 1);
    next = calls * HOURS_IN_A_CALL;
    const hours = chunks(
      Array.from({ length: many }, (_, back) => hour - back),
      HOURS_IN_A_CALL,
    );
    const read = await Promise.all(hours.map((some) => readHours(client, target.names.tables.events, some, wanted)));
    const events = read.flat().filter((event) => arrivedIn(event, wanted));
    found.push(...events.sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : a.receivedAt < b.receivedAt ? 1 : 0)));
    hour -= many;
  }
  return found.slice(0, wanted.limit);
}

const arrivedIn = ({ receivedAt }: StoredEvent, { since, before = Number.POSITIVE_INFINITY }: Wanted): boolean => {
  const at = Date.parse(receivedAt);
  return at >= since && at < before;
};

async function readHours(
  client: DynamoDBClient,
  table: string,
  hours: readonly number[],
  { type, source }: Wanted,
): Promise<StoredEvent[]> {
  const keys = hours.flatMap((hour) =>
    Array.from({ length: HOUR_SHARDS }, (_, shard) => hourKey(new Date(hour * HOUR).toISOString(), shard)),
  );
  const conditions = Object.entries({ type, source }).filter((one): one is [string, string] => one[1] !== undefined);
  const Statement = `SELECT * FROM "${table}"."${BY_HOUR.name}" WHERE "${BY_HOUR.partitionKey}" IN [${keys.map(() => '?').join(',')}]${conditions.map(([name]) => ` AND "${name}" = ?`).join('')}`;
  const Parameters = [...keys, ...conditions.map(([, value]) => value)].map((value) => ({ S: value }));
  const events: StoredEvent[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await asked(() => client.send(new ExecuteStatementCommand({ Statement, Parameters, NextToken })));
    events.push(...(answer.Items ?? []).map(asEvent));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return events;
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException' && /index/i.test(error.message))
      throw new CannotKnow(
        'The events table has no index by hour: leave "byHourIndex" on and deploy; an attached table needs it too (docs/settings.md).',
      );
    throw error;
  }
}
