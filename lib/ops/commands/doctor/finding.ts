import type { EpochMs } from '../../../../lambda/contract/units.ts';
/** One answer of the doctor. `fault`: something is wrong, and `fix` says what to do. `unknown`: it could not be seen. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'fault' | 'unknown';
  /** Machine word of the fault, such as `secret-missing`. */
  readonly code: string;
  /** What it is about: a source, a queue, a function. */
  readonly about: string;
  readonly says: string;
  readonly fix?: string;
}

export const ok = (code: string, about: string, says: string): Finding => ({ level: 'ok', code, about, says });
export const note = (code: string, about: string, says: string): Finding => ({ level: 'note', code, about, says });
export const fault = (code: string, about: string, says: string, fix: string): Finding => ({
  level: 'fault',
  code,
  about,
  says,
  fix,
});

/** A span of time for people. */
export function ago(at: EpochMs, now: EpochMs): string {
  const minutes = Math.max(0, Math.round((now - at) / 60_000));
  if (minutes < 1) return 'less than a minute ago';
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}
