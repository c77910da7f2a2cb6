import { RATE_KINDS, type RateKind, rateFact } from '../../../../lambda/contract/logs.ts';
import { METRICS } from '../../../../lambda/contract/metrics.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { MAILBOX_OPERATORS, OTHER_OPERATOR } from '../../../../lambda/domain/mailbox-operators.ts';
import type { HourLine, RateLine } from './watch.ts';

const OPERATORS = [...MAILBOX_OPERATORS.map(({ name }) => name), OTHER_OPERATOR];

/** Names of all facts that rates are made of. */
export const rateFacts = (): string[] =>
  OPERATORS.flatMap((operator) => RATE_KINDS.map((kind) => rateFact(kind, operator)));

/** The counts of a line that `process` wrote, or of a sum of such lines. */
export const rateLines = (day: string, source: string, facts: Readonly<Record<string, unknown>>): RateLine[] =>
  OPERATORS.flatMap((operator) => {
    const counts = RATE_KINDS.flatMap((kind): [RateKind, number][] => {
      const count = Number(facts[rateFact(kind, operator)] ?? 0);
      return count > 0 ? [[kind, count]] : [];
    });
    return counts.length > 0 ? [{ day, source, operator, counts: Object.fromEntries(counts) }] : [];
  });

const HOUR = 3_600_000;

/** One source's hour from the same facts. @param at epoch milliseconds within the hour */
export function hourLine(at: EpochMs, source: string, facts: Readonly<Record<string, unknown>>): HourLine {
  const sum = (...kinds: readonly RateKind[]): number =>
    OPERATORS.flatMap((operator) => kinds.map((kind) => Number(facts[rateFact(kind, operator)] ?? 0))).reduce(
      (total, count) => total + count,
      0,
    );
  return {
    at: Math.floor(at / HOUR) * HOUR,
    source,
    stored: Number(facts[METRICS.stored] ?? 0),
    delivered: sum('delivered'),
    bounced: sum('hard', 'soft', 'block', 'undetermined'),
    complained: sum('complained'),
  };
}
