import type { RateKind } from '../../../../lambda/contract/logs.ts';
import { OTHER_OPERATOR, WITHOUT_COMPLAINTS } from '../../../../lambda/domain/mailbox-operators.ts';
import { rounded } from '../../../../lambda/domain/rates.ts';
import { percentOf, RATES } from '../../../reports/rates.ts';
import type { RateLine } from '../doctor/watch.ts';

export const GROUPINGS = ['operator', 'source', 'day'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** One row: counts, and what they are in a hundred. A percentage is null where there is nothing to measure it against. */
export interface Rate {
  /** The operator, source or day. */
  readonly name: string;
  readonly delivered: number;
  readonly hard: number;
  readonly soft: number;
  readonly block: number;
  readonly undetermined: number;
  readonly complained: number;
  /** Hard bounces of what was delivered or bounced hard: what the alarm compares. */
  readonly hardPercent: number | null;
  /** All bounces of what was delivered or bounced. */
  readonly bouncedPercent: number | null;
  /** Complaints of what was delivered at operators that report complaints; null for one that reports none. */
  readonly complainedPercent: number | null;
}

const REPORTS_NONE = new Set(WITHOUT_COMPLAINTS.map(({ name }) => name));

/** Lines added up by operator, source or day; the largest first, days in order. */
export function ratesBy(lines: readonly RateLine[], by: Grouping): Rate[] {
  const groups = [...Map.groupBy(lines, (line) => line[by])].map(([name, own]) => rateOf(name, own));
  return by === 'day'
    ? groups.sort((a, b) => (a.name < b.name ? -1 : 1))
    : groups.sort((a, b) => Number(a.name === OTHER_OPERATOR) - Number(b.name === OTHER_OPERATOR) || sent(b) - sent(a));
}

const sent = ({ delivered, hard, soft, block, undetermined }: Rate): number =>
  delivered + hard + soft + block + undetermined;

function rateOf(name: string, lines: readonly RateLine[]): Rate {
  const sum = (kind: RateKind, of = lines): number =>
    rounded(of.reduce((total, { counts }) => total + (counts[kind] ?? 0), 0));
  const reporting = lines.filter(({ operator }) => !REPORTS_NONE.has(operator));
  return {
    name,
    delivered: sum('delivered'),
    hard: sum('hard'),
    soft: sum('soft'),
    block: sum('block'),
    undetermined: sum('undetermined'),
    complained: sum('complained'),
    hardPercent: percentOf(RATES.hard, (kind) => sum(kind)),
    bouncedPercent: percentOf(RATES.bounced, (kind) => sum(kind)),
    complainedPercent: percentOf(RATES.complained, (kind) => sum(kind, kind === 'delivered' ? reporting : lines)),
  };
}
