import { existsSync, mkdirSync, readFileSync } from 'node:fs';
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
}

const fileIn = (folder: string): string => join(folder, 'keys.json');

/** @throws LocalError where the file was damaged: new keys in its place would refuse everybody who has the old ones. */
export function readKept(folder: string): KeptKeys | undefined {
  const file = fileIn(folder);
  if (!existsSync(file)) return undefined;
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isKept(kept)) return kept;
  } catch {
    // As below: without the parser's message, which quotes keys.
  }
  throw new LocalError(`${file} cannot be read: put it back, or remove it for new keys`);
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const MAPS = ['signing', 'secrets', 'ownKeys', 'unsubscribeKeys'] as const;
const isKept = (value: unknown): value is KeptKeys =>
  isMap(value) && MAPS.every((map) => isMap((value as KeptKeys)[map]));

type Stored = Readonly<Record<'webhooks' | 'ownKeys' | 'unsubscribeKeys', StoredSecret>>;

/** Writes the file anew, with what the secrets hold now; readable by its owner only. */
export function writeKept(folder: string, made: Pick<KeptKeys, 'signing' | 'certificate'>, stored: Stored): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const maps = {
    secrets: JSON.parse(stored.webhooks.value) as SecretMap,
    ownKeys: JSON.parse(stored.ownKeys.value) as SecretMap,
    unsubscribeKeys: JSON.parse(stored.unsubscribeKeys.value) as SecretMap,
  };
  replaceFile(fileIn(folder), { ...made, ...maps }, 0o600);
}
