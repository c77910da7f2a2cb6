import type { EpochMs } from '../../contract/units.ts';
import type { Opened } from './opened.ts';

/** What a step passes on. A step writes into no message: where it changes one, it returns another. */
export interface Passed {
  /** Messages for the next step. */
  readonly messages: readonly Opened[];
  /** Messages that could not be done this time: they go back to the queue, whole. */
  readonly failed: readonly Opened[];
}

/** The messages, divided by whether they failed. */
export function divide(messages: readonly Opened[], failed: ReadonlySet<Opened>): Passed {
  return {
    messages: messages.filter((message) => !failed.has(message)),
    failed: messages.filter((message) => failed.has(message)),
  };
}

/** Until when each step may try again, in epoch milliseconds. */
export interface Shares {
  readonly erased: EpochMs;
  readonly bound: EpochMs;
  readonly recorded: EpochMs;
  readonly judged: EpochMs;
  readonly suppressed: EpochMs;
  readonly kept: EpochMs;
  readonly obeyed: EpochMs;
  readonly buried: EpochMs;
}

/** Left to answer, in milliseconds. */
const ANSWER = 1000;

/**
 * Divides the time of an invocation, so that a step that must wait leaves the others theirs: half is for the tables, of which no step gets
 * all that is left; the rest is for the archive, for burying and for answering.
 * @param time milliseconds that are left
 */
export function sharesOf(now: EpochMs, time: number): Shares {
  const half = time / 2;
  return {
    erased: now + half * 0.15,
    bound: now + half * 0.3,
    recorded: now + half * 0.6,
    judged: now + half * 0.8,
    suppressed: now + half,
    kept: now + half * 1.4,
    obeyed: now + half * 1.6,
    buried: now + time - Math.min(ANSWER, half / 4),
  };
}
