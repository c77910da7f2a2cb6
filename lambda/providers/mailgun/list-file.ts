import type { ListFile } from '../list-file.ts';
import { byReason, cell, posted, reasonOf, row, unsubscribe } from '../shared/list-file.ts';

export const listFile: ListFile = {
  title: 'Mailgun: address, created_at, and code and error, or tags',
  columns: ['address', ['createdat', 'code', 'error', 'tags', 'tag']],
  read(cells, defaults) {
    const [address, at] = [cell(cells, 'address'), cell(cells, 'createdat')];
    if (cell(cells, 'code', 'error') !== '') {
      const delivery = { code: cell(cells, 'code'), message: cell(cells, 'error') };
      const event = { event: 'failed', severity: 'permanent', reason: 'bounce', 'delivery-status': delivery };
      return row(address, 'hard_bounce', at, posted('mailgun', { 'event-data': event }));
    }
    if (cell(cells, 'tags', 'tag') !== '') return unsubscribe(address, at, defaults.scope);
    return byReason(address, reasonOf(new Map(), '', defaults), at, defaults);
  },
};
