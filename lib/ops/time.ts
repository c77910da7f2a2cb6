import { FOREVER } from '../../lambda/contract/tables.ts';
import { isoTime, utcTime } from '../../lambda/domain/read.ts';
import { UsageError } from './errors.ts';

/** `--at`, as epoch milliseconds; now where it was not given. A time without a zone is UTC. */
export const parseAt = (text: string | undefined): number => (text === undefined ? Date.now() : parseTime('at', text));

/** An option that is a time, as epoch milliseconds. */
export function parseTime(option: string, text: string): number {
  const time = isoTime(text) ?? utcTime(text) ?? utcTime(`${text}T00:00:00`);
  if (time === undefined) throw new UsageError(`--${option} is not a time: write it as 2026-05-04T10:00:00Z.`);
  return time;
}

/** `--days` after `at`, or `--until`, as epoch seconds; undefined = for ever. */
export function parseEnd(
  given: { readonly days?: string | undefined; readonly until?: string | undefined },
  at: number,
): number | undefined {
  if (given.days !== undefined && given.until !== undefined) {
    throw new UsageError('--days and --until both say when it ends: choose one.');
  }
  if (given.until !== undefined) return Math.floor(parseTime('until', given.until) / 1000);
  return given.days === undefined ? undefined : Math.floor(at / 1000) + parseCount('days', given.days, 36_500) * 86_400;
}

/** `--count`, `--limit`: a whole number from 1. */
export function parseCount(option: string, text: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) throw new UsageError(`--${option} is a whole number from 1 to ${most}.`);
  return count;
}

/** Epoch seconds for people and for JSON; for ever has no date. */
export const endOf = (seconds: number): string =>
  seconds >= FOREVER ? 'for ever' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
