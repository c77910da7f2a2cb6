import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { EVENTS } from '../../contract/tables.ts';
import type { NormalisedEvent } from '../../domain/event.ts';
import { eventKey, eventRecord, expiresAt } from '../../domain/record.ts';
import type { PastEvent } from '../../domain/soft-bounces.ts';
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

/** Events of one recipient that a judgement looks at. */
const MAX_HISTORY = 1000;

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

  constructor(client: DynamoDBClient, table: string, retentionDays: number) {
    this.#client = client;
    this.#table = table;
    this.#retentionDays = retentionDays;
  }

  /**
   * Stores each event once, with one conditional insert each. Repetitions within the list are `seen`; an event whose retention has
   * passed is `new` without being written, so that its effects are still applied.
   */
  async record(
    events: readonly NormalisedEvent[],
    deadline: number,
    modeOf: (index: number) => RecordMode = () => ({}),
  ): Promise<Recorded[]> {
    const now = Date.now() / 1000;
    const first = new Map<string, number>();
    const toWrite: number[] = [];
    for (const [index, event] of events.entries()) {
      const { recipient, eventKey: sort } = eventKey(event);
      const key = `${recipient}\n${sort}`;
      if (first.has(key)) continue;
      first.set(key, index);
      if (expiresAt(event, this.#retentionDays) > now) toWrite.push(index);
    }
    const item = (index: number) => this.#item(events[index] as NormalisedEvent, modeOf(index));
    const [anew, once] = [
      toWrite.filter((index) => modeOf(index).rewrite),
      toWrite.filter((index) => !modeOf(index).rewrite),
    ];
    const outcomes = [
      ...(await runStatements(
        this.#client,
        once.map((index) => insertStatement(this.#table, item(index))),
        deadline,
      )),
      ...(anew.length > 0 ? await writeOver(this.#client, this.#table, anew.map(item), deadline) : []),
    ];
    const written = new Map([...once, ...anew].map((index, at) => [index, RECORDED[outcomes[at] ?? 'failed']]));
    return events.map((event, index) => {
      const { recipient, eventKey: sort } = eventKey(event);
      const original = first.get(`${recipient}\n${sort}`) ?? index;
      const recorded = written.get(original) ?? 'new';
      return original !== index && recorded === 'new' ? 'seen' : recorded;
    });
  }

  /**
   * What is recorded of a recipient between two event times (ISO 8601), newest first, at most 1,000 events: read consistently, so that
   * two processors that have each just recorded one of the last two soft bounces see each other's.
   */
  async history(
    recipient: string,
    { from, to }: { readonly from: string; readonly to: string },
    abortSignal: AbortSignal,
  ): Promise<PastEvent[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: '#recipient = :recipient AND #key BETWEEN :from AND :to',
        ProjectionExpression: '#key, #type, bounceClass, autoReply, messageId, #source, providerEvent',
        ExpressionAttributeNames: {
          '#recipient': EVENTS.partitionKey,
          '#key': EVENTS.sortKey,
          '#type': 'type',
          '#source': 'source',
        },
        ExpressionAttributeValues: { ':recipient': { S: recipient }, ':from': { S: from }, ':to': { S: `${to}~` } },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: MAX_HISTORY,
      }),
      { abortSignal },
    );
    return Items.map(asPastEvent);
  }

  #item(event: NormalisedEvent, { quiet = false }: RecordMode): Record<string, AttributeValue> {
    return toItem(eventRecord(event, this.#retentionDays, quiet));
  }
}

const insertStatement = (table: string, item: Record<string, AttributeValue>): Statement => ({
  text: insertText(table, Object.keys(item)),
  parameters: Object.values(item),
});

function asPastEvent(item: Record<string, AttributeValue>): PastEvent {
  const { [EVENTS.sortKey]: key, ...facts } = unmarshall(item);
  const [at = '', fingerprint = ''] = String(key).split('#');
  return { ...facts, at, fingerprint } as PastEvent;
}

/** PartiQL for one item; names are ours (attribute names of the event), never the payload's. */
export const insertText = (table: string, names: readonly string[]): string =>
  `INSERT INTO "${table}" VALUE {${names.map((name) => `'${name}':?`).join(',')}}`;
