import { randomBytes } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HEARTBEAT_SOURCE } from '../contract/config.ts';
import { changeSecretMap, liveValues, type SecretMap } from './secret-map.ts';

/**
 * Live keys of the heartbeat, newest first. Where there is none, one is made and stored beside what others have stored.
 * @throws Error where the secret cannot be read or is not a map: nothing is written then.
 */
export async function heartbeatKeys(
  client: SecretsManagerClient,
  arn: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const withKey = (stored: SecretMap): SecretMap =>
    liveValues(stored, HEARTBEAT_SOURCE).length > 0
      ? stored
      : new Map([...stored, [HEARTBEAT_SOURCE, randomBytes(32).toString('hex')]]);
  const map = await changeSecretMap(client, arn, withKey, signal);
  return liveValues(map, HEARTBEAT_SOURCE);
}
