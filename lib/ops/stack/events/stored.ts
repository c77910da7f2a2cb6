import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { EventStore } from '../../../../lambda/aws/dynamodb/events.ts';
import { EVENTS } from '../../../../lambda/contract/tables.ts';
import type { Address, EpochSeconds } from '../../../../lambda/contract/units.ts';
import type { EventType, NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { recordedEvent } from '../../../../lambda/domain/event/record.ts';
import { withBursts } from '../../../../lambda/domain/machines/bursts.ts';
import type { Target } from '../../target/target.ts';

/** An event as the table keeps it: what its keys say is put back. */
export type StoredEvent = NormalisedEvent & { readonly expiresAt?: EpochSeconds };

/** The newest events of one person, newest last; clicks that came in a burst are marked, whichever batches brought them. */
export async function readEvents(target: Target, address: Address, limit: number): Promise<readonly StoredEvent[]> {
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
  return withBursts(events.reverse());
}

/** Every recorded event of one person of these types that has a time, as `process` reads them. */
export async function readHistory(
  target: Target,
  address: string,
  types: readonly EventType[],
): Promise<NormalisedEvent[]> {
  const store = new EventStore(await target.clients.dynamodb(), target.names.tables.events, 0);
  return store.history(address, types, AbortSignal.timeout(HISTORY_MS));
}

const HISTORY_MS = 30_000;

export function asEvent(item: Record<string, AttributeValue>): StoredEvent {
  const record = unmarshall(item);
  return { ...recordedEvent(record), expiresAt: Number(record[EVENTS.expiry]) };
}
