import { REASONS, type Reason, reasonKey } from '../../../lambda/domain/suppression/suppression.ts';
import { UsageError } from '../cli/errors.ts';
import { suggestion } from '../cli/suggest.ts';

/** A reason, and on `unsubscribe` the scope it is limited to. */
export interface ReasonScope {
  readonly reason: Reason;
  readonly scope?: string;
}

/** `--reason`: one of ours. */
export function parseReason(word: string): Reason {
  const reason = REASONS.find((known) => known === word);
  if (reason) return reason;
  throw new UsageError(`--reason: there is no such reason.${suggestion(word, REASONS)} Known: ${REASONS.join(', ')}.`);
}

/** `--reason` and `--scope` together: only an unsubscribe has a scope, so a scope alone means one. */
export function parseReasonScope(reason: string | undefined, scope: string | undefined): ReasonScope {
  if (scope === undefined) return { reason: parseReason(reason ?? 'manual') };
  if (reason !== undefined && parseReason(reason) !== 'unsubscribe') {
    throw new UsageError('--scope limits an unsubscribe: it goes with --reason unsubscribe only.');
  }
  checkScope(scope);
  return { reason: 'unsubscribe', scope };
}

/** Scopes are named in full, as the table names them. */
export function checkScope(scope: string): void {
  if (scope === 'all' || /^[^:\s]+:[^:\s]+:\S+$/.test(scope)) return;
  throw new UsageError('--scope is "all" or <source>:<kind>:<id>; "ops scopes" lists those seen.');
}

/** What a reason's key in the table says. */
export function readReasonKey(key: string): ReasonScope | undefined {
  const [word = '', ...rest] = key.split(':');
  const reason = REASONS.find((known) => known === word);
  return reason && (rest.length > 0 ? { reason, scope: rest.join(':') } : { reason });
}

export const keyOf = ({ reason, scope }: ReasonScope): string => reasonKey(reason, scope);
