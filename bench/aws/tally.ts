import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { BY_HOUR } from '../../lambda/contract/tables.ts';
import { archiveBilled, billedChunks, itemBytes, statementItem, writeUnits } from './units.ts';

/** What a run asked of AWS. Plain data: it travels between processes. */
export interface Tally {
  /** Calls by operation. */
  calls: Record<string, number>;
  /** Bytes of message bodies and attributes put on queues. */
  queueBytes: number;
  queueMessages: number;
  /** 64 KB chunks of all sends. */
  queueChunks: number;
  /** Bytes put into the archive, and what is billed for them: records count in steps of 5 KB. */
  archiveBytes: number;
  archiveBilled: number;
  /** By operation: a unit for each key that is asked for consistently, half of one otherwise; what is read is small. */
  readUnits: Record<string, number>;
  /** By table, and by index as `<table>/<index>`: write units and bytes by formula, items, and what the emulator says it consumed. */
  tables: Record<string, { items: number; bytes: number; units: number; consumed: number }>;
}

export const emptyTally = (): Tally => ({
  calls: {},
  queueBytes: 0,
  queueMessages: 0,
  queueChunks: 0,
  archiveBytes: 0,
  archiveBilled: 0,
  readUnits: {},
  tables: {},
});

export const totalCalls = ({ calls }: Tally): number => Object.values(calls).reduce((sum, count) => sum + count, 0);

export const totalReadUnits = ({ readUnits }: Tally): number =>
  Object.values(readUnits).reduce((sum, units) => sum + units, 0);

type Json = Readonly<Record<string, never>>;

/** Counts one request. */
export function count(tally: Tally, operation: string, input: Json): void {
  tally.calls[operation] = (tally.calls[operation] ?? 0) + 1;
  const units = readUnitsOf(operation, input);
  if (units > 0) tally.readUnits[operation] = (tally.readUnits[operation] ?? 0) + units;
  if (operation === 'SendMessage') countSend(tally, [input.MessageBody as unknown as string]);
  if (operation === 'SendMessageBatch')
    countSend(
      tally,
      (input.Entries as unknown as { MessageBody: string }[]).map(({ MessageBody }) => MessageBody),
    );
  if (operation === 'PutRecordBatch')
    for (const { Data } of input.Records as unknown as { Data: string }[]) {
      const bytes = Buffer.byteLength(Data, 'base64');
      tally.archiveBytes += bytes;
      tally.archiveBilled += archiveBilled(bytes);
    }
  if (operation === 'BatchExecuteStatement')
    for (const { Statement, Parameters } of input.Statements as unknown as Statement[]) {
      const { table, item } = statementItem(Statement, Parameters);
      countWrite(tally, table, itemBytes(item));
      // What has the key of an index is written there too, whole.
      if (BY_HOUR.partitionKey in item) countWrite(tally, `${table}/${BY_HOUR.name}`, itemBytes(item));
    }
  if (operation === 'PutItem')
    countWrite(tally, input.TableName as unknown as string, itemBytes(input.Item as unknown as Item));
  // Its item is not in the request; what is compared with it is small.
  if (operation === 'UpdateItem') countWrite(tally, input.TableName as unknown as string, 1);
}

interface Read {
  readonly ConsistentRead?: boolean;
  readonly Keys?: readonly object[];
}

/** Of items up to 4 KB, and of those that are not there: both cost a unit. */
function readUnitsOf(operation: string, input: Json): number {
  const reads =
    operation === 'BatchGetItem'
      ? Object.values(input.RequestItems as unknown as Record<string, Read>)
      : operation === 'GetItem' || operation === 'Query'
        ? [input as unknown as Read]
        : [];
  return reads.reduce(
    (sum, { ConsistentRead = false, Keys = [{}] }) => sum + Keys.length * (ConsistentRead ? 1 : 0.5),
    0,
  );
}

type Item = Record<string, AttributeValue>;
interface Statement {
  readonly Statement: string;
  readonly Parameters: AttributeValue[];
}

function countSend(tally: Tally, bodies: readonly string[]): void {
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  tally.queueBytes += bytes;
  tally.queueMessages += bodies.length;
  tally.queueChunks += billedChunks(bytes);
}

function countWrite(tally: Tally, table: string, bytes: number): void {
  const of = tableOf(tally, table);
  of.items += 1;
  of.bytes += bytes;
  of.units += writeUnits(bytes);
}

/** Adds what an emulator says it consumed. */
export function countConsumed(tally: Tally, answer: { ConsumedCapacity?: unknown }): void {
  for (const { TableName = '', CapacityUnits = 0 } of [answer.ConsumedCapacity ?? []].flat() as {
    TableName?: string;
    CapacityUnits?: number;
  }[])
    tableOf(tally, TableName).consumed += CapacityUnits;
}

function tableOf(tally: Tally, name: string): Tally['tables'][string] {
  tally.tables[name] ??= { items: 0, bytes: 0, units: 0, consumed: 0 };
  return tally.tables[name];
}
