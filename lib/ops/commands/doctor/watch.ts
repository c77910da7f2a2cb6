import type { RateKind, RequestOutcome } from '../../../../lambda/contract/logs.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';

/** What functions have reported of themselves, in logs and metrics; times are epoch milliseconds. */
export interface Watch {
  /** Per source, as far back as can be seen. */
  traffic(sources: readonly string[]): Promise<ReadonlyMap<string, Traffic>>;
  /** What a function last came to; undefined where it has not run as far back as can be seen. */
  runs(name: WatchedFunction): Promise<Runs>;
  /** When a heartbeat last went round, or where that is off, when pulse last ran. */
  heartbeat(): Promise<EpochMs | undefined>;
  /** What was counted by source and mailbox operator since a time (epoch milliseconds). */
  rates(since: EpochMs): Promise<readonly RateLine[]>;
  /** What `receive` and `process` wrote of a request since a time (epoch milliseconds), in order of time. */
  request(id: string, since: EpochMs): Promise<readonly RequestLine[]>;
  /** New events by source and hour since a time (epoch milliseconds), as the functions counted them. */
  hours(since: EpochMs): Promise<readonly HourLine[]>;
  /** Seconds that the oldest delivery has waited; undefined where nobody measures it. */
  queueAge(): Promise<number | undefined>;
  /** Which of a source's live secrets proved a request last, counted from 1; known only while there are several. */
  lastProof(source: string): Promise<{ readonly position: number; readonly at: EpochMs } | undefined>;
}

/** Counts of one source, mailbox operator and day, as the functions wrote them. */
export interface RateLine {
  /** YYYY-MM-DD, UTC. */
  readonly day: string;
  readonly source: string;
  readonly operator: string;
  readonly counts: Readonly<Partial<Record<RateKind, number>>>;
}

/** One thing that happened to a request. */
export type RequestLine =
  | { readonly at: EpochMs; readonly source?: string; readonly refused: string }
  | { readonly at: EpochMs; readonly processed: RequestOutcome };

/** What one source brought in one hour. */
export interface HourLine {
  /** Epoch milliseconds: when the hour began. */
  readonly at: EpochMs;
  readonly source: string;
  /** All new events; those of the named kinds are among them. */
  readonly stored: number;
  readonly delivered: number;
  readonly bounced: number;
  readonly complained: number;
}

export type WatchedFunction = 'receive' | 'process' | 'pulse';

export interface Traffic {
  readonly storedAt?: EpochMs;
  readonly refused?: Refusals;
}

export interface Refusals {
  /** Of the last one of this reason. */
  readonly at: EpochMs;
  /** The most frequent one. */
  readonly reason: string;
  /** Of this reason, since the last event that was stored, or in the last quarter of an hour; of a day at most. */
  readonly count: number;
}

export interface Runs {
  readonly succeededAt?: EpochMs;
  readonly failedAt?: EpochMs;
}
