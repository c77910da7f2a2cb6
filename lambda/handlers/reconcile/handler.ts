import type { Context } from 'aws-lambda';
import { patientDynamoClient, secretsClient } from '../../aws/clients.ts';
import { readConfig } from '../../aws/config.ts';
import { SecretStore } from '../../aws/secrets.ts';
import { countMetrics, logError, logInfo, logWarning } from '../../aws/telemetry.ts';
import type { SourceConfig } from '../../contract/config.ts';
import { readEnv } from '../../contract/env.ts';
import { METRICS } from '../../contract/metrics.ts';
import type { EpochMs } from '../../contract/units.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import { COMPARED_API_IDS, KEYED_API_IDS } from '../../providers/apis.ts';
import { compare } from './compare.ts';
import type { Compared } from './found.ts';

/** Left to count and to answer, in milliseconds. */
const ANSWER = 20_000;
const SECRET_MS = 5_000;

const env = readEnv('reconcile');
const { sources, reconcile } = readConfig();
const client = secretsClient();
const dynamo = patientDynamoClient();
const tables = { client: dynamo, events: env.EVENTS_TABLE, suppression: env.SUPPRESSION_TABLE };

/**
 * Counts what the ESPs know and we do not. Changes nothing. ESPs are asked side by side, sources of one ESP one after the other: its limits
 * are the account's, shared with whatever sends mail.
 */
export async function handler(
  event: { readonly time?: string },
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  // When it was due, not when it runs: what Lambda tries again asks for the same time.
  const due = Date.parse(event.time ?? '');
  const now = Number.isNaN(due) ? Date.now() : due;
  const left = context.getRemainingTimeInMillis();
  const until = Date.now() + left - Math.min(ANSWER, left / 4);
  const asked = Object.entries(sources).filter(
    ([, { provider, api }]) => COMPARED_API_IDS.includes(provider) && api?.reconcile !== false,
  );
  const turns = Map.groupBy(asked, ([, { provider }]) => provider);
  // Read anew each time: a key that was set meanwhile counts.
  const keys = new SecretStore(client, env.API_KEYS_ARN);
  const ended = await Promise.all([...turns.values()].map((turn) => oneByOne(turn, keys, now, until)));
  const compared = ended.flat();
  const lost = compared.reduce((sum, one) => sum + (one?.missing ?? 0), 0);
  const all = compared.every((one) => one !== undefined);
  countMetrics({ [METRICS.lostByWebhook]: lost, [METRICS.reconciled]: Number(all) }, undefined, {
    sources: compared.length,
    compared: compared.filter((one) => one !== undefined).length,
  });
}

/** Each gets an even share of the time that is left. */
async function oneByOne(
  turn: readonly (readonly [string, SourceConfig])[],
  keys: SecretStore,
  now: EpochMs,
  until: EpochMs,
) {
  const ended: (Compared | undefined)[] = [];
  for (const [at, [source, config]] of turn.entries()) {
    const begun = Date.now();
    ended.push(await compareSource(source, config, keys, now, begun + (until - begun) / (turn.length - at)));
  }
  return ended;
}

/** Undefined where it could not be compared; why stands in the log. */
async function compareSource(
  source: string,
  config: SourceConfig,
  keys: SecretStore,
  now: EpochMs,
  until: EpochMs,
): Promise<Compared | undefined> {
  try {
    const isKeyed = KEYED_API_IDS.includes(config.provider);
    const [key = ''] = isKeyed ? await keys.values(source, Math.min(until, Date.now() + SECRET_MS)) : [];
    const compared = await compare({ source, config, key, now, hours: reconcile?.hours ?? 0, until, tables });
    const { missing, fetched, share, from, to, lost } = compared;
    const comparedPercent = Math.round(share * 100);
    const counted = { source, fetched, missing, comparedPercent };
    const facts = {
      ...counted,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      ...(lost[0] !== undefined && { unreadable: lost[0] }),
    };
    if (missing > 0) logWarning('the ESP knows what we do not', facts);
    else logInfo('compared with the ESP', facts);
    return compared;
  } catch (error) {
    // Messages of ours quote no key, no address and nothing that an ESP wrote.
    if (error instanceof CannotKnow) logWarning('not compared with the ESP', { source, why: error.message });
    else if (error instanceof RefusedRequest) logWarning('not compared with the ESP', { source, why: noKey(error) });
    else logError('not compared with the ESP', error, { source });
    return undefined;
  }
}

const noKey = ({ reason }: RefusedRequest): string =>
  reason === 'secret-missing'
    ? 'No API key is stored for this source. Set it with: ops secrets set --api-key.'
    : 'The secret with the API keys cannot be read.';
