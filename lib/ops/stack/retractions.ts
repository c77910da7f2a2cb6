import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../../../lambda/aws/dynamodb/item.ts';
import { asRetractionList, type RetractionList } from '../../../lambda/aws/dynamodb/retractions.ts';
import { RETRACTIONS_KEY, SUPPRESSION } from '../../../lambda/contract/tables.ts';
import { MAX_RETRACTIONS, type Retraction } from '../../../lambda/domain/suppression/retraction.ts';
import { CannotKnow, UsageError } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

/** What this stack does not count: bad windows and imports that were taken back. */
export async function readRetractions(target: Target): Promise<RetractionList> {
  const client = await target.clients.dynamodb();
  const { Item } = await client.send(
    new GetItemCommand({ TableName: target.names.tables.suppression, Key: KEY, ConsistentRead: true }),
  );
  return asRetractionList(Item);
}

/**
 * Writes the list anew. Not through the queue, as all else: it has to hold before what waits there is worked off, and while processing is
 * paused. @returns whether anything changed
 */
export async function changeRetractions(
  target: Target,
  change: (before: readonly Retraction[]) => readonly Retraction[],
): Promise<boolean> {
  const client = await target.clients.dynamodb();
  for (let tries = 0; tries < 5; tries++) {
    const { version, retractions } = await readRetractions(target);
    const after = change(retractions);
    if (after === retractions) return false;
    if (after.length > MAX_RETRACTIONS) {
      throw new UsageError(`lift: ${MAX_RETRACTIONS} retractions are stored: remove old ones with --forget.`);
    }
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: target.names.tables.suppression,
          Key: KEY,
          UpdateExpression: 'SET retractions = :after, #version = :next',
          ConditionExpression: version === 0 ? 'attribute_not_exists(#version)' : '#version = :version',
          ExpressionAttributeNames: { '#version': SUPPRESSION.version },
          ExpressionAttributeValues: {
            ...toItem({ ':after': after, ':next': version + 1 }),
            ...(version > 0 && toItem({ ':version': version })),
          },
        }),
      );
      return true;
    } catch (error) {
      // Somebody else wrote meanwhile.
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
  }
  throw new CannotKnow('The list of retractions keeps changing: run the command again.');
}

const KEY = { [SUPPRESSION.partitionKey]: { S: RETRACTIONS_KEY } };
