import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { RETRACTIONS_KEY, SUPPRESSION } from '../../contract/tables.ts';
import type { Retraction } from '../../domain/suppression/retraction.ts';
import { hedged } from '../hedge.ts';

/** The list of what does not count, and how often it was written. */
export interface RetractionList {
  readonly version: number;
  readonly retractions: readonly Retraction[];
}

/** The item of the suppression table that holds the list: `retractions` and `version`. */
export function asRetractionList(item: Record<string, AttributeValue> | undefined): RetractionList {
  const { retractions = [], version = 0 } = item ? unmarshall(item) : {};
  return { retractions: retractions as Retraction[], version: Number(version) };
}

/** The stored retractions, as this process last read them. */
export class RetractionStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  #last: RetractionList | undefined;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** What was read last, if anything. */
  get last(): RetractionList | undefined {
    return this.#last;
  }

  /** What was read last; reads where nothing was yet. */
  async known(signal: AbortSignal): Promise<RetractionList> {
    return this.#last ?? this.read(signal);
  }

  /** The list as it is at this moment; a read that fails, or hangs, has a second one beside it. @throws where both failed, or time was up */
  async read(signal: AbortSignal): Promise<RetractionList> {
    // By itself, not beside the entries: what keeps these from being read must not keep somebody new from being suppressed.
    const command = new GetItemCommand({
      TableName: this.#table,
      Key: { [SUPPRESSION.partitionKey]: { S: RETRACTIONS_KEY } },
      ConsistentRead: true,
    });
    const { Item } = await hedged((abortSignal) => this.#client.send(command, { abortSignal }), signal);
    this.#last = asRetractionList(Item);
    return this.#last;
  }
}
