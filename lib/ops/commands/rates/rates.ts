import type { RateKind } from '../../../../lambda/contract/logs.ts';
import { MAILBOX_OPERATORS, OTHER_OPERATOR } from '../../../../lambda/domain/mailbox-operators.ts';
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
  /** Hard bounces of what was delivered or bounced. */
  readonly hardPercent: number | null;
  /** All bounces of the same. */
  readonly bouncedPercent: number | null;
  /** Complaints of what was delivered at operators that report complaints; null for one that reports none. */
  readonly complainedPercent: number | null;
}

const REPORTS_NONE = new Set(MAILBOX_OPERATORS.filter((one) => !one.reportsComplaints).map(({ name }) => name));

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
  const sum = (kind: RateKind, of = lines): number => of.reduce((total, { counts }) => total + (counts[kind] ?? 0), 0);
  const [delivered, hard, soft, block, undetermined, complained] = [
    sum('delivered'),
    sum('hard'),
    sum('soft'),
    sum('block'),
    sum('undetermined'),
    sum('complained'),
  ];
  const reporting = sum(
    'delivered',
    lines.filter(({ operator }) => !REPORTS_NONE.has(operator)),
  );
  const bounced = hard + soft + block + undetermined;
  return {
    name,
    delivered,
    hard,
    soft,
    block,
    undetermined,
    complained,
    hardPercent: percent(hard, delivered + bounced),
    bouncedPercent: percent(bounced, delivered + bounced),
    complainedPercent: percent(complained, reporting),
  };
}

const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((10_000 * part) / whole) / 100;
