import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { EVENTS } from '../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event.ts';
import { recordedEvent } from '../../../lambda/domain/record.ts';
import type { Target } from '../target/target.ts';

/** An event as the table keeps it: what its keys say is put back. */
export type StoredEvent = NormalisedEvent & { readonly expiresAt?: number };

/** The newest events of one person (address in normal form), newest last. */
export async function readEvents(target: Target, address: string, limit: number): Promise<StoredEvent[]> {
  const client = await target.clients.dynamodb();
  const events: StoredEvent[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: target.names.tables.events,
        KeyConditionExpression: '#recipient = :recipient',
        ExpressionAttributeNames: { '#recipient': EVENTS.partitionKey },
        ExpressionAttributeValues: { ':recipient': { S: address } },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit - events.length,
        ExclusiveStartKey: from,
      }),
    );
    events.push(...(answer.Items ?? []).map(asEvent));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined && events.length < limit);
  return events.reverse();
}

export function asEvent(item: Record<string, AttributeValue>): StoredEvent {
  const record = unmarshall(item);
  return { ...recordedEvent(record), expiresAt: Number(record[EVENTS.expiry]) };
}
