import type { ListFile } from '../list-file.ts';
import { byReason, cell, quoting, reasonOf, replyOf, words } from '../shared/list-file.ts';

const REASONS = words({
  spamcomplaint: 'complaint',
  listunsubscribe: 'unsubscribe',
  unsubscribelink: 'unsubscribe',
  bouncerule: 'hard_bounce',
  manuallyadded: 'manual',
  compliance: 'manual',
});

export const listFile: ListFile = {
  title: 'SparkPost: recipient, source, type, created',
  columns: ['recipient', ['source', 'type']],
  read: (cells, defaults) =>
    byReason(
      cell(cells, 'recipient'),
      reasonOf(REASONS, cell(cells, 'source'), defaults),
      cell(cells, 'updated', 'created'),
      defaults,
      quoting(replyOf(new Map(), cell(cells, 'description'))),
    ),
};
