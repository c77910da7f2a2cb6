import type { NormalisedEvent } from '../../../../lambda/domain/event.ts';
import { type PolicyOf, reconsidered } from '../../../../lambda/domain/history.ts';
import { type Retraction, retractionOf } from '../../../../lambda/domain/retraction.ts';
import { type Mark, type Reasons, settled } from '../../../../lambda/domain/suppression.ts';
import type { Row } from '../../stack/scan.ts';

/** One reason of one person of which a retraction takes something back. */
export interface TakenBack {
  readonly recipient: string;
  readonly key: string;
  /** Whether it suppressed, and no longer does. */
  readonly lifted: boolean;
  /** Evidence that still suppresses. */
  readonly stays?: Mark;
}

/** Reasons of an entry with a mark that falls under the retraction. */
export const concerned = ({ reasons }: Row, retraction: Retraction): string[] =>
  Object.entries(reasons).flatMap(([key, marks]) =>
    marks.some((mark) => retractionOf(key, mark, [retraction])) ? [key] : [],
  );

/**
 * What becomes of these reasons, by the very rules of `process`.
 * @param retractions all that hold, this one among them
 * @param now epoch seconds
 */
export function takenBack(
  { recipient, reasons }: Row,
  keys: readonly string[],
  history: readonly NormalisedEvent[],
  policyOf: PolicyOf,
  retractions: readonly Retraction[],
  now: number,
): TakenBack[] {
  const change = reconsidered(history, policyOf, retractions, new Set(keys));
  const after = settled(reasons, change.judgements, change.withdraws).reasons;
  return keys.map((key) => {
    const [until, left] = [untilOf(reasons, key), untilOf(after, key)];
    const [stays] = after[key] ?? [];
    return {
      recipient,
      key,
      lifted: until > now && left <= now,
      ...(stays && left > now && { stays }),
    };
  });
}

const untilOf = (reasons: Reasons, key: string): number => reasons[key]?.[0]?.until ?? 0;
