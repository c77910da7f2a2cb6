import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isInternal, SUPPRESSION } from '../../../lambda/contract/tables.ts';
import type { Io } from '../cli/io.ts';
import { counter } from '../cli/progress.ts';
import type { Target } from '../target/target.ts';
import type { Entry } from './suppression.ts';

export interface Row extends Entry {
  readonly recipient: string;
}

/** Everybody on the suppression list, page by page: reads the whole table, half a read unit per 4 KB. */
export async function* scanSuppression(
  target: Target,
  io: Pick<Io, 'say'>,
  attributes?: readonly string[],
): AsyncGenerator<Row[]> {
  const client = await target.clients.dynamodb();
  const count = counter(io, 'entries read');
  const names = [...new Set([SUPPRESSION.partitionKey, ...(attributes ?? [])])];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const answer = await client.send(
      new ScanCommand({
        TableName: target.names.tables.suppression,
        ExclusiveStartKey: from,
        ...(attributes && {
          ProjectionExpression: names.map((_name, at) => `#${at}`).join(', '),
          ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#${at}`, name])),
        }),
      }),
    );
    const rows = (answer.Items ?? []).map((item) => unmarshall(item) as Row);
    count(rows.length);
    // Marks of people who were erased are no entries.
    yield rows.filter(({ recipient }) => !isInternal(recipient));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
}
