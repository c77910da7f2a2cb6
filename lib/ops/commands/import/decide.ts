import { DEFAULT_POLICY } from '../../../../lambda/contract/config.ts';
import { normaliseAddress } from '../../../../lambda/domain/address.ts';
import { untilAfter } from '../../../../lambda/domain/suppression.ts';
import { UsageError } from '../../cli/errors.ts';
import type { Decision } from '../../stack/acts.ts';
import { checkScope } from '../../words/reasons.ts';
import type { Format } from './formats.ts';
import { BadLine, type Cells, type Defaults, type Row } from './row.ts';

export interface Decided {
  readonly decision: Decision;
  readonly note?: string;
}

/**
 * What one line decides; undefined where it says nothing of suppression.
 * @param at time of lines that give none
 * @throws BadLine in words that quote nothing of it
 */
export function decide(format: Format, cells: Cells, defaults: Defaults, at: string): Decided | undefined {
  const row = format.read(cells, defaults);
  if (!row) return undefined;
  const recipient = normaliseAddress(row.address);
  if (recipient === undefined) throw new BadLine('its address cannot be read');
  checkRow(row);
  const time = row.at ?? at;
  const { reason, scope, note } = row;
  const until = row.until ?? (reason === 'soft_bounces' ? untilAfter(time, SOFT_DAYS) : undefined);
  const decision: Decision = {
    act: until === 0 ? 'lift' : 'suppress',
    recipient,
    reason,
    ...(scope !== undefined && scope !== 'all' && { scope }),
    at: time,
    ...(until !== undefined && until !== 0 && { until }),
  };
  return { decision, ...(note !== undefined && { note }) };
}

const SOFT_DAYS = DEFAULT_POLICY.softBounces.suppressDays;

function checkRow({ reason, scope }: Row): void {
  if (scope === undefined) return;
  if (reason !== 'unsubscribe') throw new BadLine('only an unsubscribe has a scope');
  try {
    checkScope(scope);
  } catch (error) {
    if (error instanceof UsageError) throw new BadLine('its scope is not <source>:<kind>:<id>');
    throw error;
  }
}
