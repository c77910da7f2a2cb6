import type { Keys, Origin, Provider } from './provider.ts';

/** What proves a request's origin under these options of a source, and who makes its secret. */
export function proofOf(
  { proof, keys, otherProofs = [] }: Pick<Provider, 'proof' | 'keys' | 'otherProofs'>,
  options: unknown,
): Origin & { readonly keys: Keys } {
  const given = new Map(Object.entries(options ?? {}));
  const chosen = otherProofs.find((other) =>
    Object.entries(other.options).every(([name, value]) => given.get(name) === value),
  );
  return chosen ? { signs: chosen.signs, with: chosen.with, keys: chosen.keys } : { ...proof, keys };
}

/** Both sides hold the secret, so that whoever verifies with it can sign with it. */
export const isShared = ({ proof }: Pick<Provider, 'proof'>): boolean =>
  proof.with !== 'public-key' && proof.with !== 'certificate';
