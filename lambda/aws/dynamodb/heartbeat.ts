import { DeleteItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { EventKey } from '../../domain/event/record.ts';

/**
 * Whether the event stands in the events table. What was found is taken away again: whoever reads or exports the table meets no
 * heartbeat. One that came too late to be found leaves with its retention.
 */
export async function takeTrace(
  client: DynamoDBClient,
  TableName: string,
  key: EventKey,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const Key = marshall(key);
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { abortSignal });
  if (!Item) return false;
  // Found is found: whoever looked again because no answer came would find nothing, and call the heartbeat lost.
  await client.send(new DeleteItemCommand({ TableName, Key }), { abortSignal }).catch(() => undefined);
  return true;
}
