import type { ListFile } from '../list-file.ts';
import { byReason, cell, posted, reasonOf, sourceOf, unsubscribe } from '../shared/list-file.ts';

export const listFile: ListFile = {
  title: 'SendGrid: email, created, and group_id; needs --reason, its lists do not say which they are',
  columns: ['email', 'created'],
  read(cells, defaults) {
    const [address, at, group] = [cell(cells, 'email'), cell(cells, 'created'), cell(cells, 'groupid')];
    if (group !== '') return unsubscribe(address, at, `${sourceOf(defaults)}:asm:${group}`);
    const [status, reason] = [cell(cells, 'status'), cell(cells, 'reason')];
    return byReason(
      address,
      reasonOf(new Map(), '', defaults),
      at,
      defaults,
      posted('sendgrid', { event: 'bounce', type: 'bounce', status, reason }),
    );
  },
};
