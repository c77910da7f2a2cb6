import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AwsCall, awsJson } from '../../../lib/local/emulators/aws-json.ts';
import { type Emulator, startDynamo } from '../../../lib/local/emulators/dynoxide.ts';
import { makeTables } from '../../../lib/local/emulators/table.ts';
import { localPlaces } from '../../../lib/local/template/places.ts';
import { viewStack } from '../../../lib/local/template/stack-view.ts';
import { startWatchdog, type Watchdog } from '../../../lib/local/watchdog/watchdog.ts';

let watchdog: Watchdog;
let emulator: Emulator;
let dynamodb: AwsCall;

beforeAll(async () => {
  watchdog = startWatchdog();
  emulator = await startDynamo(watchdog);
  dynamodb = awsJson('dynamodb', emulator.url);
});
afterAll(async () => {
  await emulator?.stop();
  watchdog?.stop();
});

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'recipient', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'recipient', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  },
};

/** A template whose functions read the streams of these tables. */
const make = (tables: readonly string[], read: readonly string[], Enabled?: boolean) => {
  const resources = Object.fromEntries([
    ...tables.map((id) => [id, TABLE]),
    ...read.map((id) => [
      `${id}Changes`,
      {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: { 'Fn::GetAtt': [id, 'StreamArn'] }, FunctionName: 'publish', Enabled },
      },
    ]),
  ]);
  return makeTables(viewStack(resources, localPlaces(resources, { sqs: '', api: '' })), dynamodb);
};

async function streams(TableName: string): Promise<boolean> {
  const { Table } = await dynamodb<{ Table: { StreamSpecification?: { StreamEnabled: boolean } } }>('DescribeTable', {
    TableName,
  });
  return Table.StreamSpecification?.StreamEnabled ?? false;
}

test('a table has its stream only where a function reads it', async () => {
  await make(['Read', 'Unread'], ['Read']);
  await make(['Off'], ['Off'], false);
  expect(await Promise.all(['Read', 'Unread', 'Off'].map(streams))).toEqual([true, false, false]);
});

test('a kept table gets the stream that is wanted now, and one that it has is left alone', async () => {
  await make(['Kept'], []);
  await make(['Kept'], ['Kept']);
  const label = () => dynamodb<{ Table: { LatestStreamLabel: string } }>('DescribeTable', { TableName: 'Kept' });
  const { LatestStreamLabel } = (await label()).Table;
  await make(['Kept'], ['Kept']);
  await make(['Kept'], []);
  expect((await label()).Table.LatestStreamLabel).toBe(LatestStreamLabel);
  expect(await streams('Kept')).toBe(true);
});
