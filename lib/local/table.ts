import { type AwsCall, AwsJsonError } from './aws-json.ts';
import type { StackView } from './stack-view.ts';

interface TableProperties {
  readonly KeySchema: readonly object[];
  readonly AttributeDefinitions: readonly object[];
  readonly BillingMode?: string;
  readonly GlobalSecondaryIndexes?: readonly object[];
  readonly StreamSpecification?: { readonly StreamViewType: string };
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean };
}

/** Makes every table of the template: keys, indexes, stream and TTL. One that `--data` kept stays as it is. */
export async function makeTables(stack: StackView, dynamodb: AwsCall): Promise<void> {
  const tables = stack.ofType<TableProperties>('AWS::DynamoDB::Table');
  await Promise.all(tables.map(({ place, properties }) => makeTable(place.ref, properties, dynamodb)));
}

async function makeTable(name: string, properties: TableProperties, dynamodb: AwsCall): Promise<void> {
  const { StreamSpecification: stream, TimeToLiveSpecification: ttl } = properties;
  try {
    await dynamodb('CreateTable', {
      TableName: name,
      KeySchema: properties.KeySchema,
      AttributeDefinitions: properties.AttributeDefinitions,
      BillingMode: properties.BillingMode ?? 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(plainIndex),
      ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } }),
    });
    if (ttl) await dynamodb('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: ttl });
  } catch (error) {
    if (!(error instanceof AwsJsonError && error.code === 'ResourceInUseException')) throw error;
  }
}

/** Without what only has a meaning where capacity is limited. */
const plainIndex = ({ WarmThroughput: _unlimited, ...index }: { WarmThroughput?: unknown }): object => index;
