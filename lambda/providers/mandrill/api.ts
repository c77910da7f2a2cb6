import { fields, list, present, text, utcTime } from '../../domain/read.ts';
import { type ApiContext, type ApiRequest, defineApi, type Hook, type ListEntry } from '../api.ts';
import { sameAddress, withAddress } from '../shared/api.ts';

const ROOT = '/api/1.3';
/** `delivered` and `deferral` are ticked in its pages only. */
const EVENTS = 'send hard_bounce soft_bounce open click spam unsub reject blacklist whitelist'.split(' ');
const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['hard-bounce', 'hard_bounce'],
  ['spam', 'complaint'],
  ['unsub', 'unsubscribe'],
]);

/** Mandrill (Mailchimp Transactional): always a POST with the key in its body; a wrong key is a 500. */
export const api = defineApi({
  base: 'https://mandrillapp.com',
  key: 'API key of the account',
  rights: {
    lists: 'a key that is not limited, or may call rejects/list',
    clear: 'a key that is not limited, or may call rejects/delete',
    push: 'a key that is not limited, or may call rejects/add',
    webhook: 'a key that is not limited, or may call webhooks/*',
  },
  perSecond: 3,
  authorise: (request, key): ApiRequest => ({ ...request, json: { ...fields(request.json), key } }),
  keyRefused: ({ json }) => ['Invalid_Key', 'PermissionError'].includes(text(fields(json).name) ?? ''),

  lists: {
    lacks: 'No more than 1,000 entries, of the account itself and not of its subaccounts: its API has no next page.',
    async *read({ call }) {
      yield* [await rejects(call, {})];
    },
    async find({ call }, address) {
      return (await rejects(call, { email: address })).filter((entry) => sameAddress(entry.address, address));
    },
    async remove({ call }, { address, part }) {
      const answer = await call({
        use: 'clear',
        what: 'remove an entry of the denylist',
        method: 'POST',
        path: `${ROOT}/rejects/delete`,
        json: present({ email: address, subaccount: part }),
      });
      return fields(answer.json).deleted === false ? 'gone' : 'removed';
    },
    add: {
      atOnce: 1,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, [email]) {
        const json = { email, comment: 'Quell' };
        const path = `${ROOT}/rejects/add`;
        const answer = await call({ use: 'push', what: 'add to the denylist', method: 'POST', path, json });
        // An allowlisted address stays what it is.
        return fields(answer.json).added === false && email !== undefined ? [email] : [];
      },
    },
  },

  webhooks: {
    secret: 'given',
    async list({ call }) {
      const answer = await call({
        use: 'webhook',
        what: 'list its webhooks',
        method: 'POST',
        path: `${ROOT}/webhooks/list`,
        holds: '[]',
      });
      return list(answer.json).flatMap((item): Hook[] => {
        const [id, url] = [text(fields(item).id), text(fields(item).url)];
        return id !== undefined && url !== undefined ? [{ id, url }] : [];
      });
    },
    async create({ call }, { url }) {
      const json = { url, description: 'Quell', events: EVENTS };
      const path = `${ROOT}/webhooks/add`;
      const answer = await call({ use: 'webhook', what: 'make the webhook', method: 'POST', path, json, once: true });
      return text(fields(answer.json).auth_key);
    },
    async update({ call }, { id }, { url }) {
      const json = { id: Number(id), url, description: 'Quell', events: EVENTS };
      const path = `${ROOT}/webhooks/update`;
      const answer = await call({ use: 'webhook', what: 'change the webhook', method: 'POST', path, json });
      return text(fields(answer.json).auth_key);
    },
    async remove({ call }, { id }) {
      const path = `${ROOT}/webhooks/delete`;
      const json = { id: Number(id) };
      await call({ use: 'webhook', what: 'remove the webhook', method: 'POST', path, json, accepts: [404] });
    },
  },
});

async function rejects(call: ApiContext['call'], filter: { readonly email?: string }): Promise<ListEntry[]> {
  const json = { ...filter, include_expired: false };
  const what = 'read the denylist';
  const answer = await call({ use: 'lists', what, method: 'POST', path: `${ROOT}/rejects/list`, json, holds: '[]' });
  return list(answer.json).flatMap((item) => {
    const { email, reason, created_at, subaccount } = fields(item);
    const why = REASONS.get(text(reason) ?? '') ?? 'manual';
    const part = text(subaccount);
    return withAddress(
      email,
      present({
        list: 'denylist',
        part,
        reason: why,
        scope: why !== 'unsubscribe' ? undefined : part === undefined ? 'all' : `subaccount:${part}`,
        since: text(created_at),
        at: utcTime(created_at),
      }) as Omit<ListEntry, 'address'>,
    );
  });
}
