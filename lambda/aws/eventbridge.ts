import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { BUS_SOURCE, type DetailType } from '../contract/bus.ts';
import type { EpochMs } from '../contract/units.ts';
import { packed } from '../domain/batches.ts';
import { attempt, retried } from './effort.ts';

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
export const busBatches = <T extends { readonly entry: BusEntry }>(items: readonly T[]): T[][] =>
  packed(items, ({ entry }) => sizeOf(entry), { most: MAX_ENTRIES, bytes: MAX_BYTES });

const sizeOf = ({ detailType, detail }: BusEntry): number =>
  BUS_SOURCE.length + detailType.length + Buffer.byteLength(JSON.stringify(detail));

/** Puts one group on the bus. What is refused for now is tried again with jitter until `deadline` (epoch milliseconds). */
export async function putOnBus(
  client: EventBridgeClient,
  bus: string,
  entries: readonly BusEntry[],
  deadline: EpochMs,
): Promise<Sent[]> {
  const outcomes: Sent[] = entries.map((entry) => (sizeOf(entry) > MAX_BYTES ? 'never' : 'failed'));
  const open = outcomes.flatMap((outcome, index) => (outcome === 'failed' ? [index] : []));
  await retried(open, deadline, async (left) => {
    const requests = left.map((index) => asRequest(bus, entries[index] as BusEntry));
    const sent = await attempt(deadline, (signal) => put(client, requests, signal));
    for (const [at, index] of left.entries()) outcomes[index] = sent[at] ?? 'failed';
    return left.filter((index) => outcomes[index] === 'failed');
  });
  return outcomes;
}

const asRequest = (bus: string, { detailType, detail }: BusEntry): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: BUS_SOURCE,
  DetailType: detailType,
  Detail: JSON.stringify(detail),
});

async function put(
  client: EventBridgeClient,
  Entries: PutEventsRequestEntry[],
  abortSignal: AbortSignal,
): Promise<Sent[]> {
  try {
    const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }), { abortSignal });
    return results.map(({ ErrorCode }) =>
      ErrorCode === undefined ? 'sent' : NEVER.test(ErrorCode) ? 'never' : 'failed',
    );
  } catch (error) {
    if (!(error instanceof Error) || !NEVER.test(error.name)) return Entries.map(() => 'failed');
    if (Entries.length === 1) return ['never'];
    // One bad entry can refuse the whole request: alone it is told from its neighbours.
    return (await Promise.all(Entries.map((entry) => put(client, [entry], abortSignal)))).map(
      ([sent]) => sent ?? 'failed',
    );
  }
}
