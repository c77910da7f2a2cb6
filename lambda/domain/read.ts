import type { EpochMs } from '../contract/units.ts';
/**
 * Reading payloads of unknown shape: every helper gives a value of the asked kind or nothing, and never throws. Custom data
 * inside payloads is attacker-shaped: word tables are Maps, so that no key of a payload meets a prototype.
 */
export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = Object.freeze({});

/** An object's fields; empty where `value` is no object. What a prototype lends (`constructor`) is no text, number or list below. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A non-empty string; numbers are written out, all else is absent. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A finite number, also from a numeric string. */
export function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

/** Epoch milliseconds from Unix seconds, whole or fractional, number or string; milliseconds are told by their size. */
export function unixTime(value: unknown): EpochMs | undefined {
  const parsed = number(value);
  if (parsed === undefined || parsed <= 0) return undefined;
  return Math.round(parsed > 1e11 ? parsed : parsed * 1000);
}

/** Epoch milliseconds from ISO 8601 with a zone; fractions finer than milliseconds are cut. */
export function isoTime(value: unknown): EpochMs | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s?(Z|UTC|[+-]\d\d(?::?\d\d)?)$/.exec(value.trim());
  if (!match) return undefined;
  const fraction = (match[3] ?? '').slice(0, 4);
  const zone =
    match[4] === 'UTC'
      ? 'Z'
      : (match[4] ?? 'Z').replace(/^([+-]\d\d):?(\d\d)?$/, (_all, h: string, m = '00') => `${h}:${m}`);
  return valid(Date.parse(`${match[1]}T${match[2]}${fraction}${zone}`));
}

/** Epoch milliseconds from `YYYY-MM-DD HH:MM:SS` without a zone, which these ESPs mean as UTC. */
export function utcTime(value: unknown): EpochMs | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?$/.exec(value.trim());
  return match ? valid(Date.parse(`${match[1]}T${match[2]}${(match[3] ?? '').slice(0, 4)}Z`)) : undefined;
}

/**
 * Epoch milliseconds from either form that is never in doubt, whichever of them an ESP documents: ISO 8601 with a zone, or Unix time
 * of this millennium. An ESP that changes from one to the other goes on being understood.
 */
export function instant(value: unknown): EpochMs | undefined {
  const unix = unixTime(value);
  return isoTime(value) ?? (unix !== undefined && unix >= 946_684_800_000 ? unix : undefined);
}

const valid = (time: EpochMs): EpochMs | undefined => (Number.isNaN(time) ? undefined : time);

const RESERVED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Custom data as a string map: scalars only, reserved keys and the empty one, which no table takes, left out; absent where nothing remains. */
export function stringMap(value: unknown, except?: ReadonlySet<string>): Record<string, string> | undefined {
  const given = fields(value);
  let map: Record<string, string> | undefined;
  for (const key of Object.keys(given)) {
    if (key === '' || except?.has(key) || RESERVED_KEYS.has(key)) continue;
    const item = given[key];
    const written = typeof item === 'boolean' ? String(item) : text(item);
    if (written === undefined) continue;
    map ??= {};
    map[key] = written;
  }
  return map;
}

/** Tags from a string or a list of strings; absent where there are none. */
export function tagList(value: unknown): string[] | undefined {
  const tags = (Array.isArray(value) ? value : [value]).flatMap((tag) => text(tag) ?? []);
  return tags.length > 0 ? tags : undefined;
}

/** What is left of T without the members that are undefined: those that may be are optional. */
type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Drops members that are undefined, so that absent means absent (`exactOptionalPropertyTypes`). */
export function present<const T extends object>(value: T): Compact<T> {
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const item = (value as Fields)[name];
    if (item !== undefined) kept[name] = item;
  }
  return kept as never;
}
