/** Peer of `process`: one conditional `PutItem` per event. */
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { eventRecord } from '../../lambda/domain/event/record.ts';
import { client, oneByOne, RETENTION_DAYS } from './one-by-one.ts';

export const handler = oneByOne(async (event) => {
  const Item = marshall(eventRecord(event, RETENTION_DAYS), { removeUndefinedValues: true });
  const ConditionExpression = 'attribute_not_exists(recipient)';
  try {
    await client.send(new PutItemCommand({ TableName: process.env.EVENTS_TABLE, Item, ConditionExpression }));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
});
