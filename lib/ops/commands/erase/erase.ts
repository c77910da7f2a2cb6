import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { EVENTS, SUPPRESSION } from '../../../../lambda/contract/tables.ts';
import type { Address, EpochSeconds, Iso } from '../../../../lambda/contract/units.ts';
import { ERASED_AT, erasureMark } from '../../../../lambda/domain/erasure.ts';
import { OPERATOR } from '../../../../lambda/domain/suppression/operator.ts';
import {
  type Mark,
  type Reasons,
  reasonKey,
  type Verdicts,
  verdicts,
} from '../../../../lambda/domain/suppression/suppression.ts';
import { kept } from '../../audit/act.ts';
import { audited } from '../../audit/audited.ts';
import { unnameActs } from '../../audit/unname.ts';
import { CannotKnow } from '../../cli/errors.ts';
import { type Entry, readEntry } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';
import type { Author, Hand } from '../../words/author.ts';
import { erasureSecret } from './erasure-key.ts';

/** `DeleteRequest`s to one BatchWriteItem. */
const BATCH = 25;
const TRIES = 8;

/** What an erasure did. */
export interface Erased {
  /** ISO 8601. */
  readonly erasedAt: string;
  readonly events: number;
  /** The bare fact that no mail may be sent was left. */
  readonly kept: boolean;
}

/** Removes a person: the mark first, then the name in the audit, then every event, then the entry. Run again, it goes on. */
export const eraseAddress = (
  target: Target,
  address: Address,
  keep: boolean,
  hand: Hand,
  say?: (line: string) => void,
): Promise<Erased> =>
  audited(
    target,
    { what: 'erase', hand, on: [], ...(keep && { how: 'the bare entry stays' }), ...(say && { say }) },
    async (act) => {
      const erasedAt = new Date().toISOString();
      const mark = erasureMark(await erasureSecret(target), address);
      await act.concerns([mark]);
      await putMark(target, mark, { at: erasedAt, actor: hand.actor, note: kept(hand.note) });
      await unnameActs(target, address, mark);
      const events = await deleteEvents(target, address);
      act.count('events removed', events);
      const left = await eraseEntry(target, address, keep, erasedAt);
      return { erasedAt, events, kept: left !== undefined };
    },
  );

/** First of all the mark: from then on nothing old can bring the person back while the rest goes. */
async function putMark(target: Target, mark: string, { at, ...author }: Author & { readonly at: Iso }): Promise<void> {
  const client = await target.clients.dynamodb();
  const Item = marshall({ [SUPPRESSION.partitionKey]: mark, [ERASED_AT]: at, ...author });
  await client.send(new PutItemCommand({ TableName: target.names.tables.suppression, Item }));
}

/** Deletes everything recorded of a person; returns how many events went. */
async function deleteEvents(target: Target, address: string): Promise<number> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  let deleted = 0;
  for (;;) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#recipient = :recipient',
        ProjectionExpression: '#recipient, #key',
        ExpressionAttributeNames: { '#recipient': EVENTS.partitionKey, '#key': EVENTS.sortKey },
        ExpressionAttributeValues: { ':recipient': { S: address } },
        ConsistentRead: true,
      }),
    );
    if (Items.length === 0) return deleted;
    for (let at = 0; at < Items.length; at += BATCH) await deleteBatch(client, table, Items.slice(at, at + BATCH));
    deleted += Items.length;
  }
}

type Key = Record<string, AttributeValue>;

async function deleteBatch(client: DynamoDBClient, table: string, keys: readonly Key[]): Promise<void> {
  let requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  for (let tries = 0; requests.length > 0; tries++) {
    if (tries === TRIES) throw new CannotKnow('The events table is too busy. Run the command again: it goes on.');
    if (tries > 0) await pause(50 * 2 ** tries);
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
    );
    requests = (UnprocessedItems[table] ?? []) as typeof requests;
  }
}

/**
 * Removes a person's entry, or strips it to the bare fact that no mail may be sent. Written on condition that nobody wrote meanwhile;
 * a lost race is read again.
 */
async function eraseEntry(target: Target, address: string, keep: boolean, at: string): Promise<Verdicts | undefined> {
  const client = await target.clients.dynamodb();
  const TableName = target.names.tables.suppression;
  for (let tries = 0; tries < TRIES; tries++) {
    const entry = await readEntry(target, address);
    if (entry.version === 0) return undefined;
    const bare = bareEntry(entry, at);
    const stays = keep && Object.keys(bare.reasons).length > 0;
    const condition = {
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: { '#version': SUPPRESSION.version },
      ExpressionAttributeValues: { ':version': { N: String(entry.version) } },
    };
    const Key = { [SUPPRESSION.partitionKey]: { S: address } };
    const Item = marshall({ [SUPPRESSION.partitionKey]: address, ...bare });
    try {
      if (stays) await client.send(new PutItemCommand({ TableName, Item, ...condition }));
      else await client.send(new DeleteItemCommand({ TableName, Key, ...condition }));
      return stays ? bare : undefined;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
  }
  throw new CannotKnow('Somebody else keeps changing this entry. Run the command again.');
}

/** Marks that come to the same ends and say nothing else: what stops all mail, marketing mail only, and mail of single scopes. */
export function bareEntry(entry: Entry, at: string): Entry {
  const now = Date.parse(at) / 1000;
  const mark = (until: EpochSeconds): Mark => ({
    at,
    until,
    fingerprint: '0'.repeat(32),
    source: OPERATOR,
    event: 'erase',
  });
  const { suppressedUntil, transactionalUntil, scopes } = entry;
  const reasons: Reasons = Object.fromEntries([
    ...(transactionalUntil > now ? [['manual', [mark(transactionalUntil)]] as const] : []),
    ...(suppressedUntil > Math.max(now, transactionalUntil) ? [['unsubscribe', [mark(suppressedUntil)]] as const] : []),
    ...Object.entries(scopes)
      .filter(([, until]) => until > now)
      .map(([scope, until]) => [reasonKey('unsubscribe', scope), [mark(until)]] as const),
  ]);
  return { ...verdicts(reasons), reasons, version: entry.version + 1, updatedAt: at };
}
