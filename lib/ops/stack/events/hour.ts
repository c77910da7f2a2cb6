import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { EventType } from '../../../../lambda/contract/event/types.ts';
import { BY_HOUR, EVENTS, HOUR_SHARDS, hourKey } from '../../../../lambda/contract/tables.ts';
import { eventKey } from '../../../../lambda/domain/event/record.ts';
import { CannotKnow } from '../../cli/errors.ts';
import { asEvent, type StoredEvent } from './stored.ts';

/** What DynamoDB need not send otherwise. */
export interface Filter {
  readonly type?: EventType | undefined;
  readonly source?: string | undefined;
  readonly requestId?: string | undefined;
}

/** How many events may still be read, and who hears of it. Shared by what is read side by side. */
interface Allowance {
  left: number;
  readonly read: (events: number) => void;
}

interface HourRead {
  readonly events: readonly StoredEvent[];
  /** Sort key of the index from which on the hour was read; '' = whole. */
  readonly readTo: string;
}

export const HOUR = 3_600_000;
/** Events of one answer: small enough that many read side by side do not take much more than is allowed. */
const PAGE = 500;
/** What an answer without events counts as: quiet hours cost time too. */
const EMPTY = 4;

/**
 * What arrived in an hour, the latest by its own time first, for as long as it is allowed: every event from `readTo` on, in no order.
 * @param hour whole hours since the epoch
 * @param below only what lies below this sort key; '' = all
 */
export async function readHour(
  client: DynamoDBClient,
  table: string,
  hour: number,
  filter: Filter,
  below: string,
  allowance: Allowance,
): Promise<HourRead> {
  const shards = await Promise.all(
    Array.from({ length: HOUR_SHARDS }, (_, shard) =>
      readShard(client, table, hourKey(new Date(hour * HOUR).toISOString(), shard), filter, below, allowance),
    ),
  );
  const [readTo = ''] = shards
    .map((shard) => shard.readTo)
    .sort()
    .reverse();
  const events = shards.flatMap((shard) => shard.events);
  return { events: readTo === '' ? events : events.filter((event) => eventKey(event).eventKey >= readTo), readTo };
}

async function readShard(
  client: DynamoDBClient,
  TableName: string,
  key: string,
  filter: Filter,
  below: string,
  allowance: Allowance,
): Promise<HourRead> {
  const events: StoredEvent[] = [];
  const only = filterOf(filter);
  let from: Record<string, AttributeValue> | undefined;
  do {
    const query = new QueryCommand({
      TableName,
      IndexName: BY_HOUR.name,
      KeyConditionExpression: `#hour = :hour${below === '' ? '' : ' AND #key < :below'}`,
      ...only,
      ExpressionAttributeNames: {
        '#hour': BY_HOUR.partitionKey,
        ...(below !== '' && { '#key': EVENTS.sortKey }),
        ...only.ExpressionAttributeNames,
      },
      ExpressionAttributeValues: {
        ':hour': { S: key },
        ...(below !== '' && { ':below': { S: below } }),
        ...only.ExpressionAttributeValues,
      },
      ScanIndexForward: false,
      Limit: PAGE,
      ExclusiveStartKey: from,
    });
    const { Items = [], ScannedCount = Items.length, LastEvaluatedKey } = await asked(() => client.send(query));
    events.push(...Items.map(asEvent));
    allowance.left -= Math.max(ScannedCount, EMPTY);
    allowance.read(ScannedCount);
    from = LastEvaluatedKey;
  } while (from && allowance.left > 0);
  return { events, readTo: from?.[EVENTS.sortKey]?.S ?? '' };
}

/** The same of a scan and of a query. */
export function filterOf(
  filter: Filter,
): Pick<ScanCommandInput, 'FilterExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
  const { type, source, requestId } = filter;
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

export async function asked<T>(ask: () => Promise<T>): Promise<T> {
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
