import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

/** Values by source as they are stored: one string or a list of live ones. Other people's entries are kept as they are. */
export type SecretMap = ReadonlyMap<string, unknown>;

interface Version {
  readonly map: SecretMap;
  /** Absent while the secret has no value. */
  readonly id?: string;
}

const MOST_TRIES = 5;

/** Live values of one source, newest first. */
export const liveValues = (map: SecretMap, source: string): string[] =>
  [map.get(source)].flat().filter((value): value is string => typeof value === 'string' && value.trim() !== '');

/** Which of the stack's secrets: the webhooks', its own keys, those of unsubscribe links, or those of the ESPs' APIs. */
export type Which = 'secretArn' | 'ownKeysArn' | 'unsubscribeKeysArn' | 'apiKeysArn';

export const readSecretMap = async (target: Target, which: Which = 'secretArn'): Promise<SecretMap> =>
  (await read(target, which, 'AWSCURRENT')).map;

/**
 * Changes the map and keeps what somebody else writes at the same time. Secrets Manager has no conditional write, but it keeps the
 * version before ours: if that is not the one we read, our write went over another, and the change is made again on top of it.
 */
export async function changeSecretMap(
  target: Target,
  change: (map: SecretMap, again: boolean) => SecretMap,
  which: Which = 'secretArn',
): Promise<void> {
  const base = await read(target, which, 'AWSCURRENT');
  let [map, expected] = [base.map, base.id];
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const ours = await write(target, which, change(map, tries > 0));
    const before = await read(target, which, 'AWSPREVIOUS');
    // A store that keeps no earlier version has nothing to compare.
    if (before.id === expected || before.id === ours || before.id === undefined) return;
    [map, expected] = [before.map, ours];
  }
  throw new CannotKnow('Somebody else keeps changing the secret. Look with "secrets list" and try again.');
}

async function read(target: Target, which: Which, VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<Version> {
  const client = await target.clients.secrets();
  try {
    const command = new GetSecretValueCommand({ SecretId: target.names[which], VersionStage });
    const { SecretString = '', VersionId } = await client.send(command);
    return { map: parse(SecretString), ...(VersionId !== undefined && { id: VersionId }) };
  } catch (error) {
    // A secret that never had a value answers so; whether the secret itself exists shows when it is written.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return { map: new Map() };
    throw error;
  }
}

async function write(target: Target, which: Which, map: SecretMap): Promise<string> {
  const client = await target.clients.secrets();
  // The token becomes the version's id: a repeated request makes no second version.
  const ClientRequestToken = randomUUID();
  const SecretString = JSON.stringify(Object.fromEntries(map));
  const { VersionId } = await client.send(
    new PutSecretValueCommand({ SecretId: target.names[which], SecretString, ClientRequestToken }),
  );
  return VersionId ?? ClientRequestToken;
}

function parse(text: string): SecretMap {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  throw new CannotKnow('The stored secret is not a JSON map from source to value: it was written by something else.');
}
