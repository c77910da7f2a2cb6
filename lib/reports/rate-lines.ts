import { rateFact } from '../../lambda/contract/logs.ts';
import { MAILBOX_OPERATORS, OTHER_OPERATOR } from '../../lambda/domain/mailbox-operators.ts';

/** Percentages that are drawn beside the lines. */
export interface Limits {
  readonly warning: number;
  readonly critical: number;
}

const EVERY = '6h';
const REPORTING = [
  ...MAILBOX_OPERATORS.filter(({ reportsComplaints }) => reportsComplaints).map(({ name }) => name),
  OTHER_OPERATOR,
];
const ALL = [...MAILBOX_OPERATORS.map(({ name }) => name), OTHER_OPERATOR];

/** A question to the log of `process`: hard bounces of what was delivered or bounced hard, one line for each mailbox operator, in percent. */
export const bounceRateLines = (limits: Limits): string[] =>
  lines('hard', ALL, limits, (hard, delivered) => `${hard} / (${hard} + ${delivered})`);

/** Complaints of what was delivered, for operators that report any. */
export const complaintRateLines = (limits: Limits): string[] =>
  lines('complained', REPORTING, limits, (complained, delivered) => `${complained} / ${delivered}`);

function lines(
  kind: 'hard' | 'complained',
  operators: readonly string[],
  { warning, critical }: Limits,
  share: (part: string, delivered: string) => string,
): string[] {
  const facts = operators.flatMap((operator) => [rateFact(kind, operator), rateFact('delivered', operator)]);
  const sum = (fact: string): string => `sum(_${fact})`;
  const rates = operators.map(
    (operator) => `100 * ${share(sum(rateFact(kind, operator)), sum(rateFact('delivered', operator)))} as ${operator}`,
  );
  return [
    `filter ispresent(slowestStoredMs) or ispresent(${facts.join(') or ispresent(')})`,
    // A line names only what it counted.
    `fields ${facts.map((fact) => `coalesce(${fact}, 0) as _${fact}`).join(', ')}, ${warning} as _warning, ${critical} as _critical`,
    `stats ${rates.join(', ')}, max(_warning) as warning, max(_critical) as critical by bin(${EVERY})`,
  ];
}
