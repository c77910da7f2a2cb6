import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { retried } from '../../../lambda/aws/effort.ts';
import { chunks, inParallel } from '../../../lambda/domain/batches.ts';
import { CannotKnow } from '../cli/errors.ts';

type Item = Record<string, AttributeValue>;
type Write = { readonly PutRequest: { readonly Item: Item } } | { readonly DeleteRequest: { readonly Key: Item } };

const BATCH = 25;
const AT_ONCE = 8;
const PATIENCE_MS = 10_000;

/** Puts and deletes many items; all of it is done when this resolves. Done again it changes nothing. */
export async function writeAll(client: DynamoDBClient, table: string, requests: readonly Write[]): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  await inParallel(chunks(requests, BATCH), AT_ONCE, async (chunk) => {
    const left = await retried(chunk, deadline, async (open) => {
      const request = new BatchWriteItemCommand({ RequestItems: { [table]: [...open] } });
      return ((await client.send(request)).UnprocessedItems?.[table] ?? []) as Write[];
    });
    if (left.length > 0) throw new CannotKnow('The events table is too busy to keep the audit. Run the command again.');
  });
}
