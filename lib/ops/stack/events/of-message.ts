import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EVENT_FIELDS } from '../../../../lambda/contract/event/fields.ts';
import { BY_MESSAGE, bySearchKey, EVENTS, REQUEST_KEY } from '../../../../lambda/contract/tables.ts';
import { withBursts } from '../../../../lambda/domain/machines/bursts.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';
import { asEvent, type StoredEvent } from './stored.ts';

type Item = Record<string, AttributeValue>;

const MAX_KEYS = 100;
const NO_MESSAGES = 'by message: set "byMessageIndex" to true and deploy (docs/settings.md has its price)';

/** Every event of one mail, in order of time. @throws CannotKnow where the table has no index by message. */
export const readMessageEvents = (target: Target, messageId: string): Promise<readonly StoredEvent[]> =>
  readIndexed(
    target,
    BY_MESSAGE,
    idsOf(messageId).map((id) => asStored(id, EVENT_FIELDS.messageId.most)),
    NO_MESSAGES,
  );

/** Whether any event of this mail is kept. @throws CannotKnow where the table has no index by message. */
export async function hasMessage(target: Target, messageId: string): Promise<boolean> {
  const client = await target.clients.dynamodb();
  const ids = idsOf(messageId).map((id) => asStored(id, EVENT_FIELDS.messageId.most));
  const answers = await Promise.all(
    ids.map((id) => query(client, target.names.tables.events, BY_MESSAGE, id, NO_MESSAGES, 1)),
  );
  return answers.some(({ Items = [] }) => Items.length > 0);
}

/** Every event with this value of a search key of the settings, in order of time. @throws CannotKnow where the table has no such index. */
export const readEventsBy = (target: Target, key: string, value: string): Promise<readonly StoredEvent[]> =>
  readIndexed(
    target,
    bySearchKey(key === REQUEST_KEY ? key : key.toLowerCase()),
    [asStored(value, EVENT_FIELDS.metadata.mostEach)],
    `by ${key}: name it in "searchKeys" and deploy (docs/settings.md has the price)`,
  );

/** A mail's header names it as `<id@host>`; some ESPs call it the same, some without the brackets, some by what stands before the host. */
function idsOf(id: string): string[] {
  const bare = /^<(.+)>$/.exec(id.trim())?.[1];
  return bare === undefined ? [id] : [...new Set([id.trim(), bare, bare.slice(0, bare.lastIndexOf('@')) || bare])];
}

/** What is longer is stored cut, and found by what is left of it. */
const asStored = (value: string, most: number): string => value.slice(0, most).toWellFormed();

interface Index {
  readonly name: string;
  readonly partitionKey: string;
}

async function readIndexed(
  target: Target,
  index: Index,
  values: readonly string[],
  missing: string,
): Promise<readonly StoredEvent[]> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  const keys = (await Promise.all(values.map((value) => keysOf(client, table, index, value, missing)))).flat();
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

async function keysOf(
  client: DynamoDBClient,
  table: string,
  index: Index,
  value: string,
  missing: string,
): Promise<Item[]> {
  const keys: Item[] = [];
  let from: Item | undefined;
  do {
    const answer = await query(client, table, index, value, missing, undefined, from);
    for (const item of answer.Items ?? [])
      keys.push({
        [EVENTS.partitionKey]: item[EVENTS.partitionKey] as AttributeValue,
        [EVENTS.sortKey]: item[EVENTS.sortKey] as AttributeValue,
      });
    from = answer.LastEvaluatedKey;
  } while (from);
  return keys;
}

async function query(
  client: DynamoDBClient,
  table: string,
  { name, partitionKey }: Index,
  value: string,
  missing: string,
  limit?: number,
  from?: Item,
) {
  try {
    return await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: name,
        KeyConditionExpression: '#key = :value',
        ExpressionAttributeNames: { '#key': partitionKey },
        ExpressionAttributeValues: { ':value': { S: value } },
        Limit: limit,
        ExclusiveStartKey: from,
      }),
    );
  } catch (error) {
    // Rights are those of the indexes that the settings name: of any other one it is only said that it is forbidden.
    const unknown =
      error instanceof Error &&
      (error.name === 'ValidationException' || error.name === 'AccessDeniedException') &&
      /index/i.test(error.message);
    if (unknown) throw new CannotKnow(`The events table has no index ${missing}.`);
    throw error;
  }
}
