import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { retried } from '../../../lambda/aws/effort.ts';
import { auditedKey, auditKey, EVENTS } from '../../../lambda/contract/tables.ts';
import type { EpochMs } from '../../../lambda/contract/units.ts';
import { chunks } from '../../../lambda/domain/batches.ts';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';
import type { ActRecord } from './act.ts';

/** Which acts. Times are epoch milliseconds; `until` is left out itself. */
interface Wanted {
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** Part of the name that was given, or of who it is by the credentials. */
  readonly by?: string | undefined;
  /** Part of what was done: `dlq` is all of it. */
  readonly what?: string | undefined;
  readonly limit: number;
  /** Goes on after this one, as {@link Found.next} names it. */
  readonly after?: string | undefined;
}

interface Found {
  /** The newest first. */
  readonly acts: readonly ActRecord[];
  /** There are older ones: what the next page goes on after. */
  readonly next?: string;
}

/** Acts of a time, the newest first; reads month by month until it has enough. */
export async function readActs(target: Target, wanted: Wanted): Promise<Found> {
  const client = await target.clients.dynamodb();
  const acts: ActRecord[] = [];
  for (const month of monthsOf(wanted)) {
    for await (const page of itemsOf(client, target.names.tables.events, month, wanted)) {
      acts.push(...page.map(asRecord).filter((one) => isWanted(one, wanted)));
      if (acts.length > wanted.limit) break;
    }
    if (acts.length > wanted.limit) break;
  }
  return paged(acts, wanted.limit);
}

/** Acts on any of these, by the keys that each of them has for itself. */
export async function readActsOn(target: Target, subjects: readonly string[], wanted: Wanted): Promise<Found> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  const keys = new Set<string>();
  for (const subject of subjects)
    for await (const page of itemsOf(client, table, auditedKey(subject), wanted))
      for (const item of page) keys.add(item[EVENTS.sortKey]?.S ?? '');
  const acts = await readByKeys(client, table, [...keys]);
  const newest = acts.filter((one) => isWanted(one, wanted)).sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  return paged(newest, wanted.limit);
}

type Item = Record<string, AttributeValue>;

/** Records by their sort keys, which say their month too; a key whose record was never written brings none. */
export async function readByKeys(client: DynamoDBClient, table: string, keys: readonly string[]): Promise<ActRecord[]> {
  const found: Item[] = [];
  for (const chunk of chunks(keys, 100)) {
    const wanted = chunk.map((key) => ({ recipient: { S: auditKey(key) }, [EVENTS.sortKey]: { S: key } }));
    const left = await retried(wanted, Date.now() + 10_000, async (open) => {
      const request = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [...open], ConsistentRead: true } } });
      const { Responses, UnprocessedKeys } = await client.send(request);
      found.push(...(Responses?.[table] ?? []));
      return (UnprocessedKeys?.[table]?.Keys ?? []) as typeof wanted;
    });
    if (left.length > 0) throw new CannotKnow('The events table is too busy to read the audit. Run the command again.');
  }
  return found.map(asRecord);
}

/** Items of a partition within a time, the newest first. */
export async function* itemsOf(
  client: DynamoDBClient,
  TableName: string,
  partition: string,
  { since, until, after }: Pick<Wanted, 'since' | 'until' | 'after'>,
): AsyncGenerator<Item[]> {
  let from: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#partition = :partition AND #key BETWEEN :since AND :until',
        ExpressionAttributeNames: { '#partition': EVENTS.partitionKey, '#key': EVENTS.sortKey },
        ExpressionAttributeValues: {
          ':partition': { S: partition },
          ':since': { S: iso(since) },
          // Without an id it sorts before every act of that moment.
          ':until': { S: after ?? iso(until) },
        },
        ScanIndexForward: false,
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    yield Items.filter((item) => item[EVENTS.sortKey]?.S !== after);
    from = LastEvaluatedKey;
  } while (from);
}

const DAY = 86_400_000;
/** No record is kept for longer, whatever the settings say. */
const LONGEST = 3660 * DAY;

/** Partitions from the newest to the oldest: of those in which there can be any. */
function* monthsOf({ since, until, after }: Wanted): Generator<string> {
  const now = Date.now();
  const last = iso(Math.max(since, now - LONGEST)).slice(0, 7);
  const first = after === undefined ? until : Date.parse(after.slice(0, 24));
  for (const at = new Date(Math.min(first, now + DAY)); ; at.setUTCDate(0)) {
    if (at.toISOString().slice(0, 7) < last) return;
    yield auditKey(at.toISOString());
  }
}

const isWanted = ({ actor, by = '', what }: ActRecord, wanted: Wanted): boolean =>
  has(`${actor}\n${by}`, wanted.by) && has(what, wanted.what);

const has = (text: string, part: string | undefined): boolean =>
  part === undefined || text.toLowerCase().includes(part.toLowerCase());

function paged(acts: readonly ActRecord[], limit: number): Found {
  const page = acts.slice(0, limit);
  const last = page.at(-1);
  return { acts: page, ...(acts.length > limit && last && { next: keyOf(last) }) };
}

function asRecord(item: Item): ActRecord {
  const {
    [EVENTS.partitionKey]: _partition,
    [EVENTS.sortKey]: _key,
    [EVENTS.expiry]: _expiry,
    ...record
  } = unmarshall(item);
  return { result: 'not finished', ...record } as ActRecord;
}

export const keyOf = ({ at, id }: Pick<ActRecord, 'at' | 'id'>): string => `${at}#${id}`;
const iso = (ms: number): string => new Date(ms).toISOString();
