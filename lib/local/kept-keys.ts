import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from '../../lambda/providers/provider.ts';
import type { StoredSecret } from './emulators/secret-store.ts';
import { LocalError } from './error.ts';
import { replaceFile } from './home.ts';

/** From source to one live value or several, as in the deployed secret. */
export type SecretMap = Readonly<Record<string, string | readonly string[]>>;

/** The keys of a run with `--data`: what was set up against them must not be refused after a restart. */
export interface KeptKeys {
  /** What signs samples, by source. */
  readonly signing: Readonly<Record<string, KeyPair>>;
  /** PEM that answers fetches of a signing certificate. */
  readonly certificate?: string;
  /** Each secret's map. */
  readonly secrets: SecretMap;
  readonly ownKeys: SecretMap;
  readonly unsubscribeKeys: SecretMap;
  /** Of the ESPs' own APIs. */
  readonly apiKeys: SecretMap;
}

/** A folder in which nothing is kept yet. */
const NOTHING: KeptKeys = { signing: {}, secrets: {}, ownKeys: {}, unsubscribeKeys: {}, apiKeys: {} };

const fileIn = (folder: string): string => join(folder, 'keys.json');

/** @throws LocalError where the file was damaged: new keys in its place would refuse everybody who has the old ones. */
export function readKept(folder: string): KeptKeys | undefined {
  const file = fileIn(folder);
  if (!existsSync(file)) return undefined;
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    // Files written before API keys were kept have none.
    if (isKept(kept)) return { ...NOTHING, ...kept };
  } catch {
    // As below: without the parser's message, which quotes keys.
  }
  throw new LocalError(`${file} cannot be read: put it back, or remove it for new keys`);
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const MAPS = ['signing', 'secrets', 'ownKeys', 'unsubscribeKeys'] as const;
const isKept = (value: unknown): value is Omit<KeptKeys, 'apiKeys'> =>
  isMap(value) && MAPS.every((map) => isMap((value as KeptKeys)[map])) && isMap((value as KeptKeys).apiKeys ?? {});

type Stored = Readonly<Record<'webhooks' | 'ownKeys' | 'unsubscribeKeys' | 'apiKeys', StoredSecret>>;

/**
 * Keeps the keys now and whenever one changes.
 * @param made what signs, where it was made here; absent where the secrets came in a file, which its owner keeps
 */
export function keepKeys(
  folder: string,
  kept: KeptKeys | undefined,
  made: Pick<KeptKeys, 'signing' | 'certificate'> | undefined,
  stored: Stored,
): void {
  const keep = () => (made ? writeKept(folder, made, stored) : writeKeptApiKeys(folder, kept, stored.apiKeys));
  for (const secret of Object.values(stored)) secret.changed = keep;
  keep();
}

/** Writes the file anew, with what the secrets hold now; readable by its owner only. */
function writeKept(folder: string, made: Pick<KeptKeys, 'signing' | 'certificate'>, stored: Stored): void {
  const kept: KeptKeys = {
    ...made,
    secrets: mapOf(stored.webhooks),
    ownKeys: mapOf(stored.ownKeys),
    unsubscribeKeys: mapOf(stored.unsubscribeKeys),
    apiKeys: mapOf(stored.apiKeys),
  };
  replaceFile(fileIn(folder), kept, 0o600);
}

/** As above, where the other keys stand in a file of somebody's: those are not written down, and ours stay for the next run. */
function writeKeptApiKeys(folder: string, kept: KeptKeys = NOTHING, apiKeys: StoredSecret): void {
  replaceFile(fileIn(folder), { ...kept, apiKeys: mapOf(apiKeys) }, 0o600);
}

const mapOf = ({ value }: StoredSecret): SecretMap => JSON.parse(value) as SecretMap;
