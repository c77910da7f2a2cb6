import { randomBytes, randomInt } from 'node:crypto';
import { formatKey, parseKey, type TokenKey } from '../../../lambda/domain/unsubscribe/key.ts';
import { openToken, RANDOM_BYTES, sealToken } from '../../../lambda/domain/unsubscribe/token.ts';

/**
 * Tokens that somebody made without a key, from good ones of two people, two scopes and two keys. `npm run test:nightly` makes a
 * million.
 */
export function* forgeries(count: number): Generator<{ readonly token: string; readonly keys: readonly TokenKey[] }> {
  const keys = [key(), key()] as const;
  const stranger = key();
  const good = ['ada@example.com', 'grace@example.com'].flatMap((address) =>
    ['all', 'shop:list:weekly'].flatMap((scope) => keys.map((one) => bytesOf(address, scope, one))),
  );
  const known = new Set(good.map((bytes) => bytes.toString('base64url')));
  const pick = (): Buffer => good[randomInt(good.length)] as Buffer;
  for (let made = 0; made < count; ) {
    const token = KINDS[made % KINDS.length]?.(pick(), pick(), stranger) ?? '';
    if (known.has(token)) continue;
    made += 1;
    yield { token, keys };
  }
}

const HEAD = 5 + RANDOM_BYTES;
const text = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('base64url');

const KINDS: readonly ((good: Buffer, other: Buffer, stranger: TokenKey) => string)[] = [
  // One bit of one.
  (good) => {
    const changed = Buffer.from(good);
    const at = randomInt(changed.length);
    changed[at] = (changed[at] as number) ^ (1 << randomInt(8));
    return text(changed);
  },
  (good) => text(good.subarray(0, randomInt(good.length))),
  (good) => text(good, randomBytes(1 + randomInt(20))),
  // The head of one, the content of another, the tag of either.
  (good, other) => text(good.subarray(0, HEAD), other.subarray(HEAD)),
  (good, other) => text(good.subarray(0, -16), other.subarray(-16)),
  (good, other) => {
    const at = 1 + randomInt(Math.min(good.length, other.length) - 1);
    return text(good.subarray(0, at), other.subarray(at));
  },
  // Another scope or address for the same ciphertext: a stream cipher's bits turn where they are turned.
  (good) => {
    const changed = Buffer.from(good);
    const at = HEAD + 4 + randomInt(changed.length - HEAD - 4 - 16);
    changed[at] = (changed[at] as number) ^ randomInt(1, 256);
    return text(changed);
  },
  // A known key id, the rest made up.
  (good) => text(good.subarray(0, 5), randomBytes(good.length - 5)),
  // Sealed well, by somebody else's key, under one of ours.
  (good, _other, stranger) => {
    const sealed = bytesOf('ada@example.com', 'all', stranger);
    return text(sealed.subarray(0, 1), good.subarray(1, 5), sealed.subarray(5));
  },
  (_good, _other, stranger) => text(bytesOf('ada@example.com', 'all', stranger)),
  // Another spelling of the same bytes.
  (good) => `${text(good)}${'='.repeat(1 + randomInt(3))}`,
  (good) => ` ${text(good)}`.slice(randomInt(2) === 0 ? 0 : 2),
  (good) => {
    const whole = text(good);
    const at = randomInt(whole.length);
    return `${whole.slice(0, at)}${['.', '%', '\n', 'é', '+', '/'][randomInt(6)]}${whole.slice(at)}`;
  },
  () => randomBytes(randomInt(700)).toString('base64url'),
];

const key = (): TokenKey => parseKey(formatKey(randomBytes(32))) as TokenKey;
const bytesOf = (address: string, scope: string, by: TokenKey): Buffer =>
  Buffer.from(sealToken({ address, scope, issuedAt: randomInt(2 ** 32) }, by, randomBytes(RANDOM_BYTES)), 'base64url');

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 1_000_000);
  let accepted = 0;
  for (const { token, keys } of forgeries(count)) if (openToken(token, keys) !== undefined) accepted += 1;
  process.stdout.write(`forged: ${count}, accepted: ${accepted}\n`);
  process.exitCode = accepted === 0 ? 0 : 1;
}
