import { createHash } from 'node:crypto';

/** A key of unsubscribe tokens, as it is stored and handed to senders: this and 32 random bytes in base64url. Scanners for leaked secrets know it by the prefix. */
const KEY_PREFIX = 'quell_unsub_';
const KEY_FORM = new RegExp(`^${KEY_PREFIX}([A-Za-z0-9_-]{43})$`);
const KEY_ID_LABEL = 'quell unsubscribe key id';

export interface TokenKey {
  /** 4 bytes that tell keys apart; nothing can be learned of the key from them. */
  readonly id: Buffer;
  readonly secret: Buffer;
}

/** @param bytes 32 random ones */
export const formatKey = (bytes: Buffer): string => KEY_PREFIX + bytes.toString('base64url');

/** Undefined where the text is no key. */
export function parseKey(text: string): TokenKey | undefined {
  const [, encoded = ''] = KEY_FORM.exec(text.trim()) ?? [];
  const secret = Buffer.from(encoded, 'base64url');
  // 43 characters hold 258 bits: of the spellings of one key only the usual one is a key.
  if (secret.length !== 32 || secret.toString('base64url') !== encoded) return undefined;
  return { id: createHash('sha256').update(KEY_ID_LABEL).update(secret).digest().subarray(0, 4), secret };
}
