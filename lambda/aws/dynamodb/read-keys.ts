import { setTimeout as pause } from 'node:timers/promises';
import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chunks } from '../../domain/batches.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { jitter } from '../effort.ts';

/** Keys to one BatchGetItem. */
const BATCH = 100;
const TRIES = 8;

type Key = Readonly<Record<string, AttributeValue>>;

/**
 * Which of these keys have an item, as the keys of those that do: nothing else of an item travels.
 * @param keys each once, all with the same attributes
 * @param consistent asked of the newest state, for half a read unit more
 * @param signal ends what is under way
 * @throws CannotKnow where the table stays too busy
 */
export async function presentKeys(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
  consistent: boolean,
  signal?: AbortSignal,
): Promise<Key[]> {
  const names = Object.fromEntries(Object.keys(keys[0] ?? {}).map((name, at) => [`#k${at}`, name]));
  const asked = {
    ConsistentRead: consistent,
    ProjectionExpression: Object.keys(names).join(', '),
    ExpressionAttributeNames: names,
  };
  const found: Key[] = [];
  for (const chunk of chunks(keys, BATCH)) {
    let left: Key[] = chunk;
    for (let tries = 0; left.length > 0; tries++) {
      if (tries === TRIES) throw new CannotKnow('The table is too busy to be asked.');
      if (tries > 0) await pause(25 * 2 ** tries + jitter(tries));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { ...asked, Keys: left } } }),
        { ...(signal && { abortSignal: signal }) },
      );
      found.push(...(Responses?.[table] ?? []));
      left = UnprocessedKeys?.[table]?.Keys ?? [];
    }
  }
  return found;
}
