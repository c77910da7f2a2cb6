import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { eventBridgeClient, sqsClient } from '../../aws/clients.ts';
import { readConfig } from '../../aws/config.ts';
import { type BusEntry, busBatches, putOnBus } from '../../aws/eventbridge.ts';
import { sendAll } from '../../aws/sqs.ts';
import { logError, logWarning } from '../../aws/telemetry.ts';
import { readEnv } from '../../contract/env.ts';
import { DEAD_LETTER } from '../../contract/message.ts';
import type { EpochMs } from '../../contract/units.ts';
import { busEntry } from './entry.ts';
import { fatesOf } from './fates.ts';

/** Left to answer, in milliseconds. */
const ANSWER = 1000;

const env = readEnv('publish');
const types = new Set(readConfig().publish?.types);
const bus = eventBridgeClient();
const sqs = sqsClient();

interface Change {
  readonly record: DynamoDBRecord;
  readonly entry: BusEntry;
}

/**
 * Puts what changed in the tables on the event bus: the streams are the outbox, read in order per item. A change that the bus will never
 * take goes to a queue by itself; one that it does not take now stops here, and the stream brings it again with all that follows.
 */
export async function handler(batch: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  const time = context.getRemainingTimeInMillis();
  const deadline = Date.now() + time / 2;
  // What is not buried by then is given back: Lambda would end the function, and the stream bring all of it again.
  const bury = burial(Date.now() + time - Math.min(ANSWER, time / 4));
  const unreadable: DynamoDBRecord[] = [];
  const changes = batch.Records.flatMap((record): Change[] => {
    try {
      const entry = busEntry(record, types);
      return entry ? [{ record, entry }] : [];
    } catch (error) {
      logError('change not readable', error);
      unreadable.push(record);
      return [];
    }
  });
  const stop = await publish(changes, deadline, bury);
  // Only those before the stop: the others come again with it, and would be buried again.
  const before = stop ? batch.Records.slice(0, batch.Records.indexOf(stop)) : batch.Records;
  const dead = unreadable.filter((record) => before.includes(record));
  if (!(await bury(dead, 'unreadable'))) return retryFrom(dead[0]);
  return stop ? retryFrom(stop) : { batchItemFailures: [] };
}

/** Puts changes on the bus in their order; returns the record from which on they have to come again. */
async function publish(changes: readonly Change[], deadline: EpochMs, bury: Bury): Promise<DynamoDBRecord | undefined> {
  for (const group of busBatches(changes)) {
    const outcomes = await putOnBus(
      bus,
      env.EVENT_BUS,
      group.map(({ entry }) => entry),
      deadline,
    );
    const { never, late, stop } = fatesOf(group, outcomes, Date.now());
    const buried = (await bury(recordsOf(never), 'refused-by-bus')) && (await bury(recordsOf(late), 'bus-unavailable'));
    const first = buried ? stop : group[0];
    if (first) return first.record;
  }
  return undefined;
}

const recordsOf = (changes: readonly Change[]): DynamoDBRecord[] => changes.map(({ record }) => record);

/** The whole record, so that the function can be given it again. Returns whether the queue took all of them. */
type Bury = (records: readonly DynamoDBRecord[], reason: string) => Promise<boolean>;

const burial =
  (deadline: EpochMs): Bury =>
  async (records, reason) => {
    if (records.length === 0) return true;
    logWarning('changes not published', { reason, changes: records.length });
    const messages = records.map((record) => ({
      body: JSON.stringify(record),
      attributes: { [DEAD_LETTER.reason]: reason },
    }));
    try {
      await sendAll(sqs, env.UNPUBLISHED_QUEUE_URL, messages, deadline);
      return true;
    } catch (error) {
      logError('changes not buried', error, { changes: records.length });
      return false;
    }
  };

const retryFrom = (record: DynamoDBRecord | undefined): DynamoDBBatchResponse => ({
  batchItemFailures: [{ itemIdentifier: record?.dynamodb?.SequenceNumber ?? '' }],
});
