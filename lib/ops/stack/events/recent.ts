import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { BY_HOUR } from '../../../../lambda/contract/tables.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { Target } from '../../target/target.ts';
import { asked, type Filter, filterOf, HOUR, readHour } from './hour.ts';
import { asEvent, type StoredEvent } from './stored.ts';

interface Wanted extends Filter {
  /** Epoch milliseconds: arrived from then on. */
  readonly since: EpochMs;
  /** Epoch milliseconds: arrived before. */
  readonly before?: EpochMs | undefined;
  readonly limit: number;
  /** Where an earlier answer stopped. */
  readonly next?: Next | undefined;
}

/** Where to go on: in an hour of arrival, below a sort key of the index. */
export interface Next {
  /** Whole hours since the epoch. */
  readonly hour: number;
  readonly below: string;
}

export interface Recent {
  /** The newest arrival first. */
  readonly events: readonly StoredEvent[];
  /** There is more that was not read; absent where all was, or as much as was wanted. */
  readonly next?: Next;
}

/** Hours read side by side: one, then more and more. */
const MOST_HOURS = 8;
/** Events that one answer looks at: a wave is millions of them. Some 30 MB, 4,000 read units, and seconds; of hours without any, a month. */
export const MOST_LOOKED_AT = 50_000;
/** Stacks whose index is more than one answer long, and since when that is known. */
const BUSY = new WeakMap<Target, number>();
const BUSY_FOR = HOUR / 6;

/**
 * What went wrong or was changed by hand lately, the newest arrival first: bounced, dropped, complained, unsubscribed, resubscribed, and
 * operators' acts. Where little ever went wrong, one answer holds all of it; else it is read back in time, hour by hour, until there is enough.
 * An hour that is too long to be looked at whole is read from its latest events on, by their own time, and the answer says where to go on.
 * @param read hears how many events were looked at
 * @throws CannotKnow where the table has no such index
 */
export async function readRecentEvents(
  target: Target,
  wanted: Wanted,
  now: EpochMs,
  read: (events: number) => void = () => undefined,
): Promise<Recent> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.events;
  if (!wanted.next && now - (BUSY.get(target) ?? 0) >= BUSY_FOR) {
    const all = await readAll(client, table, wanted);
    if (all) return { events: newest(all, wanted).slice(0, wanted.limit) };
    BUSY.set(target, now);
  }
  const allowance = { left: MOST_LOOKED_AT, read };
  const found: StoredEvent[] = [];
  const first = Math.floor(wanted.since / HOUR);
  let hour = wanted.next?.hour ?? Math.floor((wanted.before ?? now) / HOUR);
  for (let many = 1; hour >= first && found.length < wanted.limit; many = Math.min(2 * many, MOST_HOURS)) {
    if (allowance.left <= 0) return { events: found, next: { hour, below: '' } };
    const hours = Array.from({ length: Math.min(many, hour - first + 1) }, (_, back) => hour - back);
    const answers = await Promise.all(
      hours.map((one) => readHour(client, table, one, wanted, belowOf(wanted, one), allowance)),
    );
    const cut = answers.findIndex(({ readTo }) => readTo !== '');
    const whole = cut === -1 ? answers : answers.slice(0, cut + 1);
    found.push(
      ...newest(
        whole.flatMap(({ events }) => events),
        wanted,
      ),
    );
    if (cut !== -1)
      return {
        events: found.slice(0, wanted.limit),
        next: { hour: hour - cut, below: answers[cut]?.readTo ?? '' },
      };
    hour -= hours.length;
  }
  return { events: found.slice(0, wanted.limit) };
}

const belowOf = ({ next }: Wanted, hour: number): string => (next?.hour === hour ? next.below : '');

const newest = (events: readonly StoredEvent[], { since, before = Number.POSITIVE_INFINITY }: Wanted): StoredEvent[] =>
  events
    .filter(({ receivedAt }) => Date.parse(receivedAt) >= since && Date.parse(receivedAt) < before)
    .sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : a.receivedAt < b.receivedAt ? 1 : 0));

/** The whole index, where it fits into one answer (1 MB). */
async function readAll(client: DynamoDBClient, TableName: string, wanted: Wanted): Promise<StoredEvent[] | undefined> {
  const { Items = [], LastEvaluatedKey } = await asked(() =>
    client.send(new ScanCommand({ TableName, IndexName: BY_HOUR.name, ...filterOf(wanted) })),
  );
  return LastEvaluatedKey === undefined ? Items.map(asEvent) : undefined;
}
