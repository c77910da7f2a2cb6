import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { EventType } from '../../../../lambda/contract/event/types.ts';
import { BY_HOUR, HOUR_SHARDS, hourKey } from '../../../../lambda/contract/tables.ts';
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

/** Hours read side by side: one, then more and more, for a quiet stack has many empty ones. */
const MOST_HOURS = 8;

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
  for (let many = 1; hour >= first && found.length < wanted.limit; many = Math.min(2 * many, MOST_HOURS)) {
    const hours = Array.from({ length: Math.min(many, hour - first + 1) }, (_, back) => hour - back);
    const read = await Promise.all(hours.map((one) => readHour(client, target.names.tables.events, one)));
    const events = read.flat().filter((event) => isWanted(event, wanted));
    found.push(...events.sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : a.receivedAt < b.receivedAt ? 1 : 0)));
    hour -= hours.length;
  }
  return found.slice(0, wanted.limit);
}

async function readHour(client: DynamoDBClient, table: string, hour: number): Promise<StoredEvent[]> {
  const shards = Array.from({ length: HOUR_SHARDS }, (_, shard) =>
    readShard(client, table, hourKey(new Date(hour * HOUR).toISOString(), shard)),
  );
  return (await Promise.all(shards)).flat();
}

const isWanted = ({ type, source, receivedAt }: StoredEvent, wanted: Wanted): boolean => {
  const at = Date.parse(receivedAt);
  return (
    (wanted.type === undefined || type === wanted.type) &&
    (wanted.source === undefined || source === wanted.source) &&
    at >= wanted.since &&
    at < (wanted.before ?? Number.POSITIVE_INFINITY)
  );
};

async function readShard(client: DynamoDBClient, TableName: string, key: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await query(client, TableName, key, from);
    events.push(...Items.map(asEvent));
    from = LastEvaluatedKey;
  } while (from);
  return events;
}

async function query(
  client: DynamoDBClient,
  TableName: string,
  key: string,
  from: Record<string, AttributeValue> | undefined,
) {
  try {
    return await client.send(
      new QueryCommand({
        TableName,
        IndexName: BY_HOUR.name,
        KeyConditionExpression: '#hour = :hour',
        ExpressionAttributeNames: { '#hour': BY_HOUR.partitionKey },
        ExpressionAttributeValues: { ':hour': { S: key } },
        ExclusiveStartKey: from,
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException' && /index/i.test(error.message))
      throw new CannotKnow(
        'The events table has no index by hour: leave "byHourIndex" on and deploy; an attached table needs it too (docs/settings.md).',
      );
    throw error;
  }
}
