import { readConfig } from '../aws/config.ts';
import { countMetrics } from '../aws/telemetry.ts';
import { METRICS } from '../contract/metrics.ts';

const { sources } = readConfig();

/**
 * Makes silence measurable: a zero per source each period, so that a source that sends nothing has data to alarm on, and one count
 * of its own, whose absence is an alarm.
 */
export async function handler(): Promise<void> {
  for (const source of Object.keys(sources)) countMetrics({ [METRICS.accepted]: 0 }, source);
  countMetrics({ [METRICS.pulse]: 1 });
}
