import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type ListEntry } from '../api.ts';
import { bearer, query, sameAddress, segment, withAddress } from '../shared/api.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';
import { hooks } from './hook-api.ts';

/** As its description says. At ten requests a minute no further page is asked for where this one is not full. */
const PAGE = 1000;
const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['hard bounce', 'hard_bounce'],
  ['spam complaint', 'complaint'],
  ['unsubscription', 'unsubscribe'],
]);

/** Mailtrap: suppressions of all its sending domains, by cursor. Its logs do not tell the webhook's event ids: events are not read. */
export const api = defineApi({
  base: 'https://mailtrap.io',
  key: 'API token',
  rights: {
    lists: 'Viewer of the sending domains',
    clear: 'Admin of the sending domains',
    webhook: 'Admin of the account',
  },
  // Ten a minute on lists.
  perSecond: 1 / 7,
  authorise: bearer,

  lists: {
    read: (context, since) =>
      begunAgain(() =>
        byCursor(async (last) => {
          const start_time = since === undefined ? undefined : new Date(since).toISOString();
          const items = await page(context, { start_time, last_id: last }, afterFirst(last));
          if (items === undefined) return undefined;
          const next = items.length >= PAGE ? text(fields(items.at(-1)).id) : undefined;
          return { items: items.flatMap(entry), isEmpty: items.length === 0, next };
        }),
      ),
    async find(context, address) {
      const found = ((await page(context, { email: address })) ?? []).flatMap(entry);
      // A filter that it does not know it ignores.
      return found.filter((one) => sameAddress(one.address, address));
    },
    async remove({ call }, { id }) {
      if (id === undefined) return { refused: 'Mailtrap gives no id of this entry, and removes by id only.' };
      const path = `/api/suppressions/${segment(id)}`;
      const what = 'remove a suppression';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
  },
  webhooks: hooks,
});

/** Undefined where the token of the page has ended. */
async function page(
  { call }: ApiContext,
  asked: Readonly<Record<string, string | undefined>>,
  allowed: ReturnType<typeof afterFirst> = {},
) {
  const path = `/api/suppressions${query(asked)}`;
  const answer = await call({
    use: 'lists',
    what: 'read the suppressions',
    method: 'GET',
    path,
    holds: '[]',
    ...allowed,
  });
  return isLost(answer) ? undefined : list(answer.json);
}

function entry(item: unknown): ListEntry[] {
  const { id, type, email, created_at, sending_stream } = fields(item);
  const reason = REASONS.get(text(type) ?? '') ?? 'manual';
  const stream = text(sending_stream);
  return withAddress(
    email,
    present({
      list: 'suppressions',
      part: stream,
      reason,
      scope:
        reason !== 'unsubscribe' ? undefined : stream === undefined || stream === 'any' ? 'all' : `stream:${stream}`,
      id: text(id),
      since: text(created_at),
      at: instant(created_at),
    }) as Omit<ListEntry, 'address'>,
  );
}
