import { setTimeout as pause } from 'node:timers/promises';
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { BUS_SOURCE, type DetailType } from '../contract/bus.ts';
import { jitter } from './dynamodb/statements.ts';

export interface BusEntry {
  readonly detailType: DetailType;
  readonly detail: object;
}

/** `never`: the bus will not take this entry, however often. `failed`: not this time. */
export type Sent = 'sent' | 'failed' | 'never';

const MAX_ENTRIES = 10;
/** Bytes of one request; EventBridge counts source, type and detail. */
const MAX_BYTES = 1_000_000;
const NEVER = /malformed|invalidargument|invalidparameter|validation|toolarge|sizelimit/i;

/** Entries in groups that one `PutEvents` takes, in order. */
export function busBatches<T extends { readonly entry: BusEntry }>(items: readonly T[]): T[][] {
  const groups: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item.entry);
    const group = groups.at(-1);
    if (group && group.length < MAX_ENTRIES && bytes + size <= MAX_BYTES) {
      group.push(item);
      bytes += size;
    } else {
      groups.push([item]);
      bytes = size;
    }
  }
  return groups;
}

const sizeOf = ({ detailType, detail }: BusEntry): number =>
  BUS_SOURCE.length + detailType.length + Buffer.byteLength(JSON.stringify(detail));

/** Puts one group on the bus. What is refused for now is tried again with jitter until `deadline` (epoch milliseconds). */
export async function putOnBus(
  client: EventBridgeClient,
  bus: string,
  entries: readonly BusEntry[],
  deadline: number,
): Promise<Sent[]> {
  const outcomes: Sent[] = entries.map((entry) => (sizeOf(entry) > MAX_BYTES ? 'never' : 'failed'));
  for (let attempt = 0; ; attempt++) {
    const left = outcomes.flatMap((outcome, index) => (outcome === 'failed' ? [index] : []));
    if (left.length === 0) return outcomes;
    if (attempt > 0) {
      const wait = jitter(attempt);
      if (Date.now() + wait > deadline) return outcomes;
      await pause(wait);
    }
    const sent = await put(
      client,
      left.map((index) => asRequest(bus, entries[index] as BusEntry)),
    );
    for (const [at, index] of left.entries()) outcomes[index] = sent[at] ?? 'failed';
  }
}

const asRequest = (bus: string, { detailType, detail }: BusEntry): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: BUS_SOURCE,
  DetailType: detailType,
  Detail: JSON.stringify(detail),
});

async function put(client: EventBridgeClient, Entries: PutEventsRequestEntry[]): Promise<Sent[]> {
  try {
    const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
    return results.map(({ ErrorCode }) =>
      ErrorCode === undefined ? 'sent' : NEVER.test(ErrorCode) ? 'never' : 'failed',
    );
  } catch (error) {
    if (!(error instanceof Error) || !NEVER.test(error.name)) return Entries.map(() => 'failed');
    if (Entries.length === 1) return ['never'];
    // One bad entry can refuse the whole request: alone it is told from its neighbours.
    return (await Promise.all(Entries.map((entry) => put(client, [entry])))).map(([sent]) => sent ?? 'failed');
  }
}
