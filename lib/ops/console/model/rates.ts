import type { Thresholds } from '../../../../lambda/contract/config.ts';
import { UsageError } from '../../cli/errors.ts';
import { GROUPINGS, type Grouping, type Rate, ratesBy } from '../../commands/rates/rates.ts';
import { parseDays } from '../../words/time.ts';
import type { Context } from '../context.ts';

/** Rates, and the thresholds past which an alarm rings. */
export interface RatesModel {
  readonly by: Grouping;
  readonly since: string;
  readonly thresholds: Thresholds;
  readonly rates: readonly Rate[];
}

export async function ratesModel({ target, watch, now }: Context, by: string, since: string): Promise<RatesModel> {
  const grouping = GROUPINGS.find((known) => known === by);
  if (!grouping) throw new UsageError('Rates are by operator, source or day.');
  const lines = await watch.rates(now() - parseDays('since', since));
  return { by: grouping, since, thresholds: target.thresholds(), rates: ratesBy(lines, grouping) };
}

/** A week by mailbox operator beside the week before. */
export interface WeekModel {
  readonly thresholds: Thresholds;
  readonly operators: readonly { readonly now: Rate; readonly before?: Rate }[];
}

const DAY = 86_400_000;

export async function weekModel({ target, watch, now }: Context): Promise<WeekModel> {
  const lines = await watch.rates(now() - 14 * DAY);
  const first = new Date(now() - 6 * DAY).toISOString().slice(0, 10);
  const before = ratesBy(
    lines.filter(({ day }) => day < first),
    'operator',
  );
  const week = ratesBy(
    lines.filter(({ day }) => day >= first),
    'operator',
  );
  return {
    thresholds: target.thresholds(),
    operators: week.map((rate) => {
      const own = before.find(({ name }) => name === rate.name);
      return { now: rate, ...(own && { before: own }) };
    }),
  };
}
