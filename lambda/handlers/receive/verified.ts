import type { SecretStore } from '../../aws/secrets.ts';
import { logInfo } from '../../aws/telemetry.ts';
import { FACTS, LOG } from '../../contract/logs.ts';
import type { EpochMs } from '../../contract/units.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import type { Proof, VerifyContext, WebhookRequest } from '../../providers/provider.ts';
import type { Source } from './request.ts';

/** When a source's proof was last noted, epoch milliseconds. */
const noted = new Map<string, EpochMs>();
const NOTE_EVERY = 60_000;

/** Which of several live secrets proved a request, so that an operator sees when the old one can go; a line a minute at most. */
function noteProof(source: string, { secretIndex }: Proof, now: EpochMs): void {
  if (secretIndex === undefined || now - (noted.get(source) ?? 0) < NOTE_EVERY) return;
  noted.set(source, now);
  logInfo(LOG.proven, { [FACTS.source]: source, [FACTS.position]: secretIndex + 1 });
}

interface Means {
  readonly secrets: SecretStore;
  readonly deadline: EpochMs;
  readonly fetchText: VerifyContext<unknown>['fetchText'];
}

/**
 * Proof of origin, or a refusal. A wrong proof may be a key that was rotated a moment ago: the secret is then read again, at most
 * every 30 s, and the check repeated where it brought other values.
 */
export async function verified(source: Source, request: WebhookRequest, means: Means): Promise<Proof> {
  const check = async (secrets: readonly string[]): Promise<Proof> => {
    const proof = await source.provider.verify(request, {
      secrets,
      options: source.options,
      now: Date.now(),
      webhookUrl: source.webhookUrl,
      fetchText: means.fetchText,
    });
    if (secrets.length > 1) noteProof(source.name, proof, Date.now());
    return proof;
  };

  if (source.provider.keys === 'none') return check([]);
  const live = await means.secrets.values(source.name, means.deadline);
  try {
    return await check(live);
  } catch (error) {
    if (!(error instanceof RefusedRequest) || error.reason !== 'bad-proof') throw error;
    const fresh = await means.secrets.recheck(source.name, means.deadline);
    if (!fresh || fresh.join('\n') === live.join('\n')) throw error;
    return check(fresh);
  }
}
