import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import { webhookPath } from '../../../../lambda/contract/paths.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { proofOf } from '../../../../lambda/providers/proof.ts';
import type { Origin, Provider } from '../../../../lambda/providers/provider.ts';
import { settingsOf } from '../../stack/settings.ts';
import { snsCertificate } from '../../surroundings/sns-certificate.ts';

/** Genuine requests of every ESP, by each of its proofs: what somebody may have caught and starts from. */

export const PUBLIC_URL = 'https://hooks.example.com';
/** Stands in every body; no log line and no answer may hold it. */
export const MARKER = 'marker-ada@example.com';

export interface Posted {
  readonly source: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: Buffer;
  /** Whether the gateway hands the body over as base64. */
  readonly base64: boolean;
}

export interface Genuine extends Posted {
  readonly origin: Origin;
}

export interface Sources {
  readonly settings: ReturnType<typeof settingsOf>;
  /** The secret map, as it is stored. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly origins: ReadonlyMap<string, Origin>;
  /** The address of a certificate to its text. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Signed at this moment: some signatures are good for minutes. */
  sign(): Genuine[];
}

/** A source of each ESP, and one more for each other proof that its options choose. */
export async function everySource(): Promise<Sources> {
  const chosen = [...PROVIDERS.values()].flatMap(({ id, minimalOptions = {}, otherProofs = [] }) => [
    { name: id, provider: id, options: minimalOptions },
    ...otherProofs.map(({ options }, n) => ({ name: `${id}-${n + 2}`, provider: id, options })),
  ]);
  const settings = settingsOf({
    sources: Object.fromEntries(chosen.map(({ name, provider, options }) => [name, { provider, ...options }])),
  });
  const keys = new Map(chosen.map(({ name, provider }) => [name, (PROVIDERS.get(provider) as Provider).generateKey()]));
  const origins = new Map<string, Origin>();
  const certificates = new Map<string, string>();

  const sign = (): Genuine[] =>
    Object.entries(settings.sources).flatMap(([source, { provider: id, options }]) => {
      const provider = PROVIDERS.get(id) as Provider<unknown>;
      const origin = proofOf(provider, options);
      origins.set(source, origin);
      const at = Math.floor(Date.now() / 1000) * 1000;
      const webhookUrl = PUBLIC_URL + webhookPath(source);
      return EVENT_TYPES.flatMap((type, n): Genuine[] => {
        const signingKey = keys.get(source)?.signingKey ?? '';
        const id = `a1b2c3${n.toString(16).padStart(2, '0')}`;
        const sample = provider.sample({ type, recipient: MARKER, at, id, signingKey, options, webhookUrl });
        if (!sample) return [];
        const headers = Object.fromEntries(
          Object.entries(sample.headers).map(([name, value]) => [name.toLowerCase(), value]),
        );
        const base64 = !/^(text\/|application\/json)/.test(headers['content-type'] ?? '');
        const { method, query = '', body } = sample;
        return [{ source, origin, method, headers, query, body: Buffer.from(body), base64 }];
      });
    });

  for (const { source, body } of sign())
    if (origins.get(source)?.with === 'certificate') {
      const { SigningCertURL } = JSON.parse(body.toString()) as { SigningCertURL: string };
      if (certificates.has(SigningCertURL)) continue;
      const { certificate } = await snsCertificate({ signingKey: keys.get(source)?.signingKey ?? '' });
      certificates.set(SigningCertURL, certificate);
    }
  const secrets = Object.fromEntries(
    [...keys].flatMap(([source, { secret }]) => (secret === undefined ? [] : [[source, secret]])),
  );
  return { settings, secrets, origins, certificates, sign };
}
