import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EVENTS } from '../../contract/tables.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import { type EventKey, eventKey } from '../../domain/event/record.ts';
import { presentKeys } from './read-keys.ts';

/** The events table, and how it is asked: a consistent read costs half a read unit more. */
interface EventsTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly consistent: boolean;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

/** Which of these events are recorded, as positions. @throws CannotKnow where the table is too busy */
export async function recordedIn(
  events: EventsTable,
  wanted: readonly NormalisedEvent[],
): Promise<ReadonlySet<number>> {
  const keys = wanted.map(eventKey);
  const unique = [...new Map(keys.map((key) => [nameOf(key), key])).values()].map((key) => ({
    [EVENTS.partitionKey]: { S: key.recipient },
    [EVENTS.sortKey]: { S: key.eventKey },
  }));
  const { client, table, consistent, signal } = events;
  const found = new Set(
    (await presentKeys(client, table, unique, consistent, signal)).map((key) =>
      nameOf({ recipient: key[EVENTS.partitionKey]?.S ?? '', eventKey: key[EVENTS.sortKey]?.S ?? '' }),
    ),
  );
  return new Set(keys.flatMap((key, at) => (found.has(nameOf(key)) ? [at] : [])));
}

const nameOf = ({ recipient, eventKey: sort }: EventKey): string => `${recipient}\n${sort}`;
