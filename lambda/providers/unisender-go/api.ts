import { fields, list, present, text, utcTime } from '../../domain/read.ts';
import { type ApiContext, defineApi, type ListEntry } from '../api.ts';
import { keyHeader, sameAddress, withAddress } from '../shared/api.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';
import { dump } from './dump-api.ts';
import { hooks } from './hook-api.ts';

const PAGE = 500;
const CAUSES: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['unsubscribed', 'unsubscribe'],
  ['permanent_unavailable', 'hard_bounce'],
  ['complained', 'complaint'],
]);
const ACCOUNT = 'the key of the project (or of the account) that the webhook belongs to';

/** Unisender Go, UniOne: dumps of past events as CSV, one suppression list. Always a POST. */
export const api = defineApi({
  base: 'https://go1.unisender.ru/ru/transactional/api/v1',
  otherBases: [
    'https://go2.unisender.ru/ru/transactional/api/v1',
    'https://eu1.unione.io/en/transactional/api/v1',
    'https://us1.unione.io/en/transactional/api/v1',
  ],
  key: 'API key',
  rights: { events: ACCOUNT, lists: ACCOUNT, clear: ACCOUNT, push: ACCOUNT, webhook: ACCOUNT },
  perSecond: 2,
  authorise: keyHeader('x-api-key'),

  events: { reachDays: 32, settleMinutes: 30, sliceHours: 24, lacks: 'Notices of spam blocks.', pages: dump },

  lists: {
    read: (context) =>
      begunAgain(() =>
        byCursor(async (cursor) => {
          const json = present({ limit: PAGE, cursor });
          const what = 'read the suppression list';
          const answer = await ask(context, 'lists', what, 'suppression/list.json', json, afterFirst(cursor));
          if (isLost(answer)) return undefined;
          const items = list(fields(answer.json).suppressions);
          return { items: items.flatMap(entry), isEmpty: items.length === 0, next: text(fields(answer.json).cursor) };
        }),
      ),
    async find(context, email) {
      const what = 'look up an address on the suppression list';
      const answer = await ask(context, 'lists', what, 'suppression/get.json', { email, all_projects: false });
      const found = list(fields(answer.json).suppressions).map((item) => ({ email, ...fields(item) }));
      return found.flatMap(entry).filter((one) => sameAddress(one.address, email));
    },
    async remove(context, { address }) {
      const what = 'remove an entry of the suppression list';
      const answer = await ask(context, 'clear', what, 'suppression/delete.json', { email: address });
      const code = text(fields(answer.json).code);
      if (code === '3004') return { refused: 'Unisender Go lets only its support remove this entry.' };
      if (code === '906') return { refused: "Unisender Go's daily limit of removals is reached." };
      if (code === '3003') return 'gone';
      return answer.status < 300
        ? 'removed'
        : { refused: `Unisender Go did not remove it: error ${code ?? answer.status}.` };
    },
    add: {
      atOnce: 1,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send(context, [email]) {
        await ask(context, 'push', 'add to the suppression list', 'suppression/set.json', {
          email,
          cause: 'unsubscribed',
        });
        return [];
      },
    },
  },

  webhooks: hooks,
});

/** What it refuses by a code of its own is an answer; all else that is 4xx is not. */
const ask = (
  { call }: ApiContext,
  use: 'lists' | 'clear' | 'push',
  what: string,
  method: string,
  json: Readonly<Record<string, unknown>>,
  allowed: ReturnType<typeof afterFirst> = use === 'clear' ? { accepts: [400, 404] } : {},
) =>
  call({
    ...{ use, what, method: 'POST', path: `/${method}`, json, ...allowed },
    ...(use === 'lists' && { holds: 'suppressions[]' }),
  });

function entry(item: unknown): ListEntry[] {
  const { email, cause, source, is_deletable, created } = fields(item);
  const reason = CAUSES.get(text(cause) ?? '') ?? 'manual';
  return withAddress(
    email,
    present({
      list: 'suppression',
      part: text(source),
      reason,
      scope: reason === 'unsubscribe' ? 'all' : undefined,
      since: text(created),
      at: utcTime(created),
      stays: is_deletable === false ? 'only the support of Unisender Go removes it.' : undefined,
    }) as Omit<ListEntry, 'address'>,
  );
}
