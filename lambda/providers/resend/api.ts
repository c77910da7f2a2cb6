import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type Hook, type ListEntry } from '../api.ts';
import { bearer, query, segment, withAddress } from '../shared/api.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';

const PAGE = 100;
const EVENTS = [
  ...'sent delivered delivery_delayed bounced complained opened clicked failed suppressed'
    .split(' ')
    .map((word) => `email.${word}`),
  'contact.updated',
];
const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['bounce', 'hard_bounce'],
  ['complaint', 'complaint'],
]);

/** Resend: suppressions by cursor, webhooks with their secret. It keeps the last state of a mail and no events. */
export const api = defineApi({
  base: 'https://api.resend.com',
  key: 'API key (re_...)',
  rights: { lists: 'Full access', clear: 'Full access', push: 'Full access', webhook: 'Full access' },
  // Two pages of its docs say two and five.
  perSecond: 2,
  retriesHours: 28,
  resetHeader: 'ratelimit-reset',
  authorise: bearer,

  lists: {
    read: ({ call }) =>
      begunAgain(() =>
        byCursor(async (after) => {
          const path = `/suppressions${query({ limit: PAGE, after })}`;
          const what = 'read the suppressions';
          // The token is the last entry's id, which may be taken off meanwhile.
          const answer = await call({ use: 'lists', what, method: 'GET', path, holds: 'data[]', ...afterFirst(after) });
          if (isLost(answer)) return undefined;
          const items = list(fields(answer.json).data);
          const next = fields(answer.json).has_more === true ? text(fields(items.at(-1)).id) : undefined;
          return { items: items.flatMap(entry), isEmpty: items.length === 0, next };
        }),
      ),
    async find({ call }, address) {
      const path = `/suppressions/${segment(address)}`;
      const what = 'look up an address in the suppressions';
      const answer = await call({ use: 'lists', what, method: 'GET', path, holds: 'email', accepts: [404] });
      return answer.status === 404 ? [] : entry(answer.json);
    },
    async remove({ call }, { address }) {
      const path = `/suppressions/${segment(address)}`;
      const what = 'remove an entry of the suppressions';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 1,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, [email]) {
        await call({
          use: 'push',
          what: 'add to the suppressions',
          method: 'POST',
          path: '/suppressions',
          json: { email },
        });
        return [];
      },
    },
  },

  webhooks: {
    secret: 'given',
    async list({ call }) {
      const what = 'list its webhooks';
      const answer = await call({ use: 'webhook', what, method: 'GET', path: '/webhooks', holds: 'data[]' });
      return list(fields(answer.json).data).flatMap((item): Hook[] => {
        const [id, url] = [text(fields(item).id), text(fields(item).endpoint)];
        return id !== undefined && url !== undefined ? [{ id, url }] : [];
      });
    },
    async create({ call }, { url }) {
      const json = { endpoint: url, events: EVENTS };
      const what = 'make the webhook';
      const answer = await call({ use: 'webhook', what, method: 'POST', path: '/webhooks', json, once: true });
      return text(fields(answer.json).signing_secret);
    },
    async update(context, { id }, { url }) {
      const json = { endpoint: url, events: EVENTS, status: 'enabled' };
      const path = `/webhooks/${segment(id)}`;
      await context.call({ use: 'webhook', what: 'change the webhook', method: 'PATCH', path, json });
      return secretOf(context, id);
    },
    async remove({ call }, { id }) {
      const path = `/webhooks/${segment(id)}`;
      await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
    },
  },
});

async function secretOf({ call }: ApiContext, id: string): Promise<string | undefined> {
  const path = `/webhooks/${segment(id)}`;
  const answer = await call({ use: 'webhook', what: 'read its signing secret', method: 'GET', path });
  return text(fields(answer.json).signing_secret);
}

function entry(item: unknown): ListEntry[] {
  const { id, email, origin, created_at } = fields(item);
  return withAddress(
    email,
    present({
      list: 'suppressions',
      reason: REASONS.get(text(origin) ?? '') ?? 'manual',
      id: text(id),
      since: text(created_at),
      at: instant(created_at),
    }) as Omit<ListEntry, 'address'>,
  );
}
