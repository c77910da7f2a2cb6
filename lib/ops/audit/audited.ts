import { randomBytes } from 'node:crypto';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../../../lambda/aws/dynamodb/item.ts';
import { auditedKey, auditKey, EVENTS } from '../../../lambda/contract/tables.ts';
import { explain } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';
import { type ActRecord, type Intent, kept, MOST_SHOWN } from './act.ts';
import { writeAll } from './write.ts';

/** An act that is under way. */
export interface Act {
  /** Something more came of it. */
  count(what: string, by?: number): void;
  /** What it is about, where that is known only now: to be called before anything of it changes. */
  concerns(on: readonly string[]): Promise<void>;
}

const SAVED_EVERY_MS = 5_000;
const DAY = 86_400;

/**
 * Does something that changes the stack, and leaves one record of it: written before the work begins, so that whatever ends this process
 * leaves it there as not finished, and completed when the work has come to its end or has failed. Where it cannot be written, nothing is done.
 */
export async function audited<T>(target: Target, intent: Intent, work: (act: Act) => Promise<T>): Promise<T> {
  const record = await begin(target, intent);
  try {
    const result = await work(record);
    await record.end({ result: 'done' }).catch((error: unknown) => {
      intent.say?.(`It is done, but "audit" will show it as not finished: ${explain(error).text}`);
    });
    return result;
  } catch (error) {
    const why = kept(explain(error).text);
    await record.end({ result: 'failed', error: why }).catch(() => {
      intent.say?.('"audit" will show it as not finished.');
    });
    throw error;
  }
}

interface Begun extends Act {
  end(ending: Pick<ActRecord, 'result' | 'error'>): Promise<void>;
}

async function begin(target: Target, { what, hand, on, how }: Intent): Promise<Begun> {
  const client = await target.clients.dynamodb();
  const TableName = target.names.tables.events;
  const at = new Date().toISOString();
  const id = randomBytes(6).toString('hex');
  const expiresAt = Math.ceil(Date.parse(at) / 1000) + target.auditDays() * DAY;
  const key = { [EVENTS.partitionKey]: auditKey(at), [EVENTS.sortKey]: `${at}#${id}` };
  const point = (subjects: readonly string[]) =>
    writeAll(
      client,
      TableName,
      [...new Set(subjects)].map((subject) => ({
        PutRequest: {
          Item: toItem({
            [EVENTS.partitionKey]: auditedKey(subject),
            [EVENTS.sortKey]: key[EVENTS.sortKey],
            [EVENTS.expiry]: expiresAt,
          }),
        },
      })),
    );
  // The ways to a record first: one that names somebody and cannot be found would outlive an erasure.
  await point(on);
  const { note, actor, by, via } = hand;
  const record = {
    ...key,
    id,
    at,
    what,
    actor,
    ...(by !== undefined && { by }),
    via,
    ...shownOf(on),
    ...(how !== undefined && { how: kept(how) }),
    ...(note !== '' && { note: kept(note) }),
    counts: {},
    [EVENTS.expiry]: expiresAt,
  };
  await client.send(new PutItemCommand({ TableName, Item: toItem(record) }));

  const counts: Record<string, number> = {};
  const set = async (attributes: Readonly<Record<string, unknown>>): Promise<void> => {
    const names = Object.keys(attributes);
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: toItem(key),
        UpdateExpression: `SET ${names.map((_name, index) => `#${index} = :${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
        ExpressionAttributeValues: toItem(
          Object.fromEntries(names.map((name, index) => [`:${index}`, attributes[name]])),
        ),
      }),
    );
  };
  let [saved, saving] = [Date.now(), Promise.resolve()];
  return {
    count(name, amount = 1) {
      if (amount === 0) return;
      counts[name] = (counts[name] ?? 0) + amount;
      if (Date.now() - saved < SAVED_EVERY_MS) return;
      saved = Date.now();
      // How far it came, for whoever finds it cut off; the end writes it anyway.
      saving = set({ counts }).catch(() => {});
    },
    async concerns(subjects) {
      await point(subjects);
      await set(shownOf(subjects));
    },
    async end({ result, error }) {
      await saving;
      await set({ counts, result, endedAt: new Date().toISOString(), ...(error !== undefined && { error }) });
    },
  };
}

const shownOf = (on: readonly string[]) => ({
  on: on.slice(0, MOST_SHOWN),
  ...(on.length > MOST_SHOWN && { of: on.length }),
});
