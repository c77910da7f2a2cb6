import type { RateKind } from '../../lambda/contract/logs.ts';
import { CAMPAIGN_KEYS } from '../../lambda/domain/surges/campaign.ts';
import { type Days, type Dialect, dayAfter, operatorOf, reporting } from './dialect.ts';
import { HUMAN, MACHINE, PROXIED, told } from './people.ts';
import { RATES, type RateDefinition } from './rates.ts';
import type { Report } from './report.ts';
import { SURGING } from './surging.ts';

export interface Choice extends Days {
  readonly source?: string;
}

/** A report as one statement over what arrived in these days: an archive is kept by arrival, and so is read without reading the rest. */
export function sqlOf(report: Report, dialect: Dialect, choice: Choice = {}): string {
  const where = [
    "origin = 'live'",
    ...(choice.source === undefined ? [] : [`source = '${choice.source.replaceAll("'", "''")}'`]),
    ...(choice.from === undefined ? [] : [`receivedat >= '${choice.from}'`]),
    ...(choice.to === undefined ? [] : [`receivedat < '${dayAfter(choice.to, 1)}'`]),
  ];
  return `WITH event AS (
  SELECT source, e.fingerprint, e.type, e.bounceclass, e.bouncecause, e.diagnostic, e.smtpstatus, e.recipient, e.messageid, e.url, e.tags, e.custom,
         e.machine AS said, e.machinewhy, coalesce(e.echo, false) AS echo, coalesce(e.candidates, 1) AS candidates,
         ${dialect.time('e.occurredat')} AS happened, lower(split_part(e.recipient, '@', 2)) AS domain,
         row_number() OVER (PARTITION BY e.fingerprint ORDER BY receivedat) AS copy
  FROM ${dialect.unnested(`${dialect.lines(choice)} AS line`, 'events', 'e')}
  WHERE ${where.join(' AND ')}
),
once AS (
  SELECT *, ${operatorOf(dialect, 'domain')} AS operator,
         coalesce(${CAMPAIGN_KEYS.map((key) => dialect.custom(key)).join(', ')}, ${dialect.firstTag}, '(none)') AS campaign,
         ${dialect.replaced('url', '[?#].*$')} AS link
  FROM event WHERE copy = 1
)${report.ofPeople ? `,\n${told(dialect)}` : ''}
${report.body(dialect)}`;
}

/** A bounce of a mail, not the ESP's own list that repeats it. */
const BOUNCED = "type = 'bounced' AND NOT echo";
/** Somebody of whom it is known that he complained: not one of several who may have. */
const COMPLAINED = "type = 'complained' AND NOT echo AND candidates = 1";

/** Counts of the kinds that rates are made of; a complaint that names several people is one, of which each has a share. */
const COUNTS: Readonly<Record<RateKind, string>> = {
  delivered: "count_if(type = 'delivered')",
  hard: `count_if(${BOUNCED} AND bounceclass = 'hard')`,
  soft: `count_if(${BOUNCED} AND bounceclass = 'soft')`,
  block: `count_if(${BOUNCED} AND bounceclass = 'block')`,
  undetermined: `count_if(${BOUNCED} AND coalesce(bounceclass, 'undetermined') = 'undetermined')`,
  complained: "round(sum(CASE WHEN type = 'complained' AND NOT echo THEN 1e0 / candidates ELSE 0e0 END), 2)",
};
/** Deliveries that can be complained about. */
const REPORTED = `count_if(type = 'delivered' AND ${reporting('operator')})`;

/** By a double: Trino divides decimals to the places that they have. */
const share = (parts: string, of: string, whole: string): string => `round(${parts} * ${of} / nullif(${whole}, 0), 2)`;
const percent = (part: string, whole: string): string => share('1e2', part, whole);
const rate = ({ of, among }: RateDefinition, counts = COUNTS): string => {
  const sum = (kinds: readonly RateKind[]): string => `(${kinds.map((kind) => counts[kind]).join(' + ')})`;
  return percent(sum(of), sum(among));
};
const people = (condition: string): string => `count(DISTINCT CASE WHEN ${condition} THEN recipient END)`;

