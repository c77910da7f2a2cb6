import { batchOf, messagesOf } from './invocations.ts';
import { mixedEvents } from './mix.ts';

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

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_none, n) => make(n));
