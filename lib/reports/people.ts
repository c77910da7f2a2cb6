import { BURST } from '../../lambda/domain/machines/bursts.ts';
import type { Dialect } from './dialect.ts';

/**
 * The rule of `withBursts`, over an archive. Clicks of one mail, in order of time, are runs on one link: the nearest click on another link
 * is at the edge of the run beside, and three links are together where a run's link is none of the two runs before. So each window is one
 * that an engine keeps in one pass: somebody who hammers on the links of a mail must not make a report wait.
 */
export function told(dialect: Dialect): string {
  const inTime = 'PARTITION BY recipient, messageid ORDER BY ms, url, fingerprint';
  const inRuns = 'PARTITION BY recipient, messageid ORDER BY run';
  return `click AS (
  SELECT fingerprint, recipient, messageid, url, ${dialect.millis('happened')} AS ms FROM once
  WHERE type = 'clicked' AND recipient IS NOT NULL AND messageid IS NOT NULL AND url IS NOT NULL AND happened IS NOT NULL
),
stepped AS (
  SELECT *, CASE WHEN url = lag(url) OVER (${inTime}) THEN 0 ELSE 1 END AS step FROM click
),
numbered AS (
  SELECT *, sum(step) OVER (${inTime} ROWS UNBOUNDED PRECEDING) AS run FROM stepped
),
runs AS (
  SELECT recipient, messageid, run, min(url) AS url, min(ms) AS begun, max(ms) AS ended FROM numbered GROUP BY recipient, messageid, run
),
beside AS (
  SELECT *, lag(ended) OVER (${inRuns}) AS latest, lead(begun) OVER (${inRuns}) AS soonest,
         CASE WHEN url <> lag(url, 2) OVER (${inRuns}) THEN begun END AS third
  FROM runs
),
around AS (
  SELECT *, min(third) OVER (${inRuns} DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS complete FROM beside
),
compared AS (
  SELECT fingerprint, click.recipient AS recipient, click.messageid AS messageid, ms,
         coalesce(ms - latest < ${BURST.pair}, false) OR coalesce(soonest - ms < ${BURST.pair}, false) AS paired,
         CASE WHEN complete - ms < ${BURST.several} THEN ms END AS begins
  FROM numbered AS click JOIN around ON click.recipient = around.recipient AND click.messageid = around.messageid AND click.run = around.run
),
swept AS (
  SELECT fingerprint FROM (
    SELECT fingerprint, ms, paired, max(begins) OVER (PARTITION BY recipient, messageid ORDER BY ms RANGE UNBOUNDED PRECEDING) AS begun FROM compared
  ) AS click
  WHERE paired OR begun > ms - ${BURST.several}
),
told AS (
  SELECT *, coalesce(said, fingerprint IN (SELECT fingerprint FROM swept)) AS machine, coalesce(machinewhy, '') = 'proxy' AS proxied FROM once
)`;
}

/** Somebody did it, as far as the ESP or we can tell. */
export const HUMAN = 'NOT machine';
/** It may have been somebody: a proxy of the mailbox operator loads a picture when a mail is read, and shows nobody. */
export const PROXIED = 'proxied';
/** Nobody did it. */
export const MACHINE = 'machine AND NOT proxied';
