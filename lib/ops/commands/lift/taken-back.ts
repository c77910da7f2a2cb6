import type { EpochSeconds } from '../../../../lambda/contract/units.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { type PolicyOf, reconsidered, seriesChange } from '../../../../lambda/domain/suppression/history.ts';
import { type Retraction, retractionOf } from '../../../../lambda/domain/suppression/retraction.ts';
import { restsOnSeries } from '../../../../lambda/domain/suppression/soft-bounces.ts';
import { type Mark, type Reasons, settled } from '../../../../lambda/domain/suppression/suppression.ts';
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
 * Whether an entry has marks of series that may contain what the retraction takes back, though none of them falls under it: the soft bounce that
 * completed the series came later, or from another source. Only the history tells.
 */
export const mayRestOn = ({ reasons }: Row, retraction: Retraction): boolean =>
  !('importId' in retraction) &&
  (retraction.reason ?? SERIES) === SERIES &&
  (reasons[SERIES] ?? []).some((mark) => restsOnSeries(SERIES, mark) && mark.at >= retraction.from);

/**
 * Whether a series that an entry rests on is none without what the retraction takes back.
 * @param others the other retractions that hold
 */
export function breaksSeries(
  { reasons }: Row,
  history: readonly NormalisedEvent[],
  policyOf: PolicyOf,
  others: readonly Retraction[],
  retraction: Retraction,
): boolean {
  const provedWith = (retractions: readonly Retraction[]) =>
    new Set(seriesChange(history, policyOf, retractions).judgements.map(({ mark }) => mark.fingerprint));
  const broken = provedWith(others).difference(provedWith([...others, retraction]));
  return (reasons[SERIES] ?? []).some(({ fingerprint }) => broken.has(fingerprint));
}

const SERIES = 'soft_bounces';

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
  now: EpochSeconds,
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

const untilOf = (reasons: Reasons, key: string): EpochSeconds => reasons[key]?.[0]?.until ?? 0;
