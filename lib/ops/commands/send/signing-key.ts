import { readFile } from 'node:fs/promises';
import { isShared } from '../../../../lambda/providers/proof.ts';
import type { Provider } from '../../../../lambda/providers/provider.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Target } from '../../target/target.ts';

/** What signs samples for a source: a shared secret both sides know, or, locally, the private key that `npm start` made. */
export async function signingKeyOf(target: Target, name: string, provider: Provider<unknown>): Promise<string> {
  if (isShared(provider)) {
    const { liveValues, readSecretMap } = await import('../../stack/secret-map.ts');
    const [newest] = liveValues(await readSecretMap(target), name);
    if (newest === undefined) throw new CannotKnow(`No secret is stored for ${name}: ops secrets set ${name}`);
    return newest;
  }
  if (target.names.keysFile === undefined) {
    const test = provider.ownTest ?? 'use the test of its webhook settings, or mail an address that bounces';
    throw new CannotKnow(`Only ${provider.title} holds the private key that signs for ${name}. To test it, ${test}.`);
  }
  const keys = JSON.parse(await readFile(target.names.keysFile, 'utf8')) as Record<string, { signingKey?: string }>;
  const key = Object.hasOwn(keys, name) ? keys[name]?.signingKey : undefined;
  if (key !== undefined) return key;
  throw new CannotKnow(
    `The local stack was started with a secret of its own for ${name}: only its owner can sign for it.`,
  );
}
