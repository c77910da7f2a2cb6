import type { ListFile } from '../list-file.ts';
import { cell, row, unsubscribe } from '../shared/list-file.ts';

export const listFile: ListFile = {
  title: 'Mailchimp: Email Address, and UNSUB_TIME or CLEAN_TIME',
  columns: ['emailaddress', ['unsubtime', 'cleantime']],
  read(cells, defaults) {
    const address = cell(cells, 'emailaddress');
    const [unsubscribed, cleaned] = [cell(cells, 'unsubtime'), cell(cells, 'cleantime')];
    if (unsubscribed === '' && cleaned === '') return undefined;
    return cleaned === '' ? unsubscribe(address, unsubscribed, defaults.scope) : row(address, 'hard_bounce', cleaned);
  },
};
