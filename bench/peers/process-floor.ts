/** The floor under `process`: the requests that it makes of a batch, built beforehand and sent with the same SDK client, and nothing else. */
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { dynamoClient } from '../../lambda/aws/clients.ts';
import { inParallel } from '../../lambda/domain/batches.ts';
import type { Recorded } from '../aws/recorder.ts';

/** As many at a time as `process` has. */
const PARALLEL = 4;

const client = dynamoClient();
const SEND: Readonly<Record<string, (input: never) => Promise<unknown>>> = {
  BatchExecuteStatement: (input) => client.send(new BatchExecuteStatementCommand(input)),
  BatchGetItem: (input) => client.send(new BatchGetItemCommand(input)),
  GetItem: (input) => client.send(new GetItemCommand(input)),
  Query: (input) => client.send(new QueryCommand(input)),
};

export async function handler({ requests }: { readonly requests: readonly Recorded[] }): Promise<SQSBatchResponse> {
  await inParallel(requests, PARALLEL, async ({ operation, input }) => {
    const send = SEND[operation];
    if (!send) throw new Error(`${operation} is not in the floor`);
    await send(input as never);
  });
  return { batchItemFailures: [] };
}
