import type { RateKind } from '../../lambda/contract/logs.ts';

/** A share in a hundred: kinds of events that are counted, among those that are counted with them. */
export interface RateDefinition {
  readonly of: readonly RateKind[];
  readonly among: readonly RateKind[];
}

/**
 * What each rate means, for the alarms, the dashboard, `ops rates`, the console and the reports alike. Hard bounces are measured against
 * mails of which the server said whether their mailbox is there: what it blocked, or was too full for, tells nothing of a list. Complaints are measured
 * against deliveries at operators that report complaints.
 */
export const RATES = {
  hard: { of: ['hard'], among: ['delivered', 'hard'] },
  bounced: {
    of: ['hard', 'soft', 'block', 'undetermined'],
    among: ['delivered', 'hard', 'soft', 'block', 'undetermined'],
  },
  complained: { of: ['complained'], among: ['delivered'] },
} as const satisfies Record<string, RateDefinition>;

/** Most mail may go where nobody's complaint is reported: a tenth of the mail that is enough for a rate is enough for complaints. */
const REPORTING_SHARE = 0.1;
/** Fewer complaints are chance, whatever the share. */
const FEW_COMPLAINTS = 3;

/** From how many mails and cases on a rate is judged: below, it is chance. @param minimum `alarms.minimumDelivered` */
export const floorsOf = (minimum: number) =>
  ({
    hard: { delivered: minimum, cases: 0 },
    complained: { delivered: minimum * REPORTING_SHARE, cases: FEW_COMPLAINTS },
  }) as const;

/** The rate as an arithmetic expression. @param term what stands for a count */
export const rateExpression = ({ of, among }: RateDefinition, term: (kind: RateKind) => string): string =>
  `100 * (${of.map(term).join(' + ')}) / (${among.map(term).join(' + ')})`;

/** In a hundred, to two decimals; null where there is nothing to measure it against. @param sum a count; of deliveries that a rate leaves out, 0 */
export function percentOf({ of, among }: RateDefinition, sum: (kind: RateKind) => number): number | null {
  const total = (kinds: readonly RateKind[]): number => kinds.reduce((before, kind) => before + sum(kind), 0);
  const whole = total(among);
  return whole === 0 ? null : Math.round((10_000 * total(of)) / whole) / 100;
}
