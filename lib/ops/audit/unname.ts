import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../../../lambda/aws/dynamodb/item.ts';
import { auditedKey, auditKey, EVENTS } from '../../../lambda/contract/tables.ts';
import type { Address } from '../../../lambda/contract/units.ts';
import type { Target } from '../target/target.ts';
import { itemsOf, keyOf, readByKeys } from './records.ts';
import { writeAll } from './write.ts';

/**
 * Puts the mark of an erased person in the place of the address in every record of the audit. The keys under the address go last: cut off,
 * it is found again by them.
 */
export async function unnameActs(target: Target, address: Address, mark: string): Promise<void> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  const always = { since: 0, until: FAR_AHEAD };
  for await (const found of itemsOf(client, table, auditedKey(address), always)) {
    const moved = found.map((item) => ({ ...item, [EVENTS.partitionKey]: { S: auditedKey(mark) } }));
    await writeAll(
      client,
      table,
      moved.map((Item) => ({ PutRequest: { Item } })),
    );
    const keys = found.map((item) => item[EVENTS.sortKey]?.S ?? '');
    for (const record of await readByKeys(client, table, keys))
      if (record.on.includes(address)) await rename(client, table, record, address, mark);
    await writeAll(
      client,
      table,
      found.map((item) => ({ DeleteRequest: { Key: keyIn(item) } })),
    );
  }
}

const FAR_AHEAD = Date.parse('9999-12-31T00:00:00Z');

type Item = Record<string, AttributeValue>;

const keyIn = (item: Item): Item => ({
  [EVENTS.partitionKey]: item[EVENTS.partitionKey] as AttributeValue,
  [EVENTS.sortKey]: item[EVENTS.sortKey] as AttributeValue,
});

async function rename(
  client: DynamoDBClient,
  TableName: string,
  record: { readonly at: string; readonly id: string; readonly on: readonly string[] },
  address: Address,
  mark: string,
): Promise<void> {
  const Key = toItem({ [EVENTS.partitionKey]: auditKey(record.at), [EVENTS.sortKey]: keyOf(record) });
  const on = record.on.map((one) => (one === address ? mark : one));
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #on = :on',
      ExpressionAttributeNames: { '#on': 'on' },
      ExpressionAttributeValues: toItem({ ':on': on }),
    }),
  );
}
