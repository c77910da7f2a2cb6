import type { EpochMs } from '../../contract/units.ts';
import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type Hook, type HookWish, type ListEntry } from '../api.ts';
import { credentials, findIn, keyHeader, query, segment, withAddress } from '../shared/api.ts';
import { byOffset } from '../shared/paging.ts';

const PAGE = 50;
const DAY = 86_400_000;
/** Without `uniqueOpened`: both tell of one open. */
const EVENTS =
  'request sent delivered hardBounce softBounce blocked spam invalid deferred click opened unsubscribed'.split(' ');
const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['hardBounce', 'hard_bounce'],
  ['contactFlaggedAsSpam', 'complaint'],
  ['unsubscribedViaMA', 'unsubscribe'],
  ['unsubscribedViaEmail', 'unsubscribe'],
  ['unsubscribedViaApi', 'unsubscribe'],
]);

/** Brevo: blocked contacts of transactional mail, and webhooks. Its events carry no time as the webhook's do. */
export const api = defineApi({
  base: 'https://api.brevo.com',
  key: 'API key (xkeysib-...)',
  rights: {
    lists: 'an API key v3; this address must be among the authorised ones',
    clear: 'an API key v3; this address must be among the authorised ones',
    webhook: 'an API key v3; this address must be among the authorised ones',
  },
  perSecond: 1,
  retriesHours: 12,
  resetHeader: 'x-sib-ratelimit-reset',
  authorise: keyHeader('api-key'),

  lists: {
    lacks: 'Contacts that are blocklisted for campaigns: it holds transactional blocks only.',
    read: blocked,
    find: (context, address) => findIn(blocked(context), address),
    async remove({ call }, { address }) {
      const path = `/v3/smtp/blockedContacts/${segment(address)}`;
      const what = 'unblock a contact';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
  },

  webhooks: {
    secret: 'chosen',
    async list({ call }) {
      const what = 'list its webhooks';
      // It calls an empty list not found.
      const path = `/v3/webhooks${query({ type: 'transactional' })}`;
      const answer = await call({ use: 'webhook', what, method: 'GET', path, holds: 'webhooks[]', accepts: [404] });
      return list(fields(answer.json).webhooks).flatMap((item): Hook[] => {
        const [id, url] = [text(fields(item).id), text(fields(item).url)];
        return id !== undefined && url !== undefined ? [{ id, url }] : [];
      });
    },
    async create({ call }, wish) {
      const json = { ...settings(wish), type: 'transactional' };
      await call({ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/v3/webhooks', json, once: true });
      return undefined;
    },
    async update({ call }, { id }, wish) {
      const path = `/v3/webhooks/${segment(id)}`;
      await call({ use: 'webhook', what: 'change the webhook', method: 'PUT', path, json: settings(wish) });
      return undefined;
    },
    async remove({ call }, { id }) {
      const path = `/v3/webhooks/${segment(id)}`;
      await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
    },
  },
});

async function* blocked({ call, now }: ApiContext, since?: EpochMs): AsyncGenerator<ListEntry[]> {
  // Whole days, of a zone that is not told: one more at either end.
  const days = since === undefined ? {} : { startDate: dayOf(since - DAY), endDate: dayOf(now + DAY) };
  const pages = byOffset(async (offset) => {
    const path = `/v3/smtp/blockedContacts${query({ limit: PAGE, offset, sort: 'asc', ...days })}`;
    const what = 'read the blocked contacts';
    const answer = await call({ use: 'lists', what, method: 'GET', path, isSound });
    return list(fields(answer.json).contacts);
  });
  for await (const page of pages) yield page.flatMap(entry);
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Its description leaves open whether an empty list is told as one or not at all. */
const isSound = (said: string): boolean => /^\s*\{\s*\}\s*$|"contacts"\s*:/.test(said);

function entry(item: unknown): ListEntry[] {
  const { email, senderEmail, reason, blockedAt } = fields(item);
  const why = REASONS.get(text(fields(reason).code) ?? '') ?? 'manual';
  return withAddress(
    email,
    present({
      list: 'blockedContacts',
      part: text(senderEmail),
      reason: why,
      scope: why === 'unsubscribe' ? 'stream:transactional' : undefined,
      since: text(blockedAt),
      at: instant(blockedAt),
    }) as Omit<ListEntry, 'address'>,
  );
}

function settings({ url, secret }: HookWish) {
  const { user, password, headers, target } = credentials(secret, url);
  const authorization = user === undefined ? {} : { authorization: `Basic ${btoa(`${user}:${password}`)}` };
  const given = Object.entries({ ...headers, ...authorization });
  return { url: target, description: 'Quell', events: EVENTS, headers: given.map(([key, value]) => ({ key, value })) };
}
