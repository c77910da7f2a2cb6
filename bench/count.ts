import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EVENTS, SUPPRESSION } from '../lambda/contract/tables.ts';
import { startDynamo } from '../lib/local/emulators/dynoxide.ts';
import { startWatchdog } from '../lib/local/watchdog/watchdog.ts';
import { type NullAws, startNullAws } from './aws/null-aws.ts';
import type { Tally } from './aws/tally.ts';
import { startSubject, TABLES } from './run/subject.ts';

/** What a number of invocations asked of AWS. */
export interface Counted {
  readonly tally: Tally;
  readonly events: number;
  readonly invocations: number;
  readonly logBytes: number;
  /** CPU microseconds, cold code included. */
  readonly cpuMicros: number;
}

/** Runs each batch once. */
export async function count(
  folder: string,
  aws: NullAws,
  batches: readonly object[],
  eventsEach: number,
): Promise<Counted> {
  const subject = startSubject(folder, batches, aws.url);
  await aws.tally();
  const { logBytes, cpuMicros } = await subject.run(batches.length);
  subject.stop();
  const invocations = batches.length;
  return { tally: await aws.tally(), events: invocations * eventsEach, invocations, logBytes, cpuMicros };
}

/** Runs something with the DynamoDB emulator behind the counting server. */
export async function onEmulator<T>(run: (aws: NullAws) => Promise<T>): Promise<T> {
  const watchdog = startWatchdog();
  const dynamo = await startDynamo(watchdog);
  try {
    await makeTables(dynamo.url);
    const aws = await startNullAws(dynamo.url);
    try {
      return await run(aws);
    } finally {
      aws.stop();
    }
  } finally {
    await dynamo.stop();
    watchdog.stop();
  }
}

async function makeTables(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const make = (TableName: string, keys: readonly string[]) =>
    client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  await make(TABLES.events, [EVENTS.partitionKey, EVENTS.sortKey]);
  await make(TABLES.suppression, [SUPPRESSION.partitionKey]);
  await make(TABLES.idempotency, ['id']);
  client.destroy();
}
