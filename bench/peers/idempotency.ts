/** Peer of `process`: the Powertools idempotency library around a function that stores one event, with the same client. */
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { NormalisedEvent } from '../../lambda/domain/event/event.ts';
import { eventRecord } from '../../lambda/domain/event/record.ts';
import { client, oneByOne, RETENTION_DAYS } from './one-by-one.ts';

async function store(event: NormalisedEvent): Promise<void> {
  const Item = marshall(eventRecord(event, RETENTION_DAYS), { removeUndefinedValues: true });
  await client.send(new PutItemCommand({ TableName: process.env.EVENTS_TABLE, Item }));
}

const config = new IdempotencyConfig({
  eventKeyJmesPath: 'fingerprint',
  expiresAfterSeconds: RETENTION_DAYS * 86_400,
});
const storeOnce = makeIdempotent(store, {
  persistenceStore: new DynamoDBPersistenceLayer({
    tableName: process.env.IDEMPOTENCY_TABLE ?? '',
    awsSdkV3Client: client,
  }),
  config,
});

export const handler = oneByOne(
  async (event) => {
    await storeOnce(event);
  },
  (context) => config.registerLambdaContext(context),
);
