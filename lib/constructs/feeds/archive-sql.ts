/**
 * The saved queries over the archive. An event can be in it more than once (an ESP's retry, a message processed twice), so each begins
 * with the events of its days, once each. Events without a day would read the whole archive: change the days, keep the line.
 */
const EVENTS = `WITH event AS (
  SELECT source, e.type, e.bounceclass, e.bouncecause, e.diagnostic, e.smtpstatus, e.recipient, e.messageid, e.url, e.machine,
         e.tags, e.metadata, e.echo, e.candidates, from_iso8601_timestamp(e.occurredat) AS at, split_part(e.recipient, '@', 2) AS mailbox_domain,
         row_number() OVER (PARTITION BY e.fingerprint ORDER BY receivedat) AS copy
  FROM archive CROSS JOIN UNNEST(events) AS t (e)
  WHERE day >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
),
once AS (SELECT * FROM event WHERE copy = 1)
`;

/** What a campaign is called depends on the sender: a key of the custom data, else the first tag. */
const CAMPAIGN = `coalesce(element_at(metadata, 'campaign'), element_at(metadata, 'campaign_id'), element_at(tags, 1), '(none)')`;
/** Told by this person, and no repetition of the ESP's own list. */
const COMPLAINT = `type = 'complained' AND coalesce(echo, false) = false AND coalesce(candidates, 1) = 1`;
const BY_A_PERSON = 'coalesce(machine, false) = false';

export const savedQueries = [
  {
    name: 'bounce-reasons',
    description: 'Bounces of the last 30 days by mailbox domain, class and cause, with one reply of each.',
    sql: `${EVENTS}SELECT mailbox_domain, bounceclass, bouncecause, smtpstatus, count(*) AS bounces, arbitrary(diagnostic) AS example
FROM once WHERE type = 'bounced' GROUP BY 1, 2, 3, 4 ORDER BY bounces DESC LIMIT 500`,
  },
  {
    name: 'bounce-rate',
    description: 'Share of mail that bounced in the last 30 days, by mailbox domain.',
    sql: `${EVENTS}SELECT mailbox_domain, count_if(type = 'delivered') AS delivered, count_if(type = 'bounced') AS bounced,
  count_if(type = 'bounced' AND bounceclass = 'hard') AS hard,
  round(100.0 * count_if(type = 'bounced') / nullif(count_if(type IN ('delivered', 'bounced')), 0), 2) AS bounced_percent
FROM once GROUP BY 1 HAVING count_if(type IN ('delivered', 'bounced')) >= 100 ORDER BY bounced_percent DESC`,
  },
  {
    name: 'complaints-by-campaign',
    description: 'Complaints per campaign, absolute and per thousand delivered.',
    sql: `${EVENTS}SELECT source, ${CAMPAIGN} AS campaign, count_if(${COMPLAINT}) AS complaints, count_if(type = 'delivered') AS delivered,
  round(1000.0 * count_if(${COMPLAINT}) / nullif(count_if(type = 'delivered'), 0), 2) AS per_thousand
FROM once GROUP BY 1, 2 HAVING count_if(${COMPLAINT}) > 0 ORDER BY complaints DESC`,
  },
  {
    name: 'campaign-funnel',
    description: "A campaign's way from accepted to clicked, in people; opens and clicks by machines left out.",
    sql: `${EVENTS}SELECT source, ${CAMPAIGN} AS campaign,
  count(DISTINCT IF(type = 'accepted', recipient)) AS accepted, count(DISTINCT IF(type = 'delivered', recipient)) AS delivered,
  count(DISTINCT IF(type = 'opened' AND ${BY_A_PERSON}, recipient)) AS opened,
  count(DISTINCT IF(type = 'clicked' AND ${BY_A_PERSON}, recipient)) AS clicked,
  count(DISTINCT IF(type = 'unsubscribed', recipient)) AS unsubscribed, count(DISTINCT IF(${COMPLAINT}, recipient)) AS complained
FROM once GROUP BY 1, 2 ORDER BY delivered DESC`,
  },
  {
    name: 'clicks-per-link',
    description: 'Clicks and people per link, without the query of the URL; clicks by machines left out.',
    sql: `${EVENTS}SELECT ${CAMPAIGN} AS campaign, regexp_replace(url, '[?#].*$') AS link, count(*) AS clicks, count(DISTINCT recipient) AS people
FROM once WHERE type = 'clicked' AND ${BY_A_PERSON} GROUP BY 1, 2 ORDER BY clicks DESC LIMIT 500`,
  },
  {
    name: 'clicks-per-tag',
    description: 'Delivered, opened and clicked by tag or variant: which of two versions did better.',
    sql: `${EVENTS}SELECT tag, count(DISTINCT IF(type = 'delivered', recipient)) AS delivered,
  count(DISTINCT IF(type = 'opened' AND ${BY_A_PERSON}, recipient)) AS opened,
  count(DISTINCT IF(type = 'clicked' AND ${BY_A_PERSON}, recipient)) AS clicked
FROM once CROSS JOIN UNNEST(coalesce(tags, ARRAY[]) || map_values(map_filter(coalesce(metadata, MAP()), (k, v) -> k = 'variant'))) AS t (tag)
GROUP BY 1 ORDER BY delivered DESC`,
  },
  {
    name: 'gone-quiet',
    description: 'People who got mail in the last 30 days and neither opened nor clicked one themselves.',
    sql: `${EVENTS}SELECT recipient, count_if(type = 'delivered') AS delivered, max(IF(type = 'delivered', at)) AS last_delivered
FROM once WHERE recipient IS NOT NULL GROUP BY 1
HAVING count_if(type = 'delivered') >= 3 AND count_if(type IN ('opened', 'clicked') AND ${BY_A_PERSON}) = 0 ORDER BY delivered DESC`,
  },
] as const;
