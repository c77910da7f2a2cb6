import { createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RuntimeConfig } from '../../lambda/contract/config.ts';
import { UNSUBSCRIBE_SOURCE } from '../../lambda/contract/unsubscribe.ts';
import { formatKey } from '../../lambda/domain/unsubscribe/key.ts';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { isShared, type KeyPair } from '../../lambda/providers/provider.ts';
import { LocalError } from './error.ts';
import type { CertificateAnswer } from './functions/child-protocol.ts';
import type { KeptKeys, SecretMap } from './kept-keys.ts';

interface LocalKeys {
  readonly secrets: SecretMap;
  /** Of those given, the ones that belong into the stack's own secret, by their reserved names. */
  readonly ownKeys: SecretMap;
  /** Keys of unsubscribe links. */
  readonly unsubscribeKeys: SecretMap;
  /** Keys of the ESPs' own APIs, set by hand: none is made. */
  readonly apiKeys: SecretMap;
  /** What signs samples, by source; none where only the ESP could. */
  readonly signing: Readonly<Record<string, KeyPair>>;
  readonly certificate?: CertificateAnswer;
}

/** What the person who starts the run brings along, instead of throwaway keys. */
interface GivenKeys {
  readonly secrets?: SecretMap;
  readonly certificate?: string;
}

/** @throws LocalError when a file is not what it should be; it quotes none of its content. */
export const readKeyFiles = (secrets: string | undefined, certificate: string | undefined): GivenKeys => ({
  ...(secrets !== undefined && { secrets: readSecrets(secrets) }),
  ...(certificate !== undefined && { certificate: readPem(certificate) }),
});

/** The secrets of this run: those given; otherwise those kept from an earlier one, and throwaway ones for whatever has none. */
export async function localKeys(
  sources: RuntimeConfig['sources'],
  given: GivenKeys,
  kept?: KeptKeys,
): Promise<LocalKeys> {
  // Whoever brings secrets brings them all; keys of the ESPs' APIs are no part of that file.
  const own = given.secrets ? undefined : kept;
  const known = Object.entries(sources).flatMap(([name, { provider: id }]) => {
    const provider = PROVIDERS.get(id);
    return provider ? [{ name, provider }] : [];
  });
  const byCertificate = known.filter(({ provider }) => provider.keys === 'none');
  const bySecret = known.filter(({ provider }) => provider.keys !== 'none');

  const secretKeys = bySecret.flatMap(({ name, provider }): [string, KeyPair][] => {
    if (!given.secrets) return [[name, own?.signing[name] ?? provider.generateKey()]];
    const secret = [given.secrets[name] ?? []].flat()[0];
    // A shared secret signs as well as it verifies; of a key pair the file holds the public half only.
    return secret !== undefined && isShared(provider) ? [[name, { secret, signingKey: secret }]] : [];
  });
  const made = secretKeys.flatMap(([name, { secret }]) => (secret === undefined ? [] : [[name, secret] as const]));

  // One key for all of them: whatever certificate they name, one answers.
  const same = byCertificate.flatMap(({ name }) => own?.signing[name] ?? [])[0];
  const pair = given.certificate === undefined ? (same ?? byCertificate[0]?.provider.generateKey()) : undefined;
  const certificate = given.certificate ?? (same && own?.certificate) ?? (pair && (await certify(pair.signingKey)));
  const hosts = byCertificate.flatMap(({ provider }) => (provider.certificateHosts ?? []).map(({ source }) => source));
  const certificateKeys = byCertificate.flatMap(({ name }) => (pair ? [[name, pair] as const] : []));
  return {
    secrets: given.secrets
      ? entries(given.secrets, (name) => !name.startsWith('quell-'))
      : { ...Object.fromEntries(made), ...own?.secrets },
    ownKeys: own?.ownKeys ?? entries(given.secrets ?? {}, isOwn),
    unsubscribeKeys: {
      [UNSUBSCRIBE_SOURCE]: given.secrets?.[UNSUBSCRIBE_SOURCE] ?? formatKey(randomBytes(32)),
      ...own?.unsubscribeKeys,
    },
    apiKeys: kept?.apiKeys ?? {},
    signing: Object.fromEntries([...secretKeys, ...certificateKeys]),
    ...(certificate !== undefined && { certificate: { pem: certificate, hosts } }),
  };
}

const isOwn = (name: string): boolean => name.startsWith('quell-') && name !== UNSUBSCRIBE_SOURCE;
const entries = (map: SecretMap, wanted: (name: string) => boolean): SecretMap =>
  Object.fromEntries(Object.entries(map).filter(([name]) => wanted(name)));

/** A self-signed certificate for a private key: node:crypto reads certificates and makes none. */
async function certify(privateKey: string): Promise<string> {
  // Loaded here: only runs with such a source need it, and it is large.
  const { generate } = await import('selfsigned');
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string;
  const { cert } = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], {
    keyPair: { privateKey, publicKey },
    algorithm: 'sha256',
  });
  return cert;
}

function readSecrets(file: string): SecretMap {
  const map = parse(file);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw new LocalError(`${file} must hold one JSON object, from source name to secret`);
  }
  const wrong = Object.entries(map).filter(([, value]) => !isSecret(value));
  if (wrong.length === 0) return map as SecretMap;
  throw new LocalError(
    `${file}: a secret is one string or a list of strings; not so: ${wrong.map(([name]) => name).join(', ')}`,
  );
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isSecret = (value: unknown): boolean =>
  isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));

function parse(file: string): unknown {
  try {
    return JSON.parse(read(file));
  } catch (error) {
    if (error instanceof LocalError) throw error;
    // Without the parser's message: it quotes what it read, and that is a secret.
    throw new LocalError(`${file} is not JSON`);
  }
}

function readPem(file: string): string {
  const pem = read(file);
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new LocalError(`${file} holds no PEM certificate`);
  return pem;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new LocalError(`${file} cannot be read`);
  }
}
