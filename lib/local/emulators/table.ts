import type { StackView } from '../template/stack-view.ts';
import { type AwsCall, AwsJsonError } from './aws-json.ts';

interface TableProperties {
  readonly KeySchema: readonly object[];
  readonly AttributeDefinitions: readonly object[];
  readonly GlobalSecondaryIndexes?: readonly object[];
  readonly StreamSpecification?: { readonly StreamViewType: string };
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean };
}

/**
 * Makes every table of the template: keys, indexes, stream and TTL. One that `--data` kept stays as it is, and gets a stream where it has
 * none that is wanted. A stream that no function reads is left out: nothing here could show it, and the emulator keeps every record of it,
 * which makes each write slower than the one before.
 */
export async function makeTables(stack: StackView, dynamodb: AwsCall): Promise<void> {
  const tables = stack.ofType<TableProperties>('AWS::DynamoDB::Table');
  const read = new Set(
    stack
      .ofType<{ EventSourceArn: string; Enabled?: boolean }>('AWS::Lambda::EventSourceMapping')
      .filter(({ properties: { Enabled } }) => Enabled !== false)
      .map(({ properties: { EventSourceArn } }) => EventSourceArn),
  );
  await Promise.all(
    tables.map(({ place, properties: { StreamSpecification: stream, ...properties } }) => {
      const wanted = stream && read.has(place.attributes.StreamArn ?? '') ? stream : undefined;
      return makeTable(place.ref, { ...properties, ...(wanted && { StreamSpecification: wanted }) }, dynamodb);
    }),
  );
}

async function makeTable(name: string, properties: TableProperties, dynamodb: AwsCall): Promise<void> {
  const { StreamSpecification: view, TimeToLiveSpecification: ttl } = properties;
  const stream = view && { StreamSpecification: { StreamEnabled: true, StreamViewType: view.StreamViewType } };
  try {
    await dynamodb('CreateTable', {
      TableName: name,
      KeySchema: properties.KeySchema,
      AttributeDefinitions: properties.AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(plainIndex),
      ...stream,
    });
    if (ttl) await dynamodb('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: ttl });
  } catch (error) {
    if (!(error instanceof AwsJsonError && error.code === 'ResourceInUseException')) throw error;
    if (stream) await addStream(name, stream, dynamodb);
  }
}

/** A stream that is there stays: how far it was read is remembered in its own numbers. */
async function addStream(TableName: string, stream: object, dynamodb: AwsCall): Promise<void> {
  const { Table } = await dynamodb<{ Table: { StreamSpecification?: { StreamEnabled?: boolean } } }>('DescribeTable', {
    TableName,
  });
  if (!Table.StreamSpecification?.StreamEnabled) await dynamodb('UpdateTable', { TableName, ...stream });
}

/** Without what only has a meaning where capacity is limited. */
const plainIndex = ({
  WarmThroughput: _unlimited,
  ProvisionedThroughput: _neither,
  ...index
}: {
  WarmThroughput?: unknown;
  ProvisionedThroughput?: unknown;
}): object => index;
