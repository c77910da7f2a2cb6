import { randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** Values by source (or by what a key is for) as one secret stores them: a text, or a list of live ones, newest first. */
export type SecretMap = ReadonlyMap<string, unknown>;

/** The stored text is no such map: something else wrote it. */
export class NoSecretMap extends TypeError {}

/** Others wrote between our read and our write each time that we tried. */
export class SecretKeepsChanging extends Error {}

interface Version {
  readonly map: SecretMap;
  /** Absent while the secret has no value. */
  readonly id?: string | undefined;
}

const MOST_TRIES = 5;

/** Live values of one source, newest first. */
export const liveValues = (map: SecretMap, source: string): string[] =>
  [map.get(source)].flat().filter((value): value is string => typeof value === 'string' && value.trim() !== '');

/** @throws NoSecretMap */
export function parseSecretMap(text: string): SecretMap {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  throw new NoSecretMap('the secret is not a JSON object');
}

/** The map as it stands now; empty while the secret has no value. @throws NoSecretMap */
export const readSecretMap = async (client: SecretsManagerClient, arn: string): Promise<SecretMap> =>
  (await read(client, arn, 'AWSCURRENT')).map;

/**
 * Changes the map and keeps what somebody else writes at the same time. Secrets Manager has no conditional write, but it keeps the
 * version before ours: if that is not the one we read, our write went over another, and the change is made again on top of it.
 * @param change the new map, made from the present one; the very same map where nothing is to change, and then nothing is written
 * @param signal ends the attempt, at whichever call
 * @returns the map as it stands afterwards
 * @throws NoSecretMap, and nothing is written; SecretKeepsChanging
 */
export async function changeSecretMap(
  client: SecretsManagerClient,
  arn: string,
  change: (map: SecretMap, again: boolean) => SecretMap,
  signal?: AbortSignal,
): Promise<SecretMap> {
  const base = await read(client, arn, 'AWSCURRENT', signal);
  let [map, expected] = [base.map, base.id];
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const wanted = change(map, tries > 0);
    // Only before our first write: after it, what somebody else wrote stands in the version before ours, and must come back.
    if (wanted === map && tries === 0) return map;
    const ours = await write(client, arn, wanted, signal);
    const before = await read(client, arn, 'AWSPREVIOUS', signal);
    // A store that keeps no earlier version has nothing to compare.
    if (before.id === expected || before.id === ours || before.id === undefined) return wanted;
    [map, expected] = [before.map, ours];
  }
  throw new SecretKeepsChanging('somebody else keeps changing the secret');
}

const ending = (abortSignal: AbortSignal | undefined) => (abortSignal ? { abortSignal } : {});

async function read(
  client: SecretsManagerClient,
  SecretId: string,
  VersionStage: string,
  signal?: AbortSignal,
): Promise<Version> {
  try {
    const command = new GetSecretValueCommand({ SecretId, VersionStage });
    const { SecretString = '', VersionId } = await client.send(command, ending(signal));
    return { map: parseSecretMap(SecretString), id: VersionId };
  } catch (error) {
    // A secret that never had a value, or no earlier one, answers so; whether the secret itself exists shows when it is written.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return { map: new Map() };
    throw error;
  }
}

async function write(
  client: SecretsManagerClient,
  SecretId: string,
  map: SecretMap,
  signal: AbortSignal | undefined,
): Promise<string> {
  // The token becomes the version's id: a repeated request makes no second version.
  const ClientRequestToken = randomUUID();
  const SecretString = JSON.stringify(Object.fromEntries(map));
  const command = new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken });
  const { VersionId } = await client.send(command, ending(signal));
  return VersionId ?? ClientRequestToken;
}
