import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type ListEntry } from '../api.ts';
import { bearer, findIn, query, segment, withAddress } from '../shared/api.ts';
import { byNumber } from '../shared/paging.ts';
import { hooks } from './hook-api.ts';

const PAGE = 100;
const LISTS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['hard-bounces', 'hard_bounce'],
  ['spam-complaints', 'complaint'],
  ['unsubscribes', 'unsubscribe'],
  ['blocklist', 'manual'],
]);

/** MailerSend: four lists of each domain, by page. Whether its activities have the webhook's ids is not documented: they are not read. */
export const api = defineApi({
  base: 'https://api.mailersend.com',
  key: 'API token',
  rights: {
    lists: 'Suppressions: Read access',
    clear: 'Suppressions: Full access',
    push: 'Suppressions: Full access',
    webhook: 'Webhooks: Full access',
  },
  perSecond: 1,
  domain: "the domain's id, as its page in MailerSend shows it",
  authorise: bearer,

  lists: {
    lacks: 'Blocks of whole patterns, and people who are on hold for some days.',
    read: entries,
    find: (context, address) => findIn(entries(context), address),
    async remove({ call, domain }, { list: name, id }) {
      const path = `/v1/suppressions/${segment(name)}`;
      const what = 'remove an entry of its lists';
      // By id: without one it would be a request to empty the list.
      const json = { domain_id: domain, ids: [id] };
      if (id === undefined) return { refused: 'MailerSend gives no id of this entry, and removes by id only.' };
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, json, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 100,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call, domain }, recipients) {
        const json = { domain_id: domain, recipients };
        const path = '/v1/suppressions/blocklist';
        await call({ use: 'push', what: 'add to the blocklist', method: 'POST', path, json });
        return [];
      },
    },
  },
  webhooks: hooks,
});

async function* entries({ call, domain }: ApiContext): AsyncGenerator<ListEntry[]> {
  for (const [name, reason] of LISTS) {
    const pages = byNumber(async (page) => {
      const path = `/v1/suppressions/${name}${query({ domain_id: domain, page, limit: PAGE })}`;
      const answer = await call({ use: 'lists', what: `read its ${name}`, method: 'GET', path, holds: 'data[]' });
      const { data, links } = fields(answer.json);
      return { items: list(data), more: text(fields(links).next) !== undefined };
    });
    for await (const items of pages) yield items.flatMap((item) => entry(name, reason, domain, item));
  }
}

function entry(name: string, reason: ListEntry['reason'], domain: string, item: unknown): ListEntry[] {
  const { id, created_at, recipient, pattern } = fields(item);
  // A pattern with a place holder stands for nobody by name.
  const blocked = text(pattern)?.includes('*') ? undefined : pattern;
  return withAddress(
    fields(recipient).email ?? blocked,
    present({
      list: name,
      part: domain,
      reason,
      scope: reason === 'unsubscribe' ? `domain:${domain}` : undefined,
      id: text(id),
      since: text(created_at),
      at: instant(created_at),
    }) as Omit<ListEntry, 'address'>,
  );
}
