import { gunzipSync } from 'node:zlib';
import type { ArchiveLine } from '../../../../lambda/contract/archive.ts';
import type { Channel, ReplayWish } from '../../../../lambda/contract/message.ts';
import { packMessages } from '../../../../lambda/domain/message.ts';

/** What to replay. Times are ISO 8601 with milliseconds, compared as text; `to` is left out itself. */
export interface Wanted {
  readonly from: string;
  readonly to: string;
  readonly source?: string | undefined;
  /** As the event was taken when it was archived. */
  readonly type?: string | undefined;
}

const FIRST_MEMBER = '{"receivedAt":"';
const ISO_LENGTH = '2026-05-04T10:00:00.000Z'.length;

/** A line of the archive, if it is wanted. Of most lines the first member alone says it, without parsing the rest. */
export function wantedLine(text: string, { from, to, source, type }: Wanted): ArchiveLine | undefined {
  if (text.startsWith(FIRST_MEMBER)) {
    const at = text.slice(FIRST_MEMBER.length, FIRST_MEMBER.length + ISO_LENGTH);
    if (at < from || at >= to) return undefined;
  }
  const line = JSON.parse(text) as ArchiveLine;
  if (line.receivedAt < from || line.receivedAt >= to) return undefined;
  if (source !== undefined && line.source !== source) return undefined;
  if (type !== undefined && !line.events.some((event) => (event as { type?: string }).type === type)) return undefined;
  return line;
}

/** Lines of one request, one after the other. */
export const sameRequest = (a: ArchiveLine, b: ArchiveLine): boolean => envelopeKey(a) === envelopeKey(b);

const envelopeKey = ({ source, channel, receivedAt, requestId, meta }: ArchiveLine): string =>
  JSON.stringify([source, channel, receivedAt, requestId, meta]);

/** Queue messages for lines of one request, with the envelope that they came in: what is written is the same as then. */
export function replayMessages(lines: readonly ArchiveLine[], wish: ReplayWish): string[] {
  const [first] = lines;
  if (!first) return [];
  const { source, channel, receivedAt, requestId, meta } = first;
  return packMessages(
    {
      source,
      channel: channel as Channel,
      receivedAt,
      requestId,
      origin: 'replay',
      ...(meta && { meta }),
      ...(Object.keys(wish).length > 0 && { replay: wish }),
    },
    lines.map(rawOf),
  );
}

const rawOf = ({ raw, rawGzip = '' }: ArchiveLine): string =>
  raw ?? gunzipSync(Buffer.from(rawGzip, 'base64')).toString('utf8');
