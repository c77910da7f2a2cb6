import type { S3Client } from '@aws-sdk/client-s3';
import type { ArchiveLine } from '../../../../lambda/contract/archive.ts';
import type { ReplayWish } from '../../../../lambda/contract/message.ts';
import { linesOf, objectKeys } from './archive.ts';
import { replayMessages, sameRequest, type Wanted, wantedLine } from './line.ts';
import type { Position } from './state.ts';

interface Plan {
  readonly bucket: string;
  readonly days: readonly string[];
  readonly wanted: Wanted;
  readonly wish: ReplayWish;
  /** Stop after about so many events. */
  readonly limit: number;
}

interface Steps {
  send(bodies: readonly string[], events: number): Promise<void>;
  /** What came before is sent. */
  reached(position: Position): void;
  seen(line: ArchiveLine): void;
}

/** Requests that are sent together: a full `SendMessageBatch` where each has one message. */
const TOGETHER = 10;

/** Reads the archive from `start` on and sends what is wanted. Returns where it ended, and whether that was the end. */
export async function replay(
  client: S3Client,
  { bucket, days, wanted, wish, limit }: Plan,
  start: Position,
  { send, reached, seen }: Steps,
): Promise<Position & { readonly done: boolean }> {
  let at = start;
  for await (const key of objectKeys(client, bucket, days)) {
    if (key < start.key) continue;
    const skipped = key === start.key ? start.lines : 0;
    at = { ...at, key, lines: skipped };
    let open: ArchiveLine[] = [];
    let closed: ArchiveLine[][] = [];

    const flush = async (lines: number): Promise<void> => {
      const bodies = closed.flatMap((request) => replayMessages(request, wish));
      const events = countOf(closed);
      if (bodies.length > 0) await send(bodies, events);
      at = { key, lines, events: at.events + events, messages: at.messages + bodies.length };
      closed = [];
      reached(at);
    };

    let number = 0;
    for await (const text of linesOf(client, bucket, key)) {
      number += 1;
      const line = number > skipped && text !== '' ? wantedLine(text, wanted) : undefined;
      if (!line) continue;
      seen(line);
      if (open[0] && !sameRequest(open[0], line)) {
        closed.push(open);
        open = [];
        if (closed.length >= TOGETHER || at.events + countOf(closed) >= limit) {
          await flush(number - 1);
          if (at.events >= limit) return { ...at, done: false };
        }
      }
      open.push(line);
    }
    if (open.length > 0) closed.push(open);
    await flush(number);
    if (at.events >= limit) return { ...at, done: false };
  }
  return { ...at, done: true };
}

const countOf = (requests: readonly (readonly ArchiveLine[])[]): number =>
  requests.reduce((sum, request) => sum + request.length, 0);
