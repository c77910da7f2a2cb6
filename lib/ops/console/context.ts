import type { EpochMs } from '../../../lambda/contract/units.ts';
import type { Watch } from '../commands/doctor/watch.ts';
import type { Target } from '../target/target.ts';

/** What a page knows of its surroundings. */
export interface Context {
  readonly target: Target;
  readonly watch: Watch;
  /** No action is shown, and none works. */
  readonly readOnly: boolean;
  /** Milliseconds after which a page says that it is not ready, to be looked at again; absent: it is waited for. */
  readonly patience?: number;
  /** Requests that this process has seen at its own gateway: the local run only. */
  readonly requests?: RequestLog;
  /** Epoch milliseconds. */
  now(): EpochMs;
}

/** One request at the gateway, without anything that came with it. */
export interface SeenRequest {
  /** Epoch milliseconds. */
  readonly at: EpochMs;
  readonly method: string;
  /** A configured source, or undefined where the path names none. */
  readonly source?: string;
  readonly status: number;
  /** By which it is found. */
  readonly requestId?: string;
  /** Events taken, on a 200. */
  readonly accepted?: number;
  /** Why it was refused: one of the product's own words. */
  readonly reason?: string;
}

/** The newest requests, newest first. */
export interface RequestLog {
  newest(most: number): readonly SeenRequest[];
}
