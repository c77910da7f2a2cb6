import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Filled, startFilled } from '../../../bench/console/stack.ts';
import { arrivalsOf, type Sender } from '../../../bench/load/days.ts';

/** A shop's day, the same each time but for the hour it ends in. */
const SOURCES: readonly Sender[] = [
  { name: 'marketing', provider: 'sendgrid' },
  { name: 'shop', provider: 'generic' },
];
const HOUR = 3_600_000;
/** By hour of the day before now: little at night, most in the morning. */
const SHAPE = [3, 2, 1, 1, 1, 2, 4, 8, 12, 14, 11, 9, 8, 8, 9, 10, 9, 8, 7, 7, 8, 7, 5, 4];
const EVENTS = 6000;

/** A local stack after such a day. Nothing has arrived within the last minutes. */
export async function shopDay(into: string): Promise<Filled> {
  const filled = await startFilled(into, SOURCES, { alarms: { minimumDelivered: 100 } });
  const log = join(filled.stack.logsDir ?? '', 'process.log');
  const first = Math.floor(Date.now() / HOUR) * HOUR - 23 * HOUR;
  const all = SHAPE.reduce((sum, share) => sum + share, 0);
  for (const [hour, share] of SHAPE.entries()) {
    const from = first + hour * HOUR;
    const to = Math.min(from + HOUR, Date.now() - 5 * 60_000);
    const events = Math.round((EVENTS * share) / all);
    const before = sizeOf(log);
    await filled.fill(
      arrivalsOf({
        seed: 2026 + hour,
        sources: SOURCES,
        from,
        to: Math.max(from + 1, to),
        events,
        suppressed: Math.round(events / 90),
        prefix: `${hour}-`,
      }),
    );
    backdate(log, before, Math.max(from + 1, to) - 1);
  }
  return filled;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** What the functions wrote since, as if they had written it at that time: times have one length, so that the file stays as it is. */
function backdate(path: string, since: number, at: number): void {
  const size = sizeOf(path) - since;
  if (size <= 0) return;
  const file = openSync(path, 'r+');
  const bytes = Buffer.alloc(size);
  readSync(file, bytes, 0, size, since);
  const text = bytes
    .toString('latin1')
    .replace(/"Timestamp":\d{13}/g, `"Timestamp":${at}`)
    .replace(/"(time|timestamp)":"[^"]{24}"/g, (_, name: string) => `"${name}":"${new Date(at).toISOString()}"`);
  writeSync(file, Buffer.from(text, 'latin1'), 0, size, since);
  closeSync(file);
}
