import { RATE_KINDS, type RateKind, rateFact } from '../../../../lambda/contract/logs.ts';
import { MAILBOX_OPERATORS, OTHER_OPERATOR } from '../../../../lambda/domain/mailbox-operators.ts';
import type { RateLine } from './watch.ts';

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
