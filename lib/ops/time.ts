import { FOREVER } from '../../lambda/contract/tables.ts';
import { isoTime, utcTime } from '../../lambda/domain/read.ts';
import { UsageError } from './errors.ts';

/** `--at`, as epoch milliseconds; now where it was not given. A time without a zone is UTC. */
export function parseAt(text: string | undefined): number {
  const time = text === undefined ? Date.now() : (isoTime(text) ?? utcTime(text));
  if (time === undefined) throw new UsageError('--at is not a time: write it as 2026-05-04T10:00:00Z.');
  return time;
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
