import { randomBytes } from 'node:crypto';
import { UNSUBSCRIBE_SOURCE } from '../../../lambda/contract/unsubscribe.ts';
import { unsubscribeLink } from '../../../lambda/domain/unsubscribe/link.ts';
import { RANDOM_BYTES } from '../../../lambda/domain/unsubscribe/token.ts';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';
import { liveValues, readSecretMap } from './secret-map.ts';

/** @throws CannotKnow where the stack has no unsubscribe page. */
export function requirePage({ label, names }: Target): void {
  if (names.unsubscribeKeysArn !== undefined) return;
  throw new CannotKnow(`${label} has no unsubscribe page: put "unsubscribe": {} into its settings and deploy.`);
}

/** Keys of unsubscribe links, newest first. @throws CannotKnow where there is no page, or no key yet. */
export async function unsubscribeKeys(target: Target): Promise<readonly string[]> {
  requirePage(target);
  const keys = liveValues(await readSecretMap(target, 'unsubscribeKeysArn'), UNSUBSCRIBE_SOURCE);
  if (keys.length > 0) return keys;
  throw new CannotKnow(`There is no key yet: ops secrets rotate ${UNSUBSCRIBE_SOURCE}`);
}

/** The link that a sender would put into a mail now. */
export const linkOf = (target: Target, keys: readonly string[], address: string, scope: string): string =>
  unsubscribeLink(
    { address, scope, issuedAt: Math.floor(Date.now() / 1000) },
    keys,
    target.names.url,
    randomBytes(RANDOM_BYTES),
  );
