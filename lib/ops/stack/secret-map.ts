import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as stored from '../../../lambda/aws/secret-map.ts';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

export { liveValues, type SecretMap } from '../../../lambda/aws/secret-map.ts';

/** Which of the stack's secrets: the webhooks', its own keys, those of unsubscribe links, or those of the ESPs' APIs. */
export type Which = 'secretArn' | 'ownKeysArn' | 'unsubscribeKeysArn' | 'apiKeysArn';

/** @throws CannotKnow where something else than such a map is stored */
export const readSecretMap = (target: Target, which: Which = 'secretArn'): Promise<stored.SecretMap> =>
  explained(target, which, stored.readSecretMap);

/**
 * Changes the map and keeps what somebody else writes at the same time.
 * @throws CannotKnow where something else than such a map is stored, or others never stop writing
 */
export async function changeSecretMap(
  target: Target,
  change: (map: stored.SecretMap, again: boolean) => stored.SecretMap,
  which: Which = 'secretArn',
): Promise<void> {
  await explained(target, which, (client, arn) => stored.changeSecretMap(client, arn, change));
}

/** The same mistakes in the words for a person, with what to do. */
async function explained<T>(
  target: Target,
  which: Which,
  ask: (client: SecretsManagerClient, arn: string) => Promise<T>,
): Promise<T> {
  const arn = target.names[which];
  if (arn === undefined) throw new CannotKnow(`${target.label} has no such secret.`);
  try {
    return await ask(await target.clients.secrets(), arn);
  } catch (error) {
    if (error instanceof stored.NoSecretMap)
      throw new CannotKnow(
        'The stored secret is not a JSON map from source to value: it was written by something else.',
      );
    if (error instanceof stored.SecretKeepsChanging)
      throw new CannotKnow('Somebody else keeps changing the secret. Look with "secrets list" and try again.');
    throw error;
  }
}
