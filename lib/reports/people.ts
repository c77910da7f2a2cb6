import { BURST } from '../../lambda/domain/machines/bursts.ts';
import type { Dialect } from './dialect.ts';

/** The rule of `withBursts`, over an archive: windows over the clicks of one mail, in milliseconds. */
export function told(dialect: Dialect): string {
  const over = (from: string, to: string): string =>
    `OVER (PARTITION BY recipient, messageid ORDER BY ms RANGE BETWEEN ${from} AND ${to})`;
  const near = over(`${BURST.pair} PRECEDING`, `${BURST.pair} FOLLOWING`);
  const ahead = over('CURRENT ROW', `${BURST.several} FOLLOWING`);
  const since = over(`${BURST.several} PRECEDING`, 'CURRENT ROW');
  return `click AS (
  SELECT fingerprint, recipient, messageid, url, ${dialect.millis('happened')} AS ms FROM once
  WHERE type = 'clicked' AND recipient IS NOT NULL AND messageid IS NOT NULL AND url IS NOT NULL AND happened IS NOT NULL
),
compared AS (
  SELECT fingerprint, recipient, messageid, ms, min(url) ${near} <> max(url) ${near} AS paired,
         CASE WHEN ${dialect.distinct(`array_agg(url) ${ahead}`)} >= ${BURST.links} THEN 1 ELSE 0 END AS begins
  FROM click
),
swept AS (
  SELECT fingerprint FROM (SELECT fingerprint, paired, max(begins) ${since} AS crowded FROM compared) AS click
  WHERE paired OR crowded = 1
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
