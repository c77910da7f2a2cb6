import { FOREVER } from '../../../../lambda/contract/tables.ts';
import type { EpochSeconds } from '../../../../lambda/contract/units.ts';
import { REASONS, type Reason } from '../../../../lambda/domain/suppression/suppression.ts';
import { type ListFile, readTime } from '../../../../lambda/providers/list-file.ts';
import { cell, quoting, reasonOf, replyOf, row } from '../../../../lambda/providers/shared/list-file.ts';

const OURS = new Map<string, Reason>(REASONS.map((reason) => [reason.replace('_', ''), reason]));

/** The list as `export` writes it. */
export const ours: ListFile = {
  title: 'our own: address,reason,scope,at,until,note',
  columns: ['address', 'reason', 'until'],
  read(cells, defaults) {
    const reason = reasonOf(OURS, cell(cells, 'reason'), defaults);
    const until = readUntil(cell(cells, 'until'));
    const scope = cell(cells, 'scope');
    const note = cell(cells, 'note');
    return row(cell(cells, 'address'), reason, cell(cells, 'at'), {
      ...quoting(replyOf(cells, cell(cells, 'diagnostic', 'text', 'error'))),
      ...(scope !== '' && { scope }),
      ...(until !== undefined && { until }),
      ...(note !== '' && { note }),
    });
  },
};

export const LIFTED = 'lifted';

/** `until` as `export` writes it. */
function readUntil(text: string): EpochSeconds | undefined {
  if (text === '') return undefined;
  if (text === 'forever') return FOREVER;
  if (text === LIFTED) return 0;
  const time = readTime(text);
  return time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);
}
