import { type AttributeValue, type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CLICKS_KEPT_SECONDS, clicksKey, SURGE, SURGES } from '../../contract/surges.ts';
import { EVENTS } from '../../contract/tables.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { Surge } from '../../domain/surges/surge.ts';
import { type Clicks, hourOf } from '../../domain/surges/waiting.ts';
import { toItem } from './item.ts';

const HOUR = 3_600_000;

/** Clicks by subject and hour, and the surge that was announced of a subject: in the events table, whose stream feeds the bus. */
export class SurgeStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Adds to the clicks of an hour; one write unit. @returns all clicks of that hour */
  async count({ id, hour, clicks }: Clicks, abortSignal: AbortSignal): Promise<number> {
    const { Attributes } = await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: keyOf(id, hour),
        UpdateExpression: 'ADD #clicks :clicks SET #expiry = :expiry',
        ExpressionAttributeNames: { '#clicks': SURGES.clicks, '#expiry': EVENTS.expiry },
        ExpressionAttributeValues: {
          ':clicks': { N: String(clicks) },
          ':expiry': expiry(Date.parse(`${hour}:00:00Z`)),
        },
        ReturnValues: 'UPDATED_NEW',
      }),
      { abortSignal },
    );
    return Number(Attributes?.[SURGES.clicks]?.N);
  }

  /** Clicks of each hour with clicks, of the day before this hour. */
  async before({ id, hour }: Clicks, abortSignal: AbortSignal): Promise<number[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: '#partition = :partition AND #hour BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#partition': EVENTS.partitionKey, '#hour': EVENTS.sortKey },
        ExpressionAttributeValues: {
          ':partition': { S: clicksKey(id) },
          ':from': { S: hourOf(Date.parse(`${hour}:00:00Z`) - SURGE.hours * HOUR) },
          ':to': { S: hourOf(Date.parse(`${hour}:00:00Z`) - HOUR) },
        },
      }),
      { abortSignal },
    );
    return Items.map((item) => Number(item[SURGES.clicks]?.N));
  }

  /** Leaves the surge for the bus, once a day for each subject, whoever notices it. */
  async announce(id: string, surge: Surge, now: EpochMs, abortSignal: AbortSignal): Promise<void> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: keyOf(id, SURGES.announcedKey),
          UpdateExpression: 'SET #surge = :surge, #at = :at, #expiry = :expiry',
          ConditionExpression: 'attribute_not_exists(#at) OR #at < :dayBefore',
          ExpressionAttributeNames: { '#surge': SURGES.surge, '#at': SURGES.noticedAt, '#expiry': EVENTS.expiry },
          ExpressionAttributeValues: {
            ...toItem({ ':surge': surge, ':at': surge.noticedAt }),
            ':expiry': expiry(now),
            ':dayBefore': { S: new Date(now - SURGE.hours * HOUR).toISOString() },
          },
        }),
        { abortSignal },
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
  }
}

const keyOf = (id: string, sort: string): Record<string, AttributeValue> => ({
  [EVENTS.partitionKey]: { S: clicksKey(id) },
  [EVENTS.sortKey]: { S: sort },
});

const expiry = (from: EpochMs): AttributeValue => ({ N: String(Math.ceil(from / 1000) + CLICKS_KEPT_SECONDS) });
