import { domainToASCII } from 'node:url';

/** An address with any name anybody has is shorter. Normal forms of hostile text take time that grows with the square of its length. */
const MAX_TEXT = 1000;

/**
 * The one normal form in which addresses are matched: display name stripped, trimmed, NFC, lower case; an ASCII domain as it is
 * without one trailing dot, any other by UTS #46 (non-transitional), on failure its lower-cased text. Nothing is folded that a
 * provider might fold (dots, plus tags): two addresses that may be two people stay two.
 * @returns undefined where the text is not an address. Vectors: `docs/address-vectors.json`.
 */
export function normaliseAddress(raw: string): string | undefined {
  if (raw.length > MAX_TEXT) return undefined;
  const bare = stripDisplayName(raw.normalize('NFC')).trim().toLowerCase().normalize('NFC');
  const at = bare.lastIndexOf('@');
  if (at < 1 || bare.length > 320 || hasForbidden(bare)) return undefined;
  const domain = normaliseDomain(bare.slice(at + 1));
  return domain === '' ? undefined : `${bare.slice(0, at)}@${domain}`;
}

function stripDisplayName(value: string): string {
  const open = value.lastIndexOf('<');
  const close = value.lastIndexOf('>');
  return open !== -1 && close > open ? value.slice(open + 1, close) : value;
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
