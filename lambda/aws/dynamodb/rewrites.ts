import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '../../contract/units.ts';
import { chunks } from '../../domain/batches.ts';
import { attempt, retried } from '../effort.ts';
import { noteFailure, type Outcome } from './statements.ts';

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
    for (const [at, chunk] of chunks(left, BATCH).entries()) {
      // Checked before each request: with a table that hangs one round of many could outlast the function.
      if (at > 0 && Date.now() > deadline) break;
      for (const [item, outcome] of await attempt(deadline, (signal) => put(client, table, chunk, signal)))
        outcomes.set(item, outcome);
    }
    return left.filter((item) => outcomes.get(item) === 'failed');
  });
  return items.map((item) => outcomes.get(item) ?? 'failed');
}

/** Returns how the items ended of which that is known. Those that were not taken come back without saying which: they are told by their keys. */
async function put(
  client: DynamoDBClient,
  table: string,
  items: readonly Item[],
  abortSignal: AbortSignal,
): Promise<(readonly [Item, Outcome])[]> {
  try {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: items.map((Item) => ({ PutRequest: { Item } })) } }),
      { abortSignal },
    );
    const unwritten = new Set((UnprocessedItems[table] ?? []).map(({ PutRequest }) => keyOf(PutRequest?.Item ?? {})));
    return items.filter((item) => !unwritten.has(keyOf(item))).map((item) => [item, 'done']);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationException') {
      noteFailure(error);
      return [];
    }
    const [first] = items;
    if (items.length === 1 && first) return [[first, 'invalid']];
    // One bad item refuses the whole request: alone it is told from its neighbours.
    return (await Promise.all(items.map((item) => put(client, table, [item], abortSignal)))).flat();
  }
}

const keyOf = ({ recipient, eventKey }: Item): string => JSON.stringify([recipient?.S, eventKey?.S]);
