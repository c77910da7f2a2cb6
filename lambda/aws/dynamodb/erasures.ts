import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SUPPRESSION } from '../../contract/tables.ts';
import type { Address, EpochMs, Iso } from '../../contract/units.ts';
import { chunks } from '../../domain/batches.ts';
import { ERASED_AT, ERASURE_KEY, erasureMark } from '../../domain/erasure.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import { attempt, retried } from '../effort.ts';
import type { SecretStore } from '../secrets.ts';
import { noteFailure } from './statements.ts';

const MAX_KEYS = 100;
const ATTEMPTS = 5;

/** What is known of people. */
interface Erased {
  /** When each was erased, of those who were. */
  readonly at: ReadonlyMap<Address, Iso>;
  /** Those of whom it could not be read: to go on without knowing could bring somebody back. */
  readonly unread: ReadonlySet<Address>;
}

/** The marks that erased people leave, in the suppression table. */
export class Erasures {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #secrets: SecretStore;

  constructor(client: DynamoDBClient, table: string, secrets: SecretStore) {
    this.#client = client;
    this.#table = table;
    this.#secrets = secrets;
  }

  /**
   * When each of these people was erased, where they were.
   * @throws where the key of the marks cannot be read: then nothing is known of anybody
   */
  async erasedAt(addresses: readonly Address[], deadline: EpochMs): Promise<Erased> {
    const [key] = await this.#keys(deadline);
    if (key === undefined || addresses.length === 0) return { at: new Map(), unread: new Set() };
    const byMark = new Map(addresses.map((address) => [erasureMark(key, address), address]));
    const read = await Promise.all(chunks([...byMark.keys()], MAX_KEYS).map((marks) => this.#read(marks, deadline)));
    const addressOf = (mark: string): Address => byMark.get(mark) ?? '';
    return {
      at: new Map(read.flatMap(({ found }) => found.map(([mark, at]) => [addressOf(mark), at] as const))),
      unread: new Set(read.flatMap(({ unread }) => unread.map(addressOf))),
    };
  }

  /** No key yet: nobody was ever erased. */
  async #keys(deadline: EpochMs): Promise<readonly string[]> {
    try {
      return await this.#secrets.values(ERASURE_KEY, deadline);
    } catch (error) {
      if (error instanceof RefusedRequest && error.reason === 'secret-missing') return [];
      throw error;
    }
  }

  async #read(
    marks: readonly string[],
    deadline: EpochMs,
  ): Promise<{ readonly found: readonly [mark: string, at: Iso][]; readonly unread: readonly string[] }> {
    const found: [string, string][] = [];
    const some = async (left: readonly string[]): Promise<readonly string[]> => {
      const Keys = left.map((mark) => ({ [SUPPRESSION.partitionKey]: { S: mark } }));
      const command = new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys, ConsistentRead: true } } });
      try {
        const { Responses, UnprocessedKeys } = await attempt(deadline, (abortSignal) =>
          this.#client.send(command, { abortSignal }),
        );
        for (const item of Responses?.[this.#table] ?? [])
          found.push([item[SUPPRESSION.partitionKey]?.S ?? '', item[ERASED_AT]?.S ?? '']);
        return (UnprocessedKeys?.[this.#table]?.Keys ?? []).map((key) => key[SUPPRESSION.partitionKey]?.S ?? '');
      } catch (error) {
        noteFailure(error);
        return left;
      }
    };
    const unread = await retried(marks, deadline, some, ATTEMPTS);
    return { found, unread };
  }
}
