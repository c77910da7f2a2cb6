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

/**
 * What went wrong or was changed by hand lately, the newest arrival first: bounced, dropped, complained, unsubscribed, resubscribed, and
 * operators' acts. Reads hour by hour until it has enough.
 * @throws CannotKnow where the table has no such index
 */
export async function readRecentEvents(target: Target, wanted: Wanted, now: number): Promise<StoredEvent[]> {
  const client = await target.clients.dynamodb();
  const found: StoredEvent[] = [];
  for (let hour = Math.floor((wanted.before ?? now) / HOUR); hour >= Math.floor(wanted.since / HOUR); hour--) {
    const shards = Array.from({ length: HOUR_SHARDS }, (_, shard) =>
      readShard(client, target.names.tables.events, hourKey(new Date(hour * HOUR).toISOString(), shard)),
    );
    const events = (await Promise.all(shards)).flat().filter((event) => isWanted(event, wanted));
    found.push(...events.sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : a.receivedAt < b.receivedAt ? 1 : 0)));
    if (found.length >= wanted.limit) break;
  }
  return found.slice(0, wanted.limit);
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
