import { fields, list, present, text, utcTime } from '../../domain/read.ts';
import { type ApiContext, defineApi, type ListEntry } from '../api.ts';
import { keyHeader, query, sameAddress, segment, withAddress } from '../shared/api.ts';
import { byOffset } from '../shared/paging.ts';
import { hooks } from './hook-api.ts';

const PAGE = 500;
const LISTS: readonly (readonly [string, ListEntry['reason']])[] = [
  ['bounces', 'hard_bounce'],
  ['complaints', 'complaint'],
  ['unsubscribes', 'unsubscribe'],
];

/** Elastic Email: three lists by offset. How its API writes an event's time is not documented: events are not read. */
export const api = defineApi({
  base: 'https://api.elasticemail.com',
  key: 'API key',
  rights: {
    lists: 'View Suppressions and View Contacts',
    clear: 'Modify Suppressions',
    push: 'Modify Suppressions',
    webhook: 'Modify Web Notifications',
  },
  perSecond: 5,
  authorise: keyHeader('x-elasticemail-apikey'),

  lists: {
    read: entries,
    async find(context, address) {
      const found: ListEntry[] = [];
      for (const one of LISTS) found.push(...(await page(context, one, { search: address, limit: PAGE })));
      return found.filter((entry) => sameAddress(entry.address, address));
    },
    async remove({ call }, { address }) {
      const path = `/v4/suppressions/${segment(address)}`;
      const what = 'remove an address from its lists';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 500,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, addresses) {
        const path = '/v4/suppressions/unsubscribes';
        await call({ use: 'push', what: 'add to its unsubscribes', method: 'POST', path, json: addresses });
        return [];
      },
    },
  },
  webhooks: hooks,
});

async function* entries(context: ApiContext): AsyncGenerator<readonly ListEntry[]> {
  for (const one of LISTS) yield* byOffset((offset) => page(context, one, { limit: PAGE, offset }));
}

async function page(
  { call }: ApiContext,
  [name, reason]: readonly [string, ListEntry['reason']],
  asked: Readonly<Record<string, string | number>>,
): Promise<ListEntry[]> {
  const path = `/v4/suppressions/${name}${query(asked)}`;
  const answer = await call({ use: 'lists', what: `read its ${name}`, method: 'GET', path, holds: '[]' });
  return list(answer.json).flatMap((item) => {
    const { Email, DateUpdated } = fields(item);
    return withAddress(
      Email,
      present({
        list: name,
        reason,
        scope: reason === 'unsubscribe' ? 'all' : undefined,
        since: text(DateUpdated),
        at: utcTime(DateUpdated),
      }) as Omit<ListEntry, 'address'>,
    );
  });
}
