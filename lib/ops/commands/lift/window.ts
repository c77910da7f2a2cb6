import { DEFAULT_POLICY, type PolicyConfig } from '../../../../lambda/contract/config.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event.ts';
import { judge } from '../../../../lambda/domain/policy.ts';
import { judgeSoftBounces, type PastEvent } from '../../../../lambda/domain/soft-bounces.ts';
import { fold, type Judgement, type Mark, reasonKey } from '../../../../lambda/domain/suppression.ts';
import type { Decision } from '../../stack/acts.ts';
import { readEvents } from '../../stack/events.ts';
import type { Row } from '../../stack/scan.ts';
import type { Target } from '../../target/target.ts';
import { asJudgements, liftOf, liftTime, type Selection, type Standing, standing } from './lift.ts';

/** What one source reported between two event times (ISO 8601; the end is not part of it). */
export interface Window {
  readonly source: string;
  readonly from: string;
  readonly to: string;
}

/** One reason of one person that rests on the window, and what undoes it. */
export interface Undoing {
  readonly recipient: string;
  readonly key: string;
  /** Evidence outside the window that still counts; absent = the reason ends. */
  readonly stays?: Mark;
  readonly decisions: readonly Decision[];
}

const EVERY_EVENT = 1_000_000;

const within = ({ source, from, to }: Window, told: { readonly source: string; readonly at: string }): boolean =>
  told.source === source && told.at >= from && told.at < to;

/** Reasons of a person that the window's marks decide; those that other evidence outlasts stand as they are. */
export const resting = (row: Row, selection: Selection, window: Window, now: number): Standing[] =>
  standing(row.reasons, selection, now).filter(({ marks: [deciding] }) => deciding && within(window, deciding));

/**
 * Undoes one reason: a lift, and after it the evidence that stands without the window: of the other marks, and of what is recorded,
 * because a mark that another outlasts is not kept.
 */
export async function undo(
  target: Target,
  recipient: string,
  reason: Standing,
  window: Window,
  now: number,
  policyOf: (source: string) => PolicyConfig = () => DEFAULT_POLICY,
): Promise<Undoing> {
  const events = (await readEvents(target, recipient, EVERY_EVENT)).filter(
    ({ occurredAt, source }) => occurredAt !== undefined && !within(window, { source, at: occurredAt }),
  );
  const recorded = [
    ...events.flatMap((event) => judge(event, policyOf(event.source)).judgement ?? []),
    ...judgeSoftBounces(events.map(asPast), policyOf),
  ].filter((one) => reasonKey(one.reason, one.scope) === reason.key);
  const others = asJudgements(reason).filter(({ mark }) => mark.until === 0 || !within(window, mark));
  const [stays] = fold({}, [...others, ...recorded] satisfies Judgement[])[reason.key] ?? [];
  const lift = liftOf(recipient, reason, now);
  if (!stays || stays.until * 1000 <= now) return { recipient, key: reason.key, decisions: [lift] };
  const again: Decision = {
    ...lift,
    act: 'suppress',
    at: new Date(liftTime(reason.marks, now) + 1).toISOString(),
    until: stays.until,
  };
  return { recipient, key: reason.key, stays, decisions: [lift, again] };
}

const asPast = (event: NormalisedEvent): PastEvent => ({ ...event, at: event.occurredAt as string }) as PastEvent;
