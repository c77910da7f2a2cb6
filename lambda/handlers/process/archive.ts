import { gzipSync } from 'node:zlib';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type Archive, type Lines, members, memberText, readMember } from '../../aws/firehose.ts';
import { offerAll } from '../../aws/sqs.ts';
import { logError } from '../../aws/telemetry.ts';
import { type ArchiveLine, dayPrefix, MAX_MEMBER_BYTES } from '../../contract/archive.ts';
import { HEARTBEAT_SOURCE } from '../../contract/config.ts';
import type { DeliveryMessage } from '../../contract/message.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import type { Opened } from './opened.ts';
import { divide, type Passed } from './step.ts';

/** Where lines go, and where those go that the archive does not take now. */
interface Keeping {
  readonly archive: Archive;
  readonly sqs: SQSClient;
  readonly unarchivedQueueUrl: string;
}

interface Kept extends Passed {
  /** Lines that wait in the queue for them. */
  readonly waiting: number;
}

/**
 * Hands raw events to the archive, where there is one. What it does not take waits in a queue of its own: the fate of a message does not
 * depend on the archive. Fails the messages whose lines neither of the two took by `deadline` (epoch milliseconds).
 */
export async function keep(
  messages: readonly Opened[],
  keeping: Keeping | undefined,
  deadline: EpochMs,
): Promise<Kept> {
  if (!keeping) return { messages, failed: [], waiting: 0 };
  const refused = await keeping.archive.put(members(archiveLines(messages)), deadline);
  const outgoing = refused.map((member) => ({ body: memberText(member) }));
  const { indexes: lost, cause } = await offerAll(keeping.sqs, keeping.unarchivedQueueUrl, outgoing, deadline);
  if (lost.size > 0) logError('archive lines not kept', cause);
  const waiting = refused.filter((_member, at) => !lost.has(at));
  const failed = new Set(refused.filter((_member, at) => lost.has(at)).flatMap(({ owners }) => [...owners]));
  return { ...divide(messages, failed), waiting: waiting.reduce((sum, { lines }) => sum + lines, 0) };
}

/**
 * Tells whoever hears of inbound mail where the mail itself lies: too large for the bus, and nobody's business there. Firehose names its
 * objects by itself, so the pointer is the day's prefix and the fingerprint.
 * @param now epoch milliseconds
 */
export const withPointers = (messages: readonly Opened[], now: EpochMs): readonly Opened[] =>
  messages.map((opened) =>
    opened.events.some(({ event }) => event.type === 'inbound')
      ? { ...opened, events: opened.events.map(({ raw, event }) => ({ raw, event: pointed(event, now) })) }
      : opened,
  );

const pointed = (event: NormalisedEvent, now: EpochMs): NormalisedEvent =>
  event.type === 'inbound'
    ? { ...event, archivedAs: `${dayPrefix(new Date(now).toISOString().slice(0, 10))}#${event.fingerprint}` }
    : event;

/** Offers what waited to the archive again. Returns the messages of that queue that have to wait on. */
export async function keepLate(
  records: readonly SQSRecord[],
  archive: Archive | undefined,
  deadline: EpochMs,
): Promise<SQSRecord[]> {
  const read = records.map((record) => {
    try {
      return readMember(record.body, record);
    } catch (error) {
      logError('archive lines not readable', error);
      return undefined;
    }
  });
  const refused = await archive?.put(
    read.flatMap((member) => member ?? []),
    deadline,
  );
  if (!refused) return [...records];
  const waiting = new Set(refused.flatMap(({ owners }) => [...owners]));
  return records.filter((record, at) => read[at] === undefined || waiting.has(record));
}

/** What of a batch belongs into the archive: not what came out of it, and not our own heartbeats. */
const archiveLines = (opened: readonly Opened[]): Lines<Opened>[] =>
  opened.flatMap((owner) => {
    const { message } = owner;
    if (!message || message.origin === 'replay' || message.source === HEARTBEAT_SOURCE) return [];
    return [{ owner, lines: [...byRaw(owner)].map(([raw, events]) => line(message, owner.provider, raw, events)) }];
  });

/** Raw events with what they were taken to mean; without those of erased people, and without forged ones. */
function byRaw({ events, withoutEvents }: Opened): Map<string, NormalisedEvent[]> {
  const found = new Map<string, NormalisedEvent[]>(withoutEvents.map((raw) => [raw, []]));
  for (const { raw, event } of events) {
    const known = found.get(raw);
    if (known) known.push(event);
    else found.set(raw, [event]);
  }
  return found;
}

function line(message: DeliveryMessage, provider: string, raw: string, events: readonly NormalisedEvent[]): string {
  const { receivedAt, source, channel, origin, requestId, meta } = message;
  const facts = events.map(
    ({ source: _source, provider: _provider, requestId: _request, receivedAt: _received, metadata, ...fact }) => ({
      ...fact,
      // As a list: engines that compare names without case take two keys that differ in case alone for a broken line.
      ...(metadata && { custom: Object.entries(metadata).map(([key, value]) => ({ key, value })) }),
    }),
  );
  const head = { receivedAt, source, provider, channel, origin, requestId, ...(meta && { meta }) };
  const written = `${JSON.stringify({ ...head, raw, events: facts } satisfies ArchiveLine)}\n`;
  if (Buffer.byteLength(written) <= MAX_MEMBER_BYTES) return written;
  // One event can be as large as the queue takes, and then larger than a member may be.
  return `${JSON.stringify({ ...head, rawGzip: gzipSync(raw).toString('base64'), events: facts } satisfies ArchiveLine)}\n`;
}
