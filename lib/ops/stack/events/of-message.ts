import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { BY_MESSAGE, EVENTS } from '../../../../lambda/contract/tables.ts';
import { withBursts } from '../../../../lambda/domain/machines/bursts.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';
import { asEvent, type StoredEvent } from './stored.ts';

type Item = Record<string, AttributeValue>;

const MAX_KEYS = 100;

/** Every event of one mail, in order of time. @throws CannotKnow where the table has no index by message. */
export async function readMessageEvents(target: Target, messageId: string): Promise<StoredEvent[]> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  const keys = await keysOf(client, table, messageId);
  const events: StoredEvent[] = [];
  for (let at = 0; at < keys.length; at += MAX_KEYS) {
    let left = keys.slice(at, at + MAX_KEYS);
    while (left.length > 0) {
      const answer = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
      );
      events.push(...(answer.Responses?.[table] ?? []).map(asEvent));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
  }
  const time = ({ occurredAt, receivedAt }: StoredEvent): string => occurredAt ?? receivedAt;
  return withBursts(events).toSorted((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
}

async function keysOf(client: DynamoDBClient, table: string, messageId: string): Promise<Item[]> {
  const keys: Item[] = [];
  let from: Item | undefined;
  do {
    const answer = await query(client, table, messageId, from);
    for (const item of answer.Items ?? [])
      keys.push({
        [EVENTS.partitionKey]: item[EVENTS.partitionKey] as AttributeValue,
        [EVENTS.sortKey]: item[EVENTS.sortKey] as AttributeValue,
      });
    from = answer.LastEvaluatedKey;
  } while (from);
  return keys;
}

async function query(client: DynamoDBClient, table: string, messageId: string, from: Item | undefined) {
  try {
    return await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: BY_MESSAGE.name,
        KeyConditionExpression: `${BY_MESSAGE.partitionKey} = :id`,
        ExpressionAttributeValues: { ':id': { S: messageId } },
        ExclusiveStartKey: from,
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException' && /index/i.test(error.message))
      throw new CannotKnow(
        'The events table has no index by message: set "byMessageIndex" to true and deploy (docs/settings.md has its price).',
      );
    throw error;
  }
}
