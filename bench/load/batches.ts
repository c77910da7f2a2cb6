import { batchOf, messagesOf } from './invocations.ts';
import { mixedEvents, type SendGridEvent } from './mix.ts';

/** Batches of queue messages with the ordinary mix; no event twice within a `series`. */

/** One message of a hundred events in each batch. */
export const hundreds = (batches: number, series = 'h'): object[] =>
  times(batches, (n) => batchOf(messagesOf(mixedEvents(100, { first: n * 100, series, at: Date.now() }))));

/** Ten messages of a hundred events in each batch. */
export const thousands = (batches: number, series = 't'): object[] =>
  times(batches, (n) =>
    batchOf(
      times(10, (m) => mixedEvents(100, { first: n * 1000 + m * 100, series, at: Date.now() })).flatMap(messagesOf),
    ),
  );

/** Ten messages of one event in each batch. */
export const ones = (batches: number, series = 'o'): object[] =>
  times(batches, (n) =>
    batchOf(mixedEvents(10, { first: n * 10, series, at: Date.now() }).flatMap((event) => messagesOf([event]))),
  );

/** The two largest batches there can be: ten messages of 1 MiB with one event each, and 40,000 small events. */
export const largest = (): object[] => [
  batchOf(times(10, (n) => mixedEvents(1, { first: n, series: 'l', at: Date.now() })).flatMap(longMessages)),
  batchOf(times(10, (n) => manySmall(n))),
];

/** What makes an event as long as a message may be. */
const LONG = 'x'.repeat(1024 * 1024 - 2048);
const SMALL_EVENTS = 4000;

const longMessages = (events: readonly SendGridEvent[]): string[] =>
  messagesOf(events.map((event) => ({ ...event, note: LONG })));

/** One message, larger than `receive` makes them: whatever is on the queue, `process` must hold it. */
function manySmall(n: number): string {
  const timestamp = Math.floor(Date.now() / 1000);
  const events = times(SMALL_EVENTS, (m) =>
    JSON.stringify({
      email: `r${n}-${m}@example.com`,
      event: m % 50 ? 'open' : 'bounce',
      timestamp,
      sg_message_id: `${n}-${m}`,
    }),
  );
  const [head = ''] = messagesOf(mixedEvents(1, { at: Date.now() }));
  return `${head.slice(0, head.indexOf('"events":['))}"events":[${events.join(',')}]}`;
}

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_none, n) => make(n));
