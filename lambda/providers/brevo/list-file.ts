import type { ListFile } from '../list-file.ts';
import { byReason, cell, reasonOf, words } from '../shared/list-file.ts';

const REASONS = words({
  hardbounce: 'hard_bounce',
  contactflaggedasspam: 'complaint',
  unsubscribedviaemail: 'unsubscribe',
  unsubscribedviama: 'unsubscribe',
  unsubscribedviaapi: 'unsubscribe',
  adminblocked: 'manual',
});

export const listFile: ListFile = {
  title: 'Brevo: email, reason, blockedAt',
  columns: ['email', ['blockedat', 'reasoncode']],
  read: (cells, defaults) =>
    byReason(
      cell(cells, 'email'),
      reasonOf(REASONS, cell(cells, 'reasoncode', 'reason.code', 'reason'), defaults),
      cell(cells, 'blockedat'),
      defaults,
    ),
};
