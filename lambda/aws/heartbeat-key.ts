import { randomBytes, randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { HEARTBEAT_SOURCE } from '../contract/config.ts';

interface Version {
  readonly map: Readonly<Record<string, unknown>>;
  /** Absent while the secret has no value. */
  readonly id?: string | undefined;
}

const MOST_TRIES = 5;

/**
 * Live keys of the heartbeat, newest first. Where there is none, one is made and stored beside what others have stored. Secrets Manager
 * has no conditional write, but it keeps the version before ours: if that is not the one we read, somebody wrote in between, and the
 * key is added again on top of theirs.
 * @throws Error where the secret cannot be read or is not a map: nothing is written then.
 */
export async function heartbeatKeys(client: SecretsManagerClient, secretArn: string): Promise<readonly string[]> {
  let base = await read(client, secretArn, 'AWSCURRENT');
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const known = keysIn(base);
    const map = known.length > 0 ? base.map : { ...base.map, [HEARTBEAT_SOURCE]: randomBytes(32).toString('hex') };
    if (known.length > 0 && tries === 0) return known;
    const ours = await write(client, secretArn, map);
    const before = await read(client, secretArn, 'AWSPREVIOUS');
    // A store that keeps no earlier version has nothing to compare.
    if (before.id === base.id || before.id === ours || before.id === undefined) return keysIn({ map });
    base = { map: before.map, id: ours };
  }
  throw new Error('the secret keeps changing');
}

const keysIn = ({ map }: Version): readonly string[] =>
  [Object.hasOwn(map, HEARTBEAT_SOURCE) ? map[HEARTBEAT_SOURCE] : []]
    .flat()
    .filter((key): key is string => typeof key === 'string' && key.trim() !== '');

async function read(client: SecretsManagerClient, SecretId: string, VersionStage: string): Promise<Version> {
  try {
    const { SecretString = '', VersionId } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    return { map: parse(SecretString), id: VersionId };
  } catch (error) {
    // A secret that never had a value, or no earlier one, answers so.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return { map: {} };
    throw error;
  }
}

async function write(client: SecretsManagerClient, SecretId: string, map: object): Promise<string> {
  // The token becomes the version's id: a repeated request makes no second version.
  const ClientRequestToken = randomUUID();
  const SecretString = JSON.stringify(map);
  const { VersionId } = await client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }));
  return VersionId ?? ClientRequestToken;
}

function parse(text: string): Version['map'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Version['map'];
  throw new TypeError('the secret is not a JSON object');
}
