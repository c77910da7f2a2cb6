import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SILENT } from '../../../lambda/aws/effort.ts';
import { EVENTS, SUPPRESSION } from '../../../lambda/contract/tables.ts';
import { startDynamo } from '../../../lib/local/emulators/dynoxide.ts';
import { startWatchdog } from '../../../lib/local/watchdog/watchdog.ts';

export interface TestDynamo {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly tables: { readonly events: string; readonly suppression: string };
  stop(): Promise<void>;
}

/** An emulator of its own with both tables, keyed as the contract says; ends with `stop`, or with this process however it ends. */
export async function startTestDynamo(): Promise<TestDynamo> {
  const watchdog = startWatchdog();
  const { url: endpoint, stop } = await startDynamo(watchdog);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ ...SILENT, endpoint, region: 'us-east-1', credentials });
  const tables = { events: 'test-events', suppression: 'test-suppression' };
  await createTable(client, tables.events, [EVENTS.partitionKey, EVENTS.sortKey]);
  await createTable(client, tables.suppression, [SUPPRESSION.partitionKey]);
  return {
    endpoint,
    client,
    tables,
    async stop() {
      client.destroy();
      await stop();
      watchdog.stop();
    },
  };
}

const createTable = (client: DynamoDBClient, TableName: string, keys: readonly string[]) =>
  client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
