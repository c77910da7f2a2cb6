import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EVENTS, SUPPRESSION } from '../../contract/tables.ts';
import type { EpochMs } from '../../contract/units.ts';
import { LISTED_BY_HOUR } from '../../domain/event/record.ts';
import { presentKeys } from './read-keys.ts';

/** Which of these people have an entry on the suppression list, whatever it says now. @param people addresses in normal form */
export async function listedIn(
  client: DynamoDBClient,
  table: string,
  people: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const keys = people.map((person) => ({ [SUPPRESSION.partitionKey]: { S: person } }));
  const listed = await presentKeys(client, table, keys, false, signal);
  return new Set(listed.map((key) => key[SUPPRESSION.partitionKey]?.S ?? ''));
}

/** Kinds of events that put somebody on a list, or are of somebody who is on one. */
const TELLING = Object.entries(LISTED_BY_HOUR).flatMap(([type, telling]) => (telling ? [type] : []));

/** Whether anything that puts a person on a list was recorded of this one, by whatever source, between two times (epoch milliseconds). */
export async function heardOf(
  client: DynamoDBClient,
  table: string,
  person: string,
  from: EpochMs,
  to: EpochMs,
  signal: AbortSignal,
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
      { abortSignal: signal },
    );
    if (Count > 0) return true;
    next = LastEvaluatedKey as typeof next;
  } while (next);
  return false;
}
