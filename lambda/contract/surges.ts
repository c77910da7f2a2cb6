import { internalKey } from './tables.ts';

/**
 * A surge: so many clicks of people in one clock hour at least (the report's default; the bus has the setting), and so many times those of
 * the usual hour. Usual is the mean of the other hours with clicks; for the bus, of so many hours before.
 */
export const SURGE = { clicks: 20, times: 5, hours: 24 } as const;

/** Partition of the events table that counts the clicks on one link or in one mail. */
export const clicksKey = (id: string): string => internalKey('quell-clicks', id);

/** Items of such a partition: one for each hour, whose sort key is `YYYY-MM-DDTHH`, and one with the surge that was announced last. */
export const SURGES = {
  announcedKey: 'surge',
  clicks: 'clicks',
  surge: 'surge',
  noticedAt: 'noticedAt',
} as const;

/** Longer than anybody asks for the day before. */
export const CLICKS_KEPT_SECONDS = 2 * 86_400;
