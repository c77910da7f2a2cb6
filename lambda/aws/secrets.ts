import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { EpochMs } from '../contract/units.ts';
import { RefusedRequest } from '../domain/errors.ts';
import { until } from './effort.ts';
import { hedged } from './hedge.ts';
import { liveValues, parseSecretMap } from './secret-map.ts';
import { logError } from './telemetry.ts';

/** Live values by source, newest first. */
type LiveValues = ReadonlyMap<string, readonly string[]>;

const REFRESH_AFTER = 5 * 60_000;
/** After a failed check or a missing value the map is read again, at most this often: a flood of forgeries must not become a flood of reads. */
const RECHECK_AFTER = 30_000;

/**
 * The secret, cached in the process; a read ends at the `deadline` of who asks for it. One read at a time, whoever asks; a refresh that fails keeps the values we have, because a
 * store that is down for a minute must not stop verification.
 */
export class SecretStore {
  readonly #client: SecretsManagerClient;
  readonly #arn: string;
  readonly #now: () => number;
  #map: LiveValues | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  /** The last read did not end in an answer of the store. */
  #failing = false;

  constructor(client: SecretsManagerClient, arn: string, now: () => number = Date.now) {
    this.#client = client;
    this.#arn = arn;
    this.#now = now;
  }

  /**
   * @throws RefusedRequest `secret-unreadable` where the secret was never read, `secret-missing` where the source has no value.
   */
  async values(source: string, deadline: EpochMs): Promise<readonly string[]> {
    if (this.#map === undefined || this.#age() > REFRESH_AFTER) await this.#read(deadline);
    else if (!this.#map.has(source) && this.#age() > RECHECK_AFTER) await this.#read(deadline);
    if (this.#map === undefined)
      throw new RefusedRequest('secret-unreadable', 'The secret store cannot be read right now.');
    const values = this.#map.get(source);
    if (!values)
      throw new RefusedRequest('secret-missing', 'No secret is stored for this source. Set it with: ops secrets set.');
    return values;
  }

  /** Whether the secret could be read when that was last due; after a failure asked again, at most every 30 s. */
  async readable(deadline: EpochMs): Promise<boolean> {
    if (this.#map === undefined || this.#age() > (this.#failing ? RECHECK_AFTER : REFRESH_AFTER))
      await this.#read(deadline);
    return this.#map !== undefined && !this.#failing;
  }

  /** After a failed check: the values again if they may have been rotated meanwhile; undefined where that was asked just now. */
  async recheck(source: string, deadline: EpochMs): Promise<readonly string[] | undefined> {
    if (this.#age() <= RECHECK_AFTER) return undefined;
    await this.#read(deadline);
    return this.#map?.get(source);
  }

  #age(): number {
    return this.#now() - this.#readAt;
  }

  #read(deadline: EpochMs): Promise<void> {
    this.#reading ??= this.#fetch(deadline).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #fetch(deadline: EpochMs): Promise<void> {
    try {
      const { SecretString } = await hedged(
        (abortSignal) => this.#client.send(new GetSecretValueCommand({ SecretId: this.#arn }), { abortSignal }),
        until(deadline),
      );
      this.#map = parse(SecretString ?? '');
      this.#readAt = this.#now();
      this.#failing = false;
    } catch (error) {
      // A secret without any value yet answers ResourceNotFoundException: readable, and empty.
      this.#failing = !(error instanceof Error && error.name === 'ResourceNotFoundException');
      if (!this.#failing) this.#map ??= new Map();
      logError('secret not read', error);
      if (this.#map !== undefined) this.#readAt = this.#now();
    }
  }
}

/** Sources without a live value are left out: to `receive` they have none. */
function parse(text: string): LiveValues {
  const map = parseSecretMap(text);
  return new Map(
    [...map.keys()].flatMap((source): [string, string[]][] => {
      const live = liveValues(map, source);
      return live.length > 0 ? [[source, live]] : [];
    }),
  );
}
