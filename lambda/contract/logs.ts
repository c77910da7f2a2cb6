/**
 * Words and facts of log lines that somebody reads again: the dashboard, the saved queries, `ops doctor`, `ops secrets`. Functions write them, and nobody spells
 * them a second time. What only people read is free.
 */

/** Messages. */
export const LOG = {
  /** A request was proven, where its source has several live secrets; with `position`. */
  proven: 'proven',
  /** A request was refused and counted in no metric of its source; with `reason` and `from`. */
  refused: 'refused',
  /** A proven request could not be put on the queue; with `source` and `requestId`. */
  notEnqueued: 'events not enqueued',
} as const;

/** Facts of `receive`. */
export const FACTS = {
  /** The configured source, where it is the metric's dimension too. */
  source: 'source',
  /** The same, where the metric has no dimension. */
  from: 'from',
  /** Why a request was refused: a word of `RefusalReason`. */
  reason: 'reason',
  requestId: 'requestId',
  /** Which of a source's live secrets proved the request, counted from 1. */
  position: 'position',
} as const;

/** Facts of the line that `process` writes for a batch, beside a count of new events under the name of each type. */
export const BATCH_FACTS = {
  /** Milliseconds from arrival to the table, of the slowest new event. On every line with a new event. */
  slowestStoredMs: 'slowestStoredMs',
  /** Milliseconds from the event to its arrival, of the slowest. */
  slowestEspMs: 'slowestEspMs',
  /** Answers of a table that said "throttled". */
  throttled: 'throttled',
  /** What became of each request of the batch, as {@link requestsFact} writes it. */
  requests: 'requests',
  /** New events of kinds that suppress or lift, and that name no recipient or no time. */
  unjudged: 'unjudged',
} as const;

/** What a batch came to of one request. A request of many events can be in several batches. */
export interface RequestOutcome {
  /** Events that were stored now; that had been stored before; dead letters; messages given back to the queue, to be tried again. */
  readonly stored: number;
  readonly known: number;
  readonly dead: number;
  readonly again: number;
}

/** Between spaces, so that a search finds one id and nothing of a longer one: ` ID 3/0/1/0 `. */
export const requestsFact = (outcomes: ReadonlyMap<string, RequestOutcome>): string =>
  [...outcomes].map(([id, { stored, known, dead, again }]) => ` ${id} ${stored}/${known}/${dead}/${again} `).join('');

/** @returns undefined where the fact does not name the request */
export function readRequestsFact(fact: string, id: string): RequestOutcome | undefined {
  const after = fact.split(` ${id} `)[1];
  const [stored, known, dead, again] = (after?.split(' ')[0] ?? '').split('/').map(Number);
  return after === undefined
    ? undefined
    : { stored: stored ?? 0, known: known ?? 0, dead: dead ?? 0, again: again ?? 0 };
}

/** Fact: mails that a large mailbox operator refused because of sender, content or policy. */
export const blockedFact = (operator: string): string => `blocked_${operator}`;

/** What is counted by source and mailbox operator, as plain facts of a source's line: no metric, and no price. */
export const RATE_KINDS = ['delivered', 'hard', 'soft', 'block', 'undetermined', 'complained'] as const;
export type RateKind = (typeof RATE_KINDS)[number];

/** Fact: new events of a kind at one mailbox operator, such as `delivered_google`. */
export const rateFact = (kind: RateKind, operator: string): string => `${kind}_${operator}`;
