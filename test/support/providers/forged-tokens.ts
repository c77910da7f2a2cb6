import { formatKey, parseKey, type TokenKey } from '../../../lambda/domain/unsubscribe/key.ts';
import { openToken, RANDOM_BYTES, sealToken } from '../../../lambda/domain/unsubscribe/token.ts';
import { type Chance, chanceOf } from '../surroundings/chance.ts';

/**
 * Tokens that somebody made without a key, from good ones of two people, two scopes and two keys. `npm run test:nightly` makes a
 * million.
 */
export function* forgeries(
  count: number,
  chance: Chance,
): Generator<{ readonly token: string; readonly keys: readonly TokenKey[] }> {
  const keys = [key(chance), key(chance)] as const;
  const stranger = key(chance);
  const good = ['ada@example.com', 'grace@example.com'].flatMap((address) =>
    ['all', 'shop:list:weekly'].flatMap((scope) => keys.map((one) => bytesOf(address, scope, one, chance))),
  );
  const known = new Set(good.map((bytes) => bytes.toString('base64url')));
  const pick = (): Buffer => good[chance.below(good.length)] as Buffer;
  for (let made = 0; made < count; ) {
    const token = KINDS[made % KINDS.length]?.({ good: pick(), other: pick(), stranger, chance }) ?? '';
    if (known.has(token)) continue;
    made += 1;
    yield { token, keys };
  }
}

const HEAD = 5 + RANDOM_BYTES;
const text = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('base64url');

interface Means {
  readonly good: Buffer;
  readonly other: Buffer;
  readonly stranger: TokenKey;
  readonly chance: Chance;
}

const KINDS: readonly ((means: Means) => string)[] = [
  // One bit of one.
  ({ good, chance }) => {
    const changed = Buffer.from(good);
    const at = chance.below(changed.length);
    changed[at] = (changed[at] as number) ^ (1 << chance.below(8));
    return text(changed);
  },
  ({ good, chance }) => text(good.subarray(0, chance.below(good.length))),
  ({ good, chance }) => text(good, chance.bytes(1 + chance.below(20))),
  // The head of one, the content of another, the tag of either.
  ({ good, other }) => text(good.subarray(0, HEAD), other.subarray(HEAD)),
  ({ good, other }) => text(good.subarray(0, -16), other.subarray(-16)),
  ({ good, other, chance }) => {
    const at = 1 + chance.below(Math.min(good.length, other.length) - 1);
    return text(good.subarray(0, at), other.subarray(at));
  },
  // Another scope or address for the same ciphertext: a stream cipher's bits turn where they are turned.
  ({ good, chance }) => {
    const changed = Buffer.from(good);
    const at = HEAD + 4 + chance.below(changed.length - HEAD - 4 - 16);
    changed[at] = (changed[at] as number) ^ chance.between(1, 256);
    return text(changed);
  },
  // A known key id, the rest made up.
  ({ good, chance }) => text(good.subarray(0, 5), chance.bytes(good.length - 5)),
  // Sealed well, by somebody else's key, under one of ours.
  ({ good, stranger, chance }) => {
    const sealed = bytesOf('ada@example.com', 'all', stranger, chance);
    return text(sealed.subarray(0, 1), good.subarray(1, 5), sealed.subarray(5));
  },
  ({ stranger, chance }) => text(bytesOf('ada@example.com', 'all', stranger, chance)),
  // Another spelling of the same bytes.
  ({ good, chance }) => `${text(good)}${'='.repeat(1 + chance.below(3))}`,
  ({ good, chance }) => ` ${text(good)}`.slice(chance.below(2) === 0 ? 0 : 2),
  ({ good, chance }) => {
    const whole = text(good);
    const at = chance.below(whole.length);
    return `${whole.slice(0, at)}${['.', '%', '\n', 'é', '+', '/'][chance.below(6)]}${whole.slice(at)}`;
  },
  ({ chance }) => chance.bytes(chance.below(700)).toString('base64url'),
];

const key = (chance: Chance): TokenKey => parseKey(formatKey(chance.bytes(32))) as TokenKey;
const bytesOf = (address: string, scope: string, by: TokenKey, chance: Chance): Buffer => {
  const claims = { address, scope, issuedAt: chance.below(2 ** 32) };
  return Buffer.from(sealToken(claims, by, chance.bytes(RANDOM_BYTES)), 'base64url');
};

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 1_000_000);
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  let accepted = 0;
  for (const { token, keys } of forgeries(count, chanceOf(seed)))
    if (openToken(token, keys) !== undefined) accepted += 1;
  process.stdout.write(`forged: ${count}, accepted: ${accepted}, seed: ${seed}\n`);
  process.exitCode = accepted === 0 ? 0 : 1;
}
