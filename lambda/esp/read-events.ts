import type { EpochMs } from '../contract/units.ts';
import { CannotKnow } from '../domain/cannot-know.ts';
import type { NormalisedEvent } from '../domain/event/event.ts';
import type { Interpreter } from '../domain/interpret.ts';
import { type ApiContext, CursorLost, type EventPage, type EventsApi, type TimeWindow } from '../providers/api.ts';

/** How far a reading of events has come. Holds fingerprints, no address and no key. */
export interface Progress {
  /** Epoch milliseconds: everything before is read and sent. No token of a page: those end. */
  readonly trusted: EpochMs;
  /** Where it is to end, kept so that "now" stays what it was. */
  readonly to: EpochMs;
  readonly fetched: number;
  readonly missing: number;
  readonly passed: number;
  readonly unreadable: number;
  /** Of the slice being read: events that were not in the table, written down before they are sent and so come to be in it. */
  readonly open: readonly string[];
  /** Events at the end of the last whole slice, which the next one may bring again. */
  readonly border: readonly string[];
}

/** An event of the API, with what it will be recorded as. */
interface Pulled {
  readonly raw: string;
  readonly events: readonly NormalisedEvent[];
}

interface Steps {
  readonly interpret: Interpreter;
  /** Positions of those that are recorded already. */
  recorded(events: readonly NormalisedEvent[]): Promise<ReadonlySet<number>>;
  send(raws: readonly string[]): Promise<void>;
  reached(progress: Progress): void;
  /** Part of the window cannot be read, as a sentence. */
  lost(sentence: string): void;
}

const HOUR = 3_600_000;
/** A slice is begun again so often when its pages get lost. */
const MOST_LOST = 5;
/** A slice whose rows keep moving is read so often; the last pass must bring nothing new. */
const MOST_PASSES = 10;
/** What stands this close to a slice's end may come again with the next one. */
const BORDER_MS = 2_000;

/** Reads a window slice by slice and sends what it brings; returns how it ended. Throws leave what `reached` was told last as the truth. */
export async function readEvents(
  events: EventsApi,
  context: ApiContext,
  window: TimeWindow,
  begun: Progress,
  steps: Steps,
): Promise<Progress> {
  const length = (events.sliceHours ?? 6) * HOUR;
  let before: ReadonlySet<string> = new Set(begun.border);
  let progress = begun;
  for (let from = begun.trusted; from < window.to; from += length) {
    const slice = { from, to: Math.min(from + length, window.to) };
    const seen = new Set<string>();
    progress = await readSlice(events, context, slice, window, progress, seenIn(seen, before), steps);
    steps.reached(progress);
    before = seen;
  }
  return progress;
}

/** Fingerprints of this run that may come again: a month of a large sender would be more than a set holds. */
type Seen = Pick<Set<string>, 'has' | 'add'>;

/** A slice brings again what is its own, and what stands at its border. */
const seenIn = (now: Set<string>, before: ReadonlySet<string>): Seen => ({
  has: (fingerprint) => now.has(fingerprint) || before.has(fingerprint),
  add: (fingerprint) => now.add(fingerprint),
});

/** Reads one slice, as often as its rows move. @param window of which events count, where the API goes by the time of mails */
export async function readSlice(
  api: EventsApi,
  context: ApiContext,
  slice: TimeWindow,
  window: TimeWindow,
  before: Progress,
  seen: Seen,
  steps: Steps,
): Promise<Progress> {
  let progress = before;
  const border: string[] = [];
  // What an earlier run has written down as missing may have been sent by it: it stays missing.
  const noted = new Set(before.open);
  for (let [passes, lost] = [1, 0]; ; passes++) {
    let brought = 0;
    const first = passes === 1 && lost === 0;
    try {
      for await (const page of api.pages(context, slice)) {
        const taken = take(page, api.mailDays === undefined ? undefined : window, seen, steps);
        brought += taken.pulled.length;
        const events = taken.pulled.flatMap((one) => one.events);
        const missing = await pass(taken.pulled, events, before, noted, steps);
        progress = {
          ...progress,
          fetched: progress.fetched + events.length,
          missing: progress.missing + missing,
          // What cannot be told apart is counted once, however often the slice is read.
          passed: progress.passed + (first ? (page.passed ?? 0) : 0),
          unreadable: progress.unreadable + (first ? taken.unreadable : 0),
        };
        border.push(...events.filter((event) => isLate(event, slice)).map(({ fingerprint }) => fingerprint));
      }
    } catch (error) {
      if (!(error instanceof CursorLost)) throw error;
      if (++lost === MOST_LOST)
        throw new CannotKnow('The pages keep getting lost while they are read. Run the same command again.');
      continue;
    }
    if (!api.shifts || brought === 0) break;
    if (passes === MOST_PASSES) {
      steps.lost(
        `The rows up to ${new Date(slice.to).toISOString()} keep moving: something of them may be missing. Run it again later.`,
      );
      break;
    }
  }
  return { ...progress, trusted: slice.to, open: [], border };
}

const isLate = ({ occurredAt }: NormalisedEvent, { to }: TimeWindow): boolean =>
  occurredAt === undefined || Math.abs(Date.parse(occurredAt) - to) <= BORDER_MS;

interface Taken {
  readonly pulled: readonly Pulled[];
  readonly unreadable: number;
}

/** What a page brings that was not there before in this run. */
function take(page: EventPage, within: TimeWindow | undefined, seen: Seen, steps: Steps): Taken {
  if (page.lost !== undefined) steps.lost(page.lost);
  const pulled: Pulled[] = [];
  let unreadable = 0;
  const receivedAt = new Date().toISOString();
  for (const raw of page.events) {
    const meaning = steps.interpret(raw, {}, { receivedAt });
    if ('poison' in meaning) unreadable++;
    else {
      const fresh = meaning.events.filter((event) => !seen.has(event.fingerprint) && isWithin(event, within));
      for (const event of fresh) seen.add(event.fingerprint);
      if (fresh.length > 0) pulled.push({ raw, events: fresh });
    }
  }
  return { pulled, unreadable };
}

/** Mails of before the window have events of before it too: those are nobody's question. */
const isWithin = ({ occurredAt }: NormalisedEvent, within: TimeWindow | undefined): boolean => {
  if (within === undefined || occurredAt === undefined) return true;
  const at = Date.parse(occurredAt);
  return at >= within.from && at < within.to;
};

/**
 * Asks which are known, writes down which are not, then sends all; returns how many were not known. In this order a crash loses no event
 * and no count: the next run reads the slice again, from the counts that stood before it.
 */
async function pass(
  pulled: readonly Pulled[],
  events: readonly NormalisedEvent[],
  atStart: Progress,
  noted: Set<string>,
  steps: Steps,
): Promise<number> {
  if (pulled.length === 0) return 0;
  const recorded = await steps.recorded(events);
  const missing = events.filter(({ fingerprint }, at) => noted.has(fingerprint) || !recorded.has(at));
  for (const { fingerprint } of missing) noted.add(fingerprint);
  steps.reached({ ...atStart, open: [...noted] });
  await steps.send(pulled.map(({ raw }) => raw));
  return missing.length;
}
