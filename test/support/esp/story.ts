import type { FakeApi } from './server.ts';

/** One thing that happened at the ESP: when, and from when on its API shows it. Epoch milliseconds. */
export interface Happening {
  readonly at: number;
  readonly shownAt: number;
  readonly type: 'delivered' | 'bounced' | 'complained' | 'opened';
  readonly recipient: string;
  /** A number that tells it from all others. */
  readonly id: number;
}

/** An ESP with a past: its API, and the same events as its webhook posts them. */
export interface FakeEsp {
  readonly provider: string;
  readonly api: FakeApi;
  /** The key that it knows, and one that it knows and that may do nothing. */
  readonly key: string;
  readonly poorKey: string;
  readonly domain: string;
  /** What happened so far; may grow while it is read. */
  readonly story: Happening[];
  /** The ESP's own clock. */
  now: () => number;
  /** Raw event of the webhook, as `split` would cut it. */
  webhook(happening: Happening): string;
  /** Called after each page of events: the story may go on. */
  turned: () => void;
  /** Its tokens of pages end. Absent where it has none, or none that end. */
  forget?: () => void;
  /** The next page in the middle is empty, and another follows. Absent where an empty page is the end, or there are none. */
  blank?: boolean;
}

export const isShown = (fake: { readonly now: () => number }, { shownAt }: Happening): boolean => shownAt <= fake.now();
export const oldestFirst = (a: Happening, b: Happening): number => a.at - b.at || a.id - b.id;
