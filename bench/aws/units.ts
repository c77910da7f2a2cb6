import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What DynamoDB and SQS bill, from the requests themselves. */

const KB = 1024;

/** Bytes of an item as DynamoDB counts them: names and values, numbers at about two digits a byte. */
export const itemBytes = (item: Readonly<Record<string, AttributeValue>>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) {
    const digits = value.N.replace(/^-|\.|e.*$/gi, '').replace(/^0+|0+$/g, '').length;
    return Math.ceil(digits / 2) + 1 + (value.N.startsWith('-') ? 1 : 0);
  }
  if (value.L !== undefined) return 3 + value.L.reduce((sum, one) => sum + 1 + valueBytes(one), 0);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1;
}

/** A write unit is one started kilobyte; a write that changes nothing or is refused costs one as well. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / KB));

/** A request's payload is billed as one request for each started 64 KB. */
export const billedChunks = (bytes: number): number => Math.max(1, Math.ceil(bytes / (64 * KB)));

/** Firehose bills a record in steps of 5 KB. */
export const archiveBilled = (bytes: number): number => Math.max(1, Math.ceil(bytes / (5 * KB))) * 5 * KB;

/** Table and item of a PartiQL `INSERT`, or the parts that an `UPDATE` sets. */
export function statementItem(
  text: string,
  parameters: readonly AttributeValue[],
): { readonly table: string; readonly item: Record<string, AttributeValue> } {
  const table = /^(?:INSERT INTO|UPDATE) "([^"]+)"/.exec(text)?.[1] ?? '';
  const names = text.startsWith('INSERT')
    ? [...text.matchAll(/'([^']+)':\?/g)].map(([, name = '']) => name)
    : [...text.matchAll(/"([^"]+)"=\?/g)].map(([, name = '']) => name);
  // The condition names the version once more: the last one is the one that is compared, the first the one that is set.
  const pairs = names.map((name, at) => [name, parameters[at] ?? { NULL: true }] as const);
  return { table, item: Object.fromEntries(pairs) };
}
