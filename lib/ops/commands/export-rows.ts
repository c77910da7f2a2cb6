import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { EpochMs } from '../../../lambda/contract/units.ts';
import type { Mark } from '../../../lambda/domain/suppression/suppression.ts';
import type { Row } from '../stack/scan.ts';
import { readReasonKey } from '../words/reasons.ts';
import { LIFTED } from './import/ours.ts';

/** One piece of evidence of one person; the first six are what `import` reads again. */
export interface Exported {
  readonly address: string;
  readonly reason: string;
  readonly scope: string;
  readonly at: string;
  readonly until: string;
  readonly note: string;
  readonly source: string;
  readonly event: string;
  readonly actor: string;
}

export const COLUMNS = ['address', 'reason', 'scope', 'at', 'until', 'note', 'source', 'event', 'actor'] as const;

/** @param activeAt epoch milliseconds: only what suppresses then; absent = also what was lifted or has ended */
export function exportRows({ recipient, reasons }: Row, activeAt?: EpochMs): Exported[] {
  return Object.entries(reasons).flatMap(([key, marks]) => {
    const known = readReasonKey(key);
    if (!known) return [];
    const kept = marks.filter((mark, at) =>
      activeAt === undefined ? matters(mark, at) : at === 0 && ends(mark) > activeAt,
    );
    return kept.map((mark) => ({
      address: recipient,
      reason: known.reason,
      scope: known.scope ?? '',
      at: mark.at,
      until: until(mark),
      note: mark.note ?? '',
      source: mark.source,
      event: mark.event,
      actor: mark.actor ?? '',
    }));
  });
}

/** An echo that decides nothing is left out: read again it would be evidence, and outrank what outranks it now. */
const matters = (mark: Mark, at: number): boolean => at === 0 || !mark.echo;

const ends = ({ until }: Mark): EpochMs => until * 1000;

function until({ until: seconds }: Mark): string {
  if (seconds === 0) return LIFTED;
  return seconds >= FOREVER ? 'forever' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
