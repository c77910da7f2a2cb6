import { gzipSync } from 'node:zlib';
import type { Archive, Lines } from '../../aws/firehose.ts';
import { type ArchiveLine, MAX_RECORD_BYTES } from '../../contract/archive.ts';
import { HEARTBEAT_SOURCE } from '../../contract/config.ts';
import type { DeliveryMessage } from '../../contract/message.ts';
import type { NormalisedEvent } from '../../domain/event.ts';
import type { Opened } from './opened.ts';
import { divide, type Passed } from './step.ts';

/** Hands raw events to the archive, where there is one. Fails the messages that it did not take by `deadline` (epoch milliseconds). */
export async function keep(
  messages: readonly Opened[],
  archive: Archive | undefined,
  deadline: number,
): Promise<Passed> {
  if (!archive) return { messages, failed: [] };
  return divide(messages, await archive.put(archiveLines(messages), deadline));
}

/** What of a batch belongs into the archive: not what came out of it, and not our own heartbeats. */
const archiveLines = (opened: readonly Opened[]): Lines<Opened>[] =>
  opened.flatMap((owner) => {
    const { message } = owner;
    if (!message || message.origin === 'replay' || message.source === HEARTBEAT_SOURCE) return [];
    const lines = [...byRaw(owner)].map(([raw, events]) => line(message, owner.provider, raw, events));
    return lines.length > 0 ? [{ owner, lines }] : [];
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
  if (written.length <= MAX_RECORD_BYTES / 3 || Buffer.byteLength(written) <= MAX_RECORD_BYTES) return written;
  // One event can be as large as the queue takes, and then a little larger than Firehose takes.
  return `${JSON.stringify({ ...head, rawGzip: gzipSync(raw).toString('base64'), events: facts } satisfies ArchiveLine)}\n`;
}
