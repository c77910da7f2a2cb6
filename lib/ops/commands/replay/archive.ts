import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { ARCHIVE_PREFIX, dayPrefix } from '../../../../lambda/contract/archive.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';

const DAY = 86_400_000;
/** No archive is older: whoever asks from the beginning of time asks for no folder before. */
const EARLIEST = Date.UTC(2020, 0, 1);

/** Days (UTC) under which events that arrived in a time can lie: a message can wait before it is archived. */
export function daysOf(from: EpochMs, to: EpochMs, lateDays: number, now: EpochMs): string[] {
  const last = Math.min(to + lateDays * DAY, now);
  const days: string[] = [];
  for (let at = Math.floor(Math.max(from, EARLIEST) / DAY) * DAY; at <= last; at += DAY)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** Keys of all objects of these days, which follow one another, in order: one listing, because most days have few objects. */
export async function* objectKeys(client: S3Client, bucket: string, days: readonly string[]): AsyncGenerator<string> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return;
  const asked = { Bucket: bucket, Prefix: ARCHIVE_PREFIX, StartAfter: dayPrefix(first) };
  for await (const page of paginateListObjectsV2({ client }, asked))
    for (const { Key = '' } of page.Contents ?? []) {
      if (Key.slice(0, dayPrefix(last).length) > dayPrefix(last)) return;
      yield Key;
    }
}

/** An object's lines, one by one: it is never in memory as a whole. */
export async function* linesOf(client: S3Client, bucket: string, key: string): AsyncGenerator<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const text = (Body as Readable).pipe(createGunzip());
  (Body as Readable).on('error', (error) => text.destroy(error));
  // Not readline's own iterator: it loses an error of the stream.
  let rest = '';
  text.setEncoding('utf8');
  for await (const chunk of text as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
