import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TimeWindow } from '../../providers/api.ts';

/** The tables that are asked; nothing is written. */
export interface Tables {
  readonly client: DynamoDBClient;
  readonly events: string;
  readonly suppression: string;
}

export interface Compared extends TimeWindow {
  /** Events that the ESP told, or entries of its lists that are of this time. */
  readonly fetched: number;
  /** Those that the tables do not know. */
  readonly missing: number;
  /** How much of the time could be read within the time there was, 0 to 1. */
  readonly share: number;
  /** What cannot be read at all, as sentences. */
  readonly lost: readonly string[];
}
