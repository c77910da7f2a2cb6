import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '../../contract/units.ts';
import { chunks } from '../../domain/batches.ts';
import { attempt, retried } from '../effort.ts';
import type { Outcome } from './statements.ts';

const BATCH = 25;

type Item = Record<string, AttributeValue>;

/** Writes items over whatever stands under their keys, which must differ. What is throttled is tried again until `deadline`. */
export async function writeOver(
  client: DynamoDBClient,
  table: string,
  items: readonly Item[],
  deadline: EpochMs,
): Promise<Outcome[]> {
  const outcomes = new Map<Item, Outcome>(items.map((item) => [item, 'failed']));
  await retried(items, deadline, async (left) => {
    for (const chunk of chunks(left, BATCH))
      for (const item of await attempt(deadline, (signal) => put(client, table, chunk, signal)))
        outcomes.set(item, 'done');
    return left.filter((item) => outcomes.get(item) === 'failed');
  });
  return items.map((item) => outcomes.get(item) ?? 'failed');
}

/** Returns the items that were taken. Those that were not come back without saying which: they are told by their keys. */
async function put(
  client: DynamoDBClient,
  table: string,
  items: readonly Item[],
  abortSignal: AbortSignal,
): Promise<Item[]> {
  try {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: items.map((Item) => ({ PutRequest: { Item } })) } }),
      { abortSignal },
    );
    const unwritten = new Set((UnprocessedItems[table] ?? []).map(({ PutRequest }) => keyOf(PutRequest?.Item ?? {})));
    return items.filter((item) => !unwritten.has(keyOf(item)));
  } catch {
    return [];
  }
}

const keyOf = ({ recipient, eventKey }: Item): string => JSON.stringify([recipient?.S, eventKey?.S]);
