import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { EpochMs, EpochSeconds } from '../../../lambda/contract/units.ts';
import { isoTime, utcTime } from '../../../lambda/domain/read.ts';
import { UsageError } from '../cli/errors.ts';

/** `--at`, as epoch milliseconds; now where it was not given. A time without a zone is UTC. */
export const parseAt = (text: string | undefined): EpochMs => (text === undefined ? Date.now() : parseTime('at', text));

/** An option that is a time, as epoch milliseconds. */
export function parseTime(option: string, text: string): EpochMs {
  const time = isoTime(text) ?? utcTime(text) ?? utcTime(`${text}T00:00:00`);
  if (time === undefined) throw new UsageError(`--${option} is not a time: write it as 2026-05-04T10:00:00Z.`);
  return time;
}

/** `--days` after `at`, or `--until`, as epoch seconds; undefined = for ever. */
export function parseEnd(
  given: { readonly days?: string | undefined; readonly until?: string | undefined },
  at: EpochMs,
): EpochSeconds | undefined {
  if (given.days !== undefined && given.until !== undefined) {
    throw new UsageError('--days and --until both say when it ends: choose one.');
  }
  if (given.until !== undefined) return Math.floor(parseTime('until', given.until) / 1000);
  return given.days === undefined ? undefined : Math.floor(at / 1000) + parseCount('days', given.days, 36_500) * 86_400;
}

/** A length of time, as milliseconds and as ISO 8601 has it. */
export interface Span {
  readonly ms: number;
  readonly iso: string;
}

const UNITS: ReadonlyMap<string, { readonly ms: number; readonly iso: (count: number) => string }> = new Map([
  ['m', { ms: 60_000, iso: (count) => `PT${count}M` }],
  ['h', { ms: 3_600_000, iso: (count) => `PT${count}H` }],
  ['d', { ms: 86_400_000, iso: (count) => `P${count}D` }],
]);
const LONGEST_DAYS = 7;

/** `--for`: 30m, 2h, 1d. */
export function parseSpan(option: string, text: string): Span {
  const [, digits = '', letter = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const count = Number(digits);
  const unit = UNITS.get(letter);
  const ms = count * (unit?.ms ?? 0);
  if (unit && ms > 0 && ms <= LONGEST_DAYS * 86_400_000) return { ms, iso: unit.iso(count) };
  throw new UsageError(`--${option} is a time such as 30m, 2h or 1d, at most ${LONGEST_DAYS}d.`);
}

/** `--since`: 30m, 6h, 7d, at most 400 days; as milliseconds. */
export function parseDays(option: string, text: string): number {
  const [, digits = '', letter = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS.get(letter)?.ms ?? 0);
  if (ms > 0 && ms <= 400 * 86_400_000) return ms;
  throw new UsageError(`--${option} is how far back, such as 30m, 6h or 7d, at most 400d.`);
}

/** `--since`: how far back from now, or a time; as epoch milliseconds. */
export const parseSince = (option: string, text: string, now: EpochMs): EpochMs =>
  /^\d{1,5}[mhd]$/.test(text) ? now - parseDays(option, text) : parseTime(option, text);

/** `--from`, `--to`: a day of the calendar, as it is given. */
export function parseDay(option: string, text: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isFinite(at) && new Date(at).toISOString().startsWith(text)) return text;
  throw new UsageError(`--${option} is a day such as 2026-05-04.`);
}

/** `--count`, `--limit`: a whole number from 1. */
export function parseCount(option: string, text: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) throw new UsageError(`--${option} is a whole number from 1 to ${most}.`);
  return count;
}

/** Epoch seconds for people and for JSON; for ever has no date. */
export const endOf = (seconds: EpochSeconds): string =>
  seconds >= FOREVER ? 'for ever' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
