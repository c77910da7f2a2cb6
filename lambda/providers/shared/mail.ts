import type { EpochMs } from '../../contract/units.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { type Fields, fields, text } from '../../domain/read.ts';

/** Readings that several ESPs share: headers of mails, ids, scopes, custom data that travels as JSON in a string. */

/** A message id without its angle brackets: some ESPs write them, some do not, some do both. */
export const bareId = (value: unknown): string | undefined =>
  text(value)
    ?.trim()
    .replace(/^<(.+)>$/, '$1');

/** Two letters, as ISO 3166-1 has them; ESPs also write `Unknown` or nothing. */
export const country = (value: unknown): string | undefined =>
  /^[A-Za-z]{2}$/.exec(text(value) ?? '')?.[0].toUpperCase();

/** What a header has to say is said by then; the patterns below take time that grows with the square of the length. */
const MAX_HEADER = 2000;

/** The address of a header that names exactly one; absent where it names several, because nothing says who is meant. */
export function onlyAddress(value: unknown): string | undefined {
  const header = text(value);
  return header?.split('@').length === 2 ? header : undefined;
}

/** What stands behind the last `@`, lower-cased, without what follows the address. */
export const domainOf = (value: unknown): string | undefined =>
  /@([^\s@<>,;"]+)[^@]*$/.exec((text(value) ?? '').slice(-MAX_HEADER))?.[1]?.toLowerCase();

/**
 * `<kind>:<id>`. Where the ESP does not say which, an unsubscribe counts for all mail, so that it is honoured; a resubscribe
 * lifts nothing that is known.
 */
export function scopeOf(type: 'unsubscribed' | 'resubscribed', kind: string, id: unknown): string {
  const named = text(id);
  if (named !== undefined) return `${kind}:${named}`;
  return type === 'unsubscribed' ? 'all' : `${kind}:unknown`;
}

/** Epoch milliseconds from a mail's Date header; it must name its zone. */
export function mailTime(value: unknown): EpochMs | undefined {
  const match =
    /^(?:[a-z]{3,9},\s*)?(\d{1,2}\s+[a-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(?:(?:GMT|UTC?|Z)|([+-]\d\d):?(\d\d))(?:\s*\([^)]*\))?$/i.exec(
      (text(value) ?? '').trim(),
    );
  if (!match) return undefined;
  const time = Date.parse(`${match[1]} GMT${match[2] ?? '+00'}${match[3] ?? '00'}`);
  return Number.isNaN(time) ? undefined : time;
}

/** Custom data that the ESP gives back as the string it was given: a JSON object's fields, or the text under its own name. */
export function customData(value: unknown, name: string): Fields {
  const written = text(value);
  if (written === undefined) return fields(value);
  const parsed = jsonOrNothing(written);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? fields(parsed) : { [name]: written };
}

/** Parsed JSON, or undefined where the text is none. */
export function jsonOrNothing(written: string): unknown {
  if (!/^\s*[{[]/.test(written)) return undefined;
  try {
    return parseJson(written);
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    return undefined;
  }
}
