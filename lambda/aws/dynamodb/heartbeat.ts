import { DeleteItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { EventKey } from '../../domain/event/record.ts';

/**
 * Whether the event stands in the events table. What was found is taken away again: whoever reads or exports the table meets no
 * heartbeat. One that came too late to be found leaves with its retention.
 */
export async function takeTrace(client: DynamoDBClient, TableName: string, key: EventKey): Promise<boolean> {
  const Key = marshall(key);
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (!Item) return false;
  await client.send(new DeleteItemCommand({ TableName, Key }));
  return true;
}