export const REPORTS: readonly Report[] = [
  {
    name: 'rates',
    about:
      'Delivered, bounced and complained by mailbox operator; complaints against deliveries that can be complained about.',
    chart: { label: 'operator', value: 'hard_percent' },
    body: () => `SELECT operator, ${COUNTS.delivered} AS delivered, ${COUNTS.hard} AS hard, ${COUNTS.soft} AS soft, ${COUNTS.block} AS blocked,
  ${COUNTS.undetermined} AS undetermined, ${COUNTS.complained} AS complained,
  ${rate(RATES.hard)} AS hard_percent, ${rate(RATES.bounced)} AS bounced_percent,
  ${rate(RATES.complained, { ...COUNTS, delivered: REPORTED })} AS complained_percent
FROM once GROUP BY operator HAVING count_if(type IN ('delivered', 'bounced', 'complained') AND NOT echo) > 0 ORDER BY delivered DESC, operator`,
  },
  {
    name: 'bounce-reasons',
    about: 'Bounces by mailbox operator, class, cause and status, with one reply of each.',
    chart: { label: 'smtpstatus', value: 'bounces' },
    body: () => `SELECT operator, bounceclass, bouncecause, smtpstatus, count(*) AS bounces, count(DISTINCT recipient) AS people, min(diagnostic) AS example
FROM once WHERE ${BOUNCED} GROUP BY operator, bounceclass, bouncecause, smtpstatus ORDER BY bounces DESC, operator LIMIT 500`,
  },
  {
    name: 'complaints-by-campaign',
    about: 'Complaints per campaign, absolute and per thousand deliveries that can be complained about.',
    chart: { label: 'campaign', value: 'per_thousand' },
    body: () => `SELECT source, campaign, ${COUNTS.complained} AS complaints, ${REPORTED} AS delivered,
  ${share('1e3', COUNTS.complained, REPORTED)} AS per_thousand
FROM once GROUP BY source, campaign HAVING ${COUNTS.complained} > 0 ORDER BY complaints DESC, campaign`,
  },
  {
    name: 'funnel',
    about:
      "A campaign's way from accepted to clicked, in people; apart from them, for whom only a proxy (perhaps they looked) or a machine did it.",
    chart: { label: 'campaign', value: 'clicked' },
    ofPeople: true,
    body: () => `SELECT source, campaign, ${people("type = 'accepted'")} AS accepted, ${people("type = 'delivered'")} AS delivered,
  ${people(`type = 'opened' AND ${HUMAN}`)} AS opened, ${people(`type = 'clicked' AND ${HUMAN}`)} AS clicked,
  ${people("type = 'unsubscribed'")} AS unsubscribed, ${people(COMPLAINED)} AS complained,
  ${people(`type = 'opened' AND ${PROXIED}`)} AS opened_by_proxy, ${people(`type = 'opened' AND ${MACHINE}`)} AS opened_by_machine,
  ${people(`type = 'clicked' AND ${MACHINE}`)} AS clicked_by_machine
FROM told WHERE recipient IS NOT NULL GROUP BY source, campaign ORDER BY delivered DESC, campaign`,
  },
  {
    name: 'links',
    about: 'Clicks and people per link, without the query of the URL; clicks by machines are counted apart.',
    chart: { label: 'link', value: 'people' },
    ofPeople: true,
    body: () => `SELECT campaign, link, count_if(${HUMAN}) AS clicks, ${people(HUMAN)} AS people, count_if(machine) AS clicks_by_machine
FROM told WHERE type = 'clicked' AND link IS NOT NULL GROUP BY campaign, link ORDER BY clicks DESC, link LIMIT 500`,
  },
  {
    name: 'variants',
    about: 'Delivered, opened and clicked by tag or by the custom key "variant": which of two versions did better.',
    chart: { label: 'variant', value: 'clicked' },
    ofPeople: true,
    body: (dialect) => `SELECT variant, ${people("type = 'delivered'")} AS delivered,
  ${people(`type = 'opened' AND ${HUMAN}`)} AS opened, ${people(`type = 'clicked' AND ${HUMAN}`)} AS clicked,
  ${percent(people(`type = 'clicked' AND ${HUMAN}`), people("type = 'delivered'"))} AS clicked_percent
FROM ${dialect.unnested('told', dialect.variants, 'variant')} GROUP BY variant ORDER BY delivered DESC, variant`,
  },
  {
    name: 'who-clicked',
    about: 'Who clicked which link, how often, and when last; clicks by machines left out.',
    ofPeople: true,
    body: (
      dialect,
    ) => `SELECT recipient, campaign, link, count(*) AS clicks, ${dialect.hour('max(happened)')} AS last_click
FROM told WHERE type = 'clicked' AND ${HUMAN} AND recipient IS NOT NULL GROUP BY recipient, campaign, link
ORDER BY clicks DESC, recipient, link LIMIT 5000`,
  },
  {
    name: 'gone-quiet',
    about:
      'People who got three mails or more and neither opened nor clicked one themselves; an opening through a proxy counts as theirs here.',
    ofPeople: true,
    body: (
      dialect,
    ) => `SELECT recipient, count_if(type = 'delivered') AS delivered, ${dialect.hour("max(CASE WHEN type = 'delivered' THEN happened END)")} AS last_delivered
FROM told WHERE recipient IS NOT NULL GROUP BY recipient
HAVING count_if(type = 'delivered') >= 3 AND count_if(type IN ('opened', 'clicked') AND (${HUMAN} OR ${PROXIED})) = 0
ORDER BY delivered DESC, recipient LIMIT 5000`,
  },
  {
    name: 'engaged',
    about: 'People who opened or clicked most, and when last; what machines did is left out.',
    ofPeople: true,
    body: (
      dialect,
    ) => `SELECT recipient, count_if(type = 'opened' AND ${HUMAN}) AS opened, count_if(type = 'clicked' AND ${HUMAN}) AS clicked,
  ${dialect.hour('max(happened)')} AS last_seen
FROM told WHERE recipient IS NOT NULL AND type IN ('opened', 'clicked') AND ${HUMAN} GROUP BY recipient
ORDER BY clicked DESC, opened DESC, recipient LIMIT 5000`,
  },
  ...SURGING,
];

export const reportOf = (name: string): Report | undefined => REPORTS.find((report) => report.name === name);
