import { domainToASCII, domainToUnicode } from 'node:url';
import type { Address } from '../contract/units.ts';

/** UTF-16 units of what is given, display name included: NFC of a longer text can take seconds. */
const MAX_GIVEN = 1000;
const MAX_ADDRESS = 320;

/**
 * The one normal form in which addresses are matched: display name stripped, trimmed, NFC, lower case; an ASCII domain as it is
 * without one trailing dot, any other by UTS #46 (non-transitional), on failure its lower-cased text. Nothing is folded that a
 * provider might fold (dots, plus tags): two addresses that may be two people stay two.
 * @returns undefined where the text is not an address. Vectors: `docs/address-vectors.json`.
 */
export function normaliseAddress(raw: string): Address | undefined {
  if (raw.length > MAX_GIVEN) return undefined;
  if (raw.length <= MAX_ADDRESS && PLAIN.test(raw)) return raw;
  const [, bracketed] = displayName(raw.normalize('NFC').trim());
  const bare = bracketed.trim().toLowerCase().normalize('NFC');
  const at = bare.lastIndexOf('@');
  if (at < 1 || bare.length > MAX_ADDRESS || hasForbidden(bare)) return undefined;
  const domain = normaliseDomain(bare.slice(at + 1));
  return domain === '' ? undefined : `${bare.slice(0, at)}@${domain}`;
}

/** Nearly all addresses: in normal form as they stand, for one look instead of ten. */
const PLAIN = /^[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/**
 * Whether a text had to be changed so much to become its key that what was said of it is no evidence about the key's owner: an
 * invisible or look-alike character makes somebody else's key of it. Spelling is no change: ASCII case, ASCII blanks around it, brackets
 * with a display name that names nobody else, one trailing dot, NFC within non-ASCII letters, an international domain in its own letters.
 * @param key the text's normal form
 */
export function isAltered(given: string, key: Address): boolean {
  if (given === key) return false;
  const [name, bracketed] = displayName(trimAscii(given));
  if (name.includes('@') && normaliseAddress(name) !== key) return true;
  const text = composed(trimAscii(bracketed));
  if (text === undefined) return true;
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1).replace(/\.$/, '')];
  const [keyLocal, keyDomain] = [key.slice(0, key.lastIndexOf('@')), key.slice(key.lastIndexOf('@') + 1)];
  return local !== keyLocal || (domain !== keyDomain && domain !== domainToUnicode(keyDomain));
}

/** Whether two texts differ in ASCII case only: what an ESP calls no address is said of the very string that it was given. */
export const sameButCase = (given: string, key: Address): boolean => lowerAscii(given) === key;

/**
 * A display name and what stands in the brackets after it, `['', text]` where there are none. Brackets count only at the end and outside
 * quotes: `"<ada@example.com>"@example.net` is an address at example.net.
 */
function displayName(text: string): readonly [name: string, bracketed: string] {
  if (!text.endsWith('>')) return ['', text];
  let [open, quoted] = [-1, false];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (char === '<' && !quoted) open = at;
  }
  return open === -1 || quoted ? ['', text] : [text.slice(0, open), text.slice(open + 1, -1)];
}

/** Control characters and lone surrogates never belong to an address; white space only inside a quoted local part. */
function hasForbidden(value: string): boolean {
  return /\p{Cc}/u.test(value) || !value.isWellFormed() || (/\s/.test(value) && !/^".*"@\S+$/.test(value));
}

function normaliseDomain(domain: string): string {
  const bare = domain.replace(/\.$/, '');
  if (/^\p{ASCII}*$/u.test(bare)) return bare;
  // A URL host parser also decodes %xx, ends at a slash and turns numbers into IP addresses: what only a URL would do counts as failure.
  // Mapping turns full-width dots into dots, so the trailing one may appear only now.
  const ascii = /[%/?#\\]/.test(bare) ? '' : domainToASCII(bare).replace(/\.$/, '');
  return ascii === '' || /^[\d.]+$/.test(ascii) ? bare : ascii;
}

const trimAscii = (text: string): string => text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '');

const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** NFC in lower case, as far as ASCII goes; undefined where NFC makes ASCII of something else, as of the Kelvin sign. */
function composed(text: string): string | undefined {
  for (const char of text) if (char > '\u007f' && /\p{ASCII}/u.test(char.normalize('NFC'))) return undefined;
  return lowerAscii(text.normalize('NFC'));
}
