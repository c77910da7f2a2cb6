import { FOREVER } from '../../../../lambda/contract/tables.ts';
import type { Reply } from '../../../../lambda/domain/failure/index.ts';
import type { Reason } from '../../../../lambda/domain/suppression/suppression.ts';

/** One line of a list, in our words. */
export interface Row {
  readonly address: string;
  readonly reason: Reason;
  /** On `unsubscribe`: in full, as the table names scopes. */
  readonly scope?: string;
  /** When it happened, ISO 8601; absent where the list does not say. */
  readonly at?: string;
  /** Epoch seconds; 0 = it was lifted. */
  readonly until?: number;
  readonly note?: string;
  /** What the line quotes of a bounce; absent where it quotes nothing. */
  readonly reply?: Reply;
  /** What the ESP's webhook would have posted of the same bounce, where its form is known. */
  readonly webhook?: { readonly provider: string; readonly raw: string };
}

/** Columns by name, in lower case and without spaces and underscores: exports spell them in many ways. */
export type Cells = ReadonlyMap<string, string>;

/** What the command line says of a file whose lines say less. */
export interface Defaults {
  readonly reason?: Reason;
  readonly scope?: string;
  /** Names scopes, as events of this source do. */
  readonly sourceName?: string;
}

/** Why a line cannot be taken. Quotes nothing of it. */
export class BadLine extends Error {
  override readonly name = 'BadLine';
}

export const LIFTED = 'lifted';

/** `until` as `export` writes it. */
export function readUntil(text: string): number | undefined {
  if (text === '') return undefined;
  if (text === 'forever') return FOREVER;
  if (text === LIFTED) return 0;
  const time = readTime(text);
  return time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);
}

/** Times as exports write them: ISO 8601, `YYYY-MM-DD HH:MM:SS` and a mere day (UTC), RFC 2822, Unix seconds. */
export function readTime(text: string): string | undefined {
  if (text === '') return undefined;
  const time = parse(text);
  if (!Number.isFinite(time) || time <= 0 || time > FOREVER * 1000) throw new BadLine('its time cannot be read');
  return new Date(time).toISOString();
}

function parse(text: string): number {
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,13}$/.test(text)) return Number(text);
  const day = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text);
  if (day) return Date.parse(`${day[1]}T${day[2] ?? '00:00:00'}${(day[3] ?? 'Z').replace('UTC', 'Z')}`);
  // RFC 2822 only: what else Date.parse takes depends on where it runs.
  return /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]+ (UTC|GMT|[+-]\d{4})$/.test(text)
    ? Date.parse(text.replace('UTC', 'GMT'))
    : Number.NaN;
}
