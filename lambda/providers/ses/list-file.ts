import type { ListFile } from '../list-file.ts';
import { cell, reasonOf, row, words } from '../shared/list-file.ts';

const REASONS = words({ bounce: 'hard_bounce', complaint: 'complaint' });

export const listFile: ListFile = {
  title: 'Amazon SES: EmailAddress, Reason, LastUpdateTime',
  columns: ['emailaddress', 'reason'],
  headless: {
    columns: ['emailaddress', 'reason', 'lastupdatetime'],
    firstLine: /^[^,;\t]*@[^,;\t]*[,;\t]\s*"?(bounce|complaint)"?\s*(?:[,;\t]|$)/i,
  },
  read: (cells, defaults) =>
    row(cell(cells, 'emailaddress'), reasonOf(REASONS, cell(cells, 'reason'), defaults), cell(cells, 'lastupdatetime')),
};
