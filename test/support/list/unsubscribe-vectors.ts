/** Writes docs/unsubscribe-vectors.json anew: `npm exec node -- test/support/list/unsubscribe-vectors.ts`. Only a new version of the format may change what is there. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { formatKey, parseKey, type TokenKey } from '../../../lambda/domain/unsubscribe/key.ts';
import { sealToken } from '../../../lambda/domain/unsubscribe/token.ts';

export interface Vectors {
  readonly rule: string;
  /** Newest first. */
  readonly keys: readonly string[];
  readonly vectors: readonly Vector[];
  /** No token: whatever is done with them, nothing is accepted. */
  readonly refused: readonly { readonly token: string; readonly why: string }[];
}

export interface Vector {
  readonly address: string;
  readonly scope: string;
  readonly issuedAt: number;
  readonly key: string;
  /** Hex. */
  readonly random: string;
  readonly token: string;
}

export const VECTORS_FILE = 'docs/unsubscribe-vectors.json';
export const readVectors = (): Vectors => JSON.parse(readFileSync(VECTORS_FILE, 'utf8')) as Vectors;

const bytes = (label: string): Buffer => createHash('sha256').update(label).digest();
const KEYS = ['third', 'second', 'first'].map((name) => formatKey(bytes(`example key, ${name}`)));
const STRANGER = formatKey(bytes('example key, of nobody'));

const CASES: readonly (readonly [address: string, scope: string, issuedAt: number, key: number])[] = [
  ['ada@example.com', 'all', 1_767_225_600, 0],
  ['ada@example.com', 'shop:list:weekly', 1_767_225_600, 0],
  ['ada@example.com', 'shop:list:weekly', 1_767_225_600, 1],
  ['ada+news@xn--bcher-kva.example', 'sendgrid-marketing:asm:42', 4_294_967_295, 0],
  ['"a b"@example.com', 'shop:list:weekly', 0, 2],
  ['žofie.日本@example.com', 'shop:list:ünïcode 日本', 1_893_456_000, 0],
  [`${'a'.repeat(64)}@${`${'b'.repeat(62)}.`.repeat(4)}com`, `shop:list:${'c'.repeat(245)}`, 1_767_225_600, 0],
  [`${'a'.repeat(308)}@example.com`, 'shop:list:weekly', 1_767_225_600, 0],
];

function build(): Vectors {
  const seal = (
    at: number,
    text: string,
    [address, scope, issuedAt]: readonly [string, string, number, ...unknown[]],
  ) => {
    const random = bytes(`random bytes of example ${at}`).subarray(0, 24);
    return { random, token: sealToken({ address, scope, issuedAt }, parseKey(text) as TokenKey, random) };
  };
  const vectors = CASES.map((given, at) => {
    const key = KEYS[given[3]] as string;
    const { random, token } = seal(at, key, given);
    return { address: given[0], scope: given[1], issuedAt: given[2], key, random: random.toString('hex'), token };
  });
  const token = vectors[1]?.token as string;
  const flip = (at: number): string => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  const other = vectors[2]?.token as string;
  const refused = [
    ['', 'empty'],
    ['A', 'half a byte'],
    [token.slice(0, -1), 'cut'],
    [token.slice(0, 40), 'its head only'],
    [`${token}A`, 'longer'],
    [`${token}=`, 'padded'],
    [token.replaceAll('-', '+').replaceAll('_', '/'), 'base64, not base64url'],
    [flip(0), 'another version'],
    [flip(3), 'another key id'],
    [flip(12), 'another random part'],
    [flip(50), 'another content'],
    [flip(token.length - 3), 'another tag'],
    [token.slice(0, 39) + other.slice(39), 'the head of one token, the content of another'],
    [seal(90, STRANGER, ['ada@example.com', 'all', 1_767_225_600]).token, 'a key that is not listed'],
    [seal(91, KEYS[0] as string, ['nobody', 'all', 1_767_225_600]).token, 'sealed, and no address'],
  ] as const;
  return {
    rule: 'base64url without padding of: 01 | key id (4) | random (24) | ciphertext | tag (16). Key: quell_unsub_ and base64url of 32 bytes. Key id: first 4 bytes of SHA-256("quell unsubscribe key id" | key). AES-256-GCM with key HMAC-SHA256(key, "quell unsubscribe v1" | random[0..12]), nonce random[12..24], additional data 01 | key id | random. Plaintext: issuedAt in epoch seconds (4, big-endian) | octets of the scope (1; 0 = all) | scope in UTF-8 | address in UTF-8.',
    keys: KEYS,
    vectors,
    refused: refused.map(([refusedToken, why]) => ({ token: refusedToken, why })),
  };
}

export const vectorsText = (): string => `${JSON.stringify(build(), undefined, 2)}\n`;

if (import.meta.main) writeFileSync(VECTORS_FILE, vectorsText());
