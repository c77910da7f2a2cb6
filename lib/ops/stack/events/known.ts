import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { EVENTS } from '../../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { eventKey } from '../../../../lambda/domain/event/record.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';

/** Keys to one BatchGetItem. */
const BATCH = 100;
const TRIES = 8;

/** Which of these events are recorded, read consistently, as positions: half a read unit each. */
export async function recordedOf(target: Target, events: readonly NormalisedEvent[]): Promise<ReadonlySet<number>> {
  const keys = events.map(eventKey);
  const found = new Set<string>();
  const unique = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  for (let at = 0; at < unique.length; at += BATCH)
    for (const key of await present(target, unique.slice(at, at + BATCH))) found.add(key);
  return new Set(keys.flatMap((key, at) => (found.has(nameOf(key)) ? [at] : [])));
}

type Key = ReturnType<typeof eventKey>;
const nameOf = ({ recipient, eventKey: sort }: Key): string => `${recipient}\n${sort}`;

async function present(target: Target, keys: readonly Key[]): Promise<string[]> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  let left = keys.map(({ recipient, eventKey: sort }) => ({
    [EVENTS.partitionKey]: { S: recipient },
    [EVENTS.sortKey]: { S: sort },
  }));
  const found: string[] = [];
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === TRIES) throw new CannotKnow('The events table is too busy to be asked. Run the command again.');
    if (tries > 0) await pause(50 * 2 ** tries * (0.5 + Math.random() / 2));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [table]: {
            Keys: left,
            ConsistentRead: true,
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
