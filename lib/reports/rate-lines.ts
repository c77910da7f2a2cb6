import { type RateKind, rateFact } from '../../lambda/contract/logs.ts';
import { MAILBOX_OPERATORS, OTHER_OPERATOR } from '../../lambda/domain/mailbox-operators.ts';
import { RATES, type RateDefinition, rateExpression } from './rates.ts';

/** Percentages that are drawn beside the lines. */
interface Limits {
  readonly warning: number;
  readonly critical: number;
}

const EVERY = '6h';
const REPORTING = [
  ...MAILBOX_OPERATORS.filter(({ reportsComplaints }) => reportsComplaints).map(({ name }) => name),
  OTHER_OPERATOR,
];
const ALL = [...MAILBOX_OPERATORS.map(({ name }) => name), OTHER_OPERATOR];

/** A question to the log of `process`: the share of hard bounces, one line for each mailbox operator, in percent. */
export const bounceRateLines = (limits: Limits): string[] => lines(RATES.hard, ALL, limits);

/** The share of complaints, for operators that report any. */
export const complaintRateLines = (limits: Limits): string[] => lines(RATES.complained, REPORTING, limits);

function lines(rate: RateDefinition, operators: readonly string[], { warning, critical }: Limits): string[] {
  const kinds = [...new Set([...rate.of, ...rate.among])];
  const facts = operators.flatMap((operator) => kinds.map((kind) => rateFact(kind, operator)));
  const rates = operators.map((operator) => {
    const sum = (kind: RateKind): string => `sum(_${rateFact(kind, operator)})`;
    return `${rateExpression(rate, sum)} as ${operator}`;
  });
  return [
    `filter ispresent(slowestStoredMs) or ispresent(${facts.join(') or ispresent(')})`,
    // A line names only what it counted.
    `fields ${facts.map((fact) => `coalesce(${fact}, 0) as _${fact}`).join(', ')}, ${warning} as _warning, ${critical} as _critical`,
    `stats ${rates.join(', ')}, max(_warning) as warning, max(_critical) as critical by bin(${EVERY})`,
  ];
}
