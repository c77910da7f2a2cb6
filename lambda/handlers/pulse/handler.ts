import type { Context } from 'aws-lambda';
import { dynamoClient, secretsClient } from '../../aws/clients.ts';
import { readConfig } from '../../aws/config.ts';
import { takeTrace } from '../../aws/dynamodb/heartbeat.ts';
import { heartbeatKeys } from '../../aws/heartbeat-key.ts';
import { countMetrics, logWarning } from '../../aws/telemetry.ts';
import { readEnv } from '../../contract/env.ts';
import { METRICS } from '../../contract/metrics.ts';
import { beat } from './heartbeat.ts';

/** Milliseconds after which a heartbeat is given up, and what is left to say so. */
const GIVE_UP_AFTER = 20_000;
const ANSWER = 1000;

const env = readEnv('pulse');
const { sources, heartbeat, reconcile } = readConfig();
const secrets = secretsClient();
const dynamo = dynamoClient();
let known: readonly string[] | undefined;

/** Kept while the process lives: a heartbeat that is refused asks again. */
async function keys(fresh: boolean, signal: AbortSignal): Promise<readonly string[]> {
  if (known === undefined || fresh) known = await heartbeatKeys(secrets, env.OWN_KEYS_ARN, signal);
  return known;
}

/**
 * Makes silence measurable: a zero per source each period, so that a source that sends nothing has data to alarm on. Then the heartbeat,
 * whose missing count is an alarm; without it a count of its own.
 */
export async function handler(_event: object, context: Context): Promise<void> {
  for (const source of Object.keys(sources)) countMetrics({ [METRICS.stored]: 0 }, source);
  if (reconcile) countMetrics({ [METRICS.reconciled]: 0 });
  if (!heartbeat) return countMetrics({ [METRICS.pulse]: 1 });
  const arrived = takeTrace.bind(undefined, dynamo, env.EVENTS_TABLE);
  const giveUpAfter = Math.min(GIVE_UP_AFTER, context.getRemainingTimeInMillis() - ANSWER);
  const ended = await beat({ publicUrl: env.PUBLIC_URL, source: heartbeat, keys, arrived }, giveUpAfter);
  if ('ms' in ended) countMetrics({ [METRICS.heartbeat]: ended.ms });
  else logWarning('heartbeat lost', { at: ended.lost });
}
