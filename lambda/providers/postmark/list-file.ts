import type { ListFile } from '../list-file.ts';
import { byReason, cell, reasonOf, words } from '../shared/list-file.ts';

const REASONS = words({ hardbounce: 'hard_bounce', spamcomplaint: 'complaint', manualsuppression: 'manual' });

export const listFile: ListFile = {
  title: 'Postmark: EmailAddress, SuppressionReason, Origin, CreatedAt',
  columns: ['emailaddress', 'suppressionreason'],
  read(cells, defaults) {
    const [address, at] = [cell(cells, 'emailaddress'), cell(cells, 'createdat')];
    const reason = reasonOf(REASONS, cell(cells, 'suppressionreason'), defaults);
    // The person's own manual suppression is an unsubscribe of that stream.
    const own = reason === 'manual' && cell(cells, 'origin').toLowerCase() === 'recipient';
    return byReason(address, own ? 'unsubscribe' : reason, at, defaults);
  },
};
