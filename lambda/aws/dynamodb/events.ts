import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { EVENTS } from '../../contract/tables.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { EventType, NormalisedEvent } from '../../domain/event/event.ts';
import { type EventRecord, eventKey, eventRecord, expiresAt, recordedEvent } from '../../domain/event/record.ts';
import { toItem } from './item.ts';
import { writeOver } from './rewrites.ts';
import { type Outcome, runStatements, type Statement } from './statements.ts';

/** What became of one event: stored now, stored before, never storable, or not stored this time. */
export type Recorded = 'new' | 'seen' | 'poison' | 'failed';

/** How to store an event that comes from a replay. Live events use {}. */
export interface RecordMode {
  /** Do not publish the change on the event bus. */
  readonly quiet?: boolean;
  /** Overwrite the stored record instead of skipping a known event. */
  readonly rewrite?: boolean;
}

const RECORDED: Readonly<Record<Outcome, Recorded>> = {
  done: 'new',
  refused: 'seen',
  invalid: 'poison',
  failed: 'failed',
};

export class EventStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #retentionDays: number;
  readonly #customKeys: readonly string[];

  /** @param customKeys keys of custom data, in lower case, by whose values events are to be found */
  constructor(client: DynamoDBClient, table: string, retentionDays: number, customKeys: readonly string[] = []) {
    this.#client = client;
    this.#customKeys = customKeys;
    this.#table = table;
    this.#retentionDays = retentionDays;
  }

  /**
   * Stores each event once, with one conditional insert each. Repetitions within the list are `seen`; an event whose retention has
   * passed is `new` without being written, so that its effects are still applied.
   */
  async record(
    events: readonly NormalisedEvent[],
    deadline: EpochMs,
    modeOf: (index: number) => RecordMode = () => ({}),
  ): Promise<Recorded[]> {
    const now = Date.now() / 1000;
    const keys = events.map(nameOf);
    const first = new Map<string, number>();
    const once: number[] = [];
    const anew: number[] = [];
    for (const [index, event] of events.entries()) {
      const key = keys[index] as string;
      if (first.has(key)) continue;
      first.set(key, index);
      if (expiresAt(event, this.#retentionDays) > now) (modeOf(index).rewrite ? anew : once).push(index);
    }
    const record = (index: number) => this.#record(events[index] as NormalisedEvent, modeOf(index));
    const statements = once.map((index) => insertStatement(this.#table, record(index)));
    const items = anew.map((index) => toItem(record(index)));
    // Side by side: what is throttled of the one must not use up the time of the other.
    const outcomes = await Promise.all([
      runStatements(this.#client, statements, deadline),
      items.length > 0 ? writeOver(this.#client, this.#table, items, deadline) : [],
    ]);
    const ended = outcomes.flat();
    const written = new Map([...once, ...anew].map((index, at) => [index, RECORDED[ended[at] ?? 'failed']]));
    return keys.map((key, index) => {
      const original = first.get(key) ?? index;
      const recorded = written.get(original) ?? 'new';
      return original !== index && recorded === 'new' ? 'seen' : recorded;
    });
  }

  /**
   * Every recorded event of a recipient of these types, in order of time; those without a time have none and are left out. Read
   * consistently, so that two processors that have each just recorded one of the last two soft bounces see each other's.
   */
  async history(recipient: string, types: readonly EventType[], abortSignal: AbortSignal): Promise<NormalisedEvent[]> {
    const names = types.map((_type, at) => `:type${at}`);
    const query: QueryCommandInput = {
      TableName: this.#table,
      KeyConditionExpression: '#recipient = :recipient AND #key >= :timed',
      FilterExpression: `#type IN (${names.join(', ')})`,
      ExpressionAttributeNames: { '#recipient': EVENTS.partitionKey, '#key': EVENTS.sortKey, '#type': 'type' },
      ExpressionAttributeValues: {
        ':recipient': { S: recipient },
        ':timed': { S: '0' },
        ...Object.fromEntries(types.map((type, at) => [`:type${at}`, { S: type }])),
      },
      ConsistentRead: true,
    };
    const found: NormalisedEvent[] = [];
    let from: QueryCommandInput['ExclusiveStartKey'];
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({ ...query, ExclusiveStartKey: from }),
        { abortSignal },
      );
      found.push(...Items.map((item) => recordedEvent(unmarshall(item))));
      from = LastEvaluatedKey;
    } while (from !== undefined);
    return found;
  }

  /** When a recorded event arrived for the first time, ISO 8601; undefined where it is not recorded. */
  async firstArrival(event: NormalisedEvent, abortSignal: AbortSignal): Promise<string | undefined> {
    const { recipient, eventKey: sort } = eventKey(event);
    // A query, because the function may do no GetItem here, and needs no other right for this.
    const { Items } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: '#recipient = :recipient AND #key = :key',
        ExpressionAttributeNames: { '#recipient': EVENTS.partitionKey, '#key': EVENTS.sortKey },
        ExpressionAttributeValues: { ':recipient': { S: recipient }, ':key': { S: sort } },
        ConsistentRead: true,
      }),
      { abortSignal },
    );
    return Items?.[0]?.receivedAt?.S;
  }

  #record(event: NormalisedEvent, { quiet = false }: RecordMode): EventRecord {
    return eventRecord(event, this.#retentionDays, quiet, this.#customKeys);
  }
}

/** The same for two events where they have one key. */
function nameOf(event: NormalisedEvent): string {
  const { recipient, eventKey: sort } = eventKey(event);
  return `${recipient}\n${sort}`;
}

/** Inserts one item, and only where its key is new. */
export function insertStatement(table: string, value: object): Statement {
  const item = toItem(value);
  const partition = item[EVENTS.partitionKey]?.S;
  return {
    text: insertText(table, Object.keys(item)),
    parameters: Object.values(item),
    ...(partition !== undefined && { partition }),
  };
}

/** PartiQL for one item; names are ours (attribute names of the event), never the payload's. */
export const insertText = (table: string, names: readonly string[]): string =>
  `INSERT INTO "${table}" VALUE {'${names.join("':?,'")}':?}`;
