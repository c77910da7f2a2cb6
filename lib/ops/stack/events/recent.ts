import { type AttributeValue, type DynamoDBClient, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { EventType } from '../../../../lambda/contract/event/types.ts';
import { BY_HOUR, HOUR_SHARDS, hourKey } from '../../../../lambda/contract/tables.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';
import { asEvent, type StoredEvent } from './stored.ts';

export interface Wanted {
  readonly type?: EventType | undefined;
  readonly source?: string | undefined;
  readonly requestId?: string | undefined;
  /** Epoch milliseconds: arrived from then on. */
  readonly since: number;
  /** Epoch milliseconds: arrived before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

const HOUR = 3_600_000;

/** Hours read side by side: one, then more and more. */
const MOST_HOURS = 8;
/** Events that one answer holds, more or less. */
const PAGE = 2000;
/** Stacks whose index is more than one answer long, and since when that is known. */
const BUSY = new WeakMap<Target, number>();
const BUSY_FOR = HOUR / 6;

/**
 * What went wrong or was changed by hand lately, the newest arrival first: bounced, dropped, complained, unsubscribed, resubscribed, and
 * operators' acts. Where little ever went wrong, one answer holds all of it; else it is read back in time, hour by hour, until there is enough.
 * @throws CannotKnow where the table has no such index
 */
export async function readRecentEvents(target: Target, wanted: Wanted, now: number): Promise<StoredEvent[]> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  if (now - (BUSY.get(target) ?? 0) >= BUSY_FOR) {
    const all = await readAll(client, table, wanted);
    if (all) return newest(all, wanted).slice(0, wanted.limit);
    BUSY.set(target, now);
  }
  const found: StoredEvent[] = [];
  const first = Math.floor(wanted.since / HOUR);
  let hour = Math.floor((wanted.before ?? now) / HOUR);
  for (let many = 1; hour >= first && found.length < wanted.limit; many = Math.min(2 * many, MOST_HOURS)) {
    const hours = Array.from({ length: Math.min(many, hour - first + 1) }, (_, back) => hour - back);
    const read = await Promise.all(hours.map((one) => readHour(client, table, one, wanted)));
    found.push(...newest(read.flat(), wanted));
    hour -= hours.length;
  }
  return found.slice(0, wanted.limit);
}

const newest = (events: readonly StoredEvent[], { since, before = Number.POSITIVE_INFINITY }: Wanted): StoredEvent[] =>
  events
    .filter(({ receivedAt }) => Date.parse(receivedAt) >= since && Date.parse(receivedAt) < before)
    .sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : a.receivedAt < b.receivedAt ? 1 : 0));

/** The whole index, where it fits into one answer (1 MB). */
async function readAll(client: DynamoDBClient, TableName: string, wanted: Wanted): Promise<StoredEvent[] | undefined> {
  const { Items = [], LastEvaluatedKey } = await asked(() =>
    client.send(new ScanCommand({ TableName, IndexName: BY_HOUR.name, ...only(wanted) })),
  );
  return LastEvaluatedKey === undefined ? Items.map(asEvent) : undefined;
}

async function readHour(client: DynamoDBClient, table: string, hour: number, wanted: Wanted): Promise<StoredEvent[]> {
  const shards = Array.from({ length: HOUR_SHARDS }, (_, shard) =>
    readShard(client, table, hourKey(new Date(hour * HOUR).toISOString(), shard), wanted),
  );
  return (await Promise.all(shards)).flat();
}

async function readShard(
  client: DynamoDBClient,
  TableName: string,
  key: string,
  wanted: Wanted,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  const filter = only(wanted);
  let from: Record<string, AttributeValue> | undefined;
  do {
    const query = new QueryCommand({
      TableName,
      IndexName: BY_HOUR.name,
      KeyConditionExpression: '#hour = :hour',
      ...filter,
      ExpressionAttributeNames: { '#hour': BY_HOUR.partitionKey, ...filter.ExpressionAttributeNames },
      ExpressionAttributeValues: { ':hour': { S: key }, ...filter.ExpressionAttributeValues },
      ExclusiveStartKey: from,
    });
    const { Items = [], LastEvaluatedKey } = await asked(() => client.send(query));
    events.push(...Items.map(asEvent));
    // A wave is millions of events: no more of them is held than may be told.
    if (events.length > 2 * wanted.limit + PAGE)
      events.splice(0, events.length, ...newest(events, wanted).slice(0, wanted.limit));
    from = LastEvaluatedKey;
  } while (from);
  return events;
}

/** What DynamoDB need not send. */
function only({ type, source, requestId }: Wanted) {
  const conditions = Object.entries({ type, source, requestId }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
  if (conditions.length === 0) return {};
  return {
    FilterExpression: conditions.map(([name]) => `#${name} = :${name}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(conditions.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(conditions.map(([name, value]) => [`:${name}`, { S: value }])),
  };
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
