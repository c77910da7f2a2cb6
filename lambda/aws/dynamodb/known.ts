import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EVENTS } from '../../contract/tables.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import { type EventKey, eventKey } from '../../domain/event/record.ts';
import { jitter } from '../effort.ts';

/** Keys to one BatchGetItem. */
const BATCH = 100;
const TRIES = 8;

/** The events table, and how it is asked: a consistent read costs half a read unit more. */
export interface EventsTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly consistent: boolean;
}

/** Which of these events are recorded, as positions. @throws CannotKnow where the table is too busy */
export async function recordedIn(
  events: EventsTable,
  wanted: readonly NormalisedEvent[],
): Promise<ReadonlySet<number>> {
  const keys = wanted.map(eventKey);
  const found = new Set<string>();
  const unique = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  for (let at = 0; at < unique.length; at += BATCH)
    for (const key of await present(events, unique.slice(at, at + BATCH))) found.add(key);
  return new Set(keys.flatMap((key, at) => (found.has(nameOf(key)) ? [at] : [])));
}

const nameOf = ({ recipient, eventKey: sort }: EventKey): string => `${recipient}\n${sort}`;

async function present({ client, table, consistent }: EventsTable, keys: readonly EventKey[]): Promise<string[]> {
  let left = keys.map(({ recipient, eventKey: sort }) => ({
    [EVENTS.partitionKey]: { S: recipient },
    [EVENTS.sortKey]: { S: sort },
  }));
  const found: string[] = [];
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === TRIES) throw new CannotKnow('The events table is too busy to be asked.');
    if (tries > 0) await pause(25 * 2 ** tries + jitter(tries));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [table]: {
            Keys: left,
            ConsistentRead: consistent,
            ProjectionExpression: '#r, #k',
            ExpressionAttributeNames: { '#r': EVENTS.partitionKey, '#k': EVENTS.sortKey },
          },
        },
      }),
    );
    for (const item of Responses?.[table] ?? [])
      found.push(nameOf({ recipient: item[EVENTS.partitionKey]?.S ?? '', eventKey: item[EVENTS.sortKey]?.S ?? '' }));
    left = (UnprocessedKeys?.[table]?.Keys ?? []) as typeof left;
  }
  return found;
}
