import { setTimeout as pause } from 'node:timers/promises';
import { type AttributeValue, BatchGetItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SUPPRESSION } from '../../lambda/contract/tables.ts';
import type { ReaderOptions } from './types.ts';

export type Item = Readonly<Record<string, AttributeValue>>;
/** What the table holds of an address, nothing, or the name of the error that kept it from answering. */
export type Found = { readonly item: Item | undefined } | { readonly error: string };
type Source = Required<Omit<ReaderOptions, 'now'>>;

/** DynamoDB's limit for one `BatchGetItem`. */
const MAX_KEYS = 100;
/** Requests in flight: about what a new table takes (12,000 read units a second) before it grows. */
const PARALLEL = 4;
/** Tries without any progress. Somebody waits for a single answer; a campaign may wait until the table has grown. */
const TRIES = { one: 4, batch: 8 };
/** Errors that a second try cannot mend. */
const FINAL =
  /^(AccessDenied|ResourceNotFound|Validation|UnrecognizedClient|InvalidSignature|CredentialsProvider|Token)/;

export async function lookUp({ client, table, consistent, timeout }: Source, address: string): Promise<Found> {
  const command = new GetItemCommand({ TableName: table, Key: keyOf(address), ConsistentRead: consistent });
  for (let tries = 1; ; tries++) {
    try {
      const { Item } = await client.send(command, { abortSignal: AbortSignal.timeout(timeout) });
      return { item: Item };
    } catch (error) {
      if (tries === TRIES.one || FINAL.test(nameOf(error))) return { error: nameOf(error) };
      await pause(jitter(tries));
    }
  }
}

/** Each address once; every one of them is in the answer. */
export async function lookUpAll(source: Source, addresses: readonly string[]): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const batches = chunks(addresses)[Symbol.iterator]();
  const work = async () => {
    for (const batch of batches) await lookUpBatch(source, batch, found);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return found;
}

async function lookUpBatch(source: Source, batch: readonly string[], found: Map<string, Found>): Promise<void> {
  let left = batch;
  let error = '';
  for (let fruitless = 0; left.length > 0 && fruitless < TRIES.batch; fruitless++) {
    if (error !== '') await pause(jitter(fruitless));
    try {
      const unread = await readBatch(source, left, found);
      // A table that grows answers a little more each time.
      if (unread.length < left.length) fruitless = 0;
      left = unread;
      error = 'UnprocessedKeys';
    } catch (failure) {
      error = nameOf(failure);
      if (FINAL.test(error)) break;
    }
  }
  for (const address of left) found.set(address, { error });
}

/** @returns the addresses that DynamoDB left out */
async function readBatch(
  { client, table, consistent, timeout }: Source,
  addresses: readonly string[],
  found: Map<string, Found>,
): Promise<string[]> {
  const request = { Keys: addresses.map(keyOf), ConsistentRead: consistent };
  const command = new BatchGetItemCommand({ RequestItems: { [table]: request } });
  const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeout) });
  // One table was asked, whether the answer calls it by name or ARN.
  const [unread] = Object.values(answer.UnprocessedKeys ?? {});
  const left = new Set((unread?.Keys ?? []).map(addressOf));
  for (const address of addresses) if (!left.has(address)) found.set(address, { item: undefined });
  for (const item of Object.values(answer.Responses ?? {}).flat()) found.set(addressOf(item), { item });
  return [...left];
}

const keyOf = (address: string): Record<string, AttributeValue> => ({ [SUPPRESSION.partitionKey]: { S: address } });
const addressOf = (item: Item): string => item[SUPPRESSION.partitionKey]?.S ?? '';
/** A connection that fails says what it is by its code alone: its name is `Error`. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
/** Milliseconds before the n-th retry: exponential to 2 s, full jitter, so that many readers do not come back together. */
const jitter = (retry: number): number => Math.random() * Math.min(2_000, 25 * 2 ** retry);

function chunks(addresses: readonly string[]): (readonly string[])[] {
  const count = Math.ceil(addresses.length / MAX_KEYS);
  return Array.from({ length: count }, (_none, at) => addresses.slice(at * MAX_KEYS, (at + 1) * MAX_KEYS));
}
