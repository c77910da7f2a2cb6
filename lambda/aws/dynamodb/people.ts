import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EVENTS, SUPPRESSION } from '../../contract/tables.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { LISTED_BY_HOUR } from '../../domain/event/record.ts';
import { jitter } from '../effort.ts';

const BATCH = 100;
const TRIES = 8;

/** Which of these people have an entry on the suppression list, whatever it says now. @param people addresses in normal form */
export async function listedIn(
  client: DynamoDBClient,
  table: string,
  people: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < people.length; at += BATCH) {
    let left = people.slice(at, at + BATCH).map((person) => ({ [SUPPRESSION.partitionKey]: { S: person } }));
    for (let tries = 0; left.length > 0; tries++) {
      if (tries === TRIES) throw new CannotKnow('The suppression table is too busy to be asked.');
      if (tries > 0) await pause(25 * 2 ** tries + jitter(tries));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [table]: {
              Keys: left,
              ProjectionExpression: '#r',
              ExpressionAttributeNames: { '#r': SUPPRESSION.partitionKey },
            },
          },
        }),
      );
      for (const item of Responses?.[table] ?? []) found.add(item[SUPPRESSION.partitionKey]?.S ?? '');
      left = (UnprocessedKeys?.[table]?.Keys ?? []) as typeof left;
    }
  }
  return found;
}

/** Kinds of events that put somebody on a list, or are of somebody who is on one. */
const TELLING = Object.entries(LISTED_BY_HOUR).flatMap(([type, telling]) => (telling ? [type] : []));

/** Whether anything that puts a person on a list was recorded of this one, by whatever source, between two times (epoch milliseconds). */
export async function heardOf(
  client: DynamoDBClient,
  table: string,
  person: string,
  from: number,
  to: number,
): Promise<boolean> {
  let next: Record<string, never> | undefined;
  do {
    const { Count = 0, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#r = :r AND #k BETWEEN :from AND :to',
        FilterExpression: `#t IN (${TELLING.map((_type, at) => `:t${at}`).join(', ')})`,
        ExpressionAttributeNames: { '#r': EVENTS.partitionKey, '#k': EVENTS.sortKey, '#t': 'type' },
        ExpressionAttributeValues: {
          ':r': { S: person },
          ':from': { S: new Date(from).toISOString() },
          ':to': { S: `${new Date(to).toISOString()}~` },
          ...Object.fromEntries(TELLING.map((type, at) => [`:t${at}`, { S: type }])),
        },
        Select: 'COUNT',
        ...(next && { ExclusiveStartKey: next }),
      }),
    );
    if (Count > 0) return true;
    next = LastEvaluatedKey as typeof next;
  } while (next);
  return false;
}
