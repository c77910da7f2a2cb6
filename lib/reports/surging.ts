import { SURGE } from '../../lambda/contract/surges.ts';
import type { Dialect } from './dialect.ts';
import { HUMAN } from './people.ts';
import type { Report } from './report.ts';

const RULE = `in one hour got ${SURGE.times} times the clicks of their usual hour, and ${SURGE.clicks} at least; clicks by machines are counted apart`;

/** Hours that stand out, of each thing that is clicked. @param of columns that tell it, and what they are */
const surging =
  (of: Readonly<Record<string, string>>) =>
  (dialect: Dialect): string => {
    const names = Object.keys(of).join(', ');
    const told = Object.entries(of).map(([name, expression]) => `${expression} AS ${name}`);
    const known = Object.values(of)
      .map((expression) => `${expression} IS NOT NULL`)
      .join(' AND ');
    return `SELECT ${names}, hour, clicks, round(usual, 1) AS usual, clicks_by_machine FROM (
  SELECT *, (sum(clicks) OVER (PARTITION BY ${names}) - clicks) * 1e0 / nullif(count(*) OVER (PARTITION BY ${names}) - 1, 0) AS usual
  FROM (
    SELECT ${names}, hour, count_if(${HUMAN}) AS clicks, count_if(machine) AS clicks_by_machine
    FROM (SELECT ${told.join(', ')}, ${dialect.hour('happened')} AS hour, machine FROM told WHERE type = 'clicked' AND happened IS NOT NULL AND ${known}) AS clicked
    GROUP BY ${names}, hour
  ) AS hourly WHERE clicks > 0
) AS compared WHERE clicks >= ${SURGE.clicks} AND clicks >= ${SURGE.times} * coalesce(usual, 0e0) ORDER BY clicks DESC, ${names}, hour`;
  };

export const SURGING: readonly Report[] = [
  {
    name: 'surging-links',
    about: `Links that ${RULE}.`,
    chart: { label: 'link', value: 'clicks' },
    ofPeople: true,
    body: surging({ link: 'link' }),
  },
  {
    name: 'surging-mails',
    about: `Mails, by campaign, else by message id, that ${RULE}.`,
    chart: { label: 'mail', value: 'clicks' },
    ofPeople: true,
    body: surging({ source: 'source', mail: "CASE WHEN campaign = '(none)' THEN messageid ELSE campaign END" }),
  },
];
