import { fields, isoTime, list, present, text } from '../../domain/read.ts';
import { type ApiAnswer, type ApiContext, defineApi, type Hook, type ListEntry } from '../api.ts';
import { basic, pathOf, query, rawItems, segment, withAddress } from '../shared/api.ts';
import { mailTime } from '../shared/mail.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';

const HOOK_EVENTS = [
  'accepted',
  'delivered',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
  'permanent_fail',
  'temporary_fail',
];
const LISTS = new Map<string, ListEntry['reason']>([
  ['bounces', 'hard_bounce'],
  ['complaints', 'complaint'],
  ['unsubscribes', 'unsubscribe'],
]);
const PAGE = 300;
const LIST_PAGE = 1000;

/**
 * Mailgun: the Events API, whose items are the webhook's `event-data`. The vendor calls it deprecated for the Logs API, which lacks the
 * event's time as the webhook writes it, so that its items could not be told from those that a webhook brought.
 */
export const api = defineApi({
  base: 'https://api.mailgun.net',
  otherBases: ['https://api.eu.mailgun.net'],
  key: 'API key (not the HTTP webhook signing key, not a sending key)',
  rights: {
    events: 'an account key, or one of the role Analyst or higher',
    lists: 'an account key, or one of the role Support or higher',
    clear: 'an account key, or one of the role Support or higher',
    push: 'an account key, or one of the role Support or higher',
    webhook: 'an account key, or one of the role Developer or higher',
  },
  perSecond: 5,
  retriesHours: 8,
  domain: 'the sending domain',
  authorise: basic('api'),

  events: {
    reachDays: 30,
    settleMinutes: 30,
    pages({ call, domain }, { from, to }) {
      const first = query({ begin: from / 1000, end: to / 1000, ascending: 'yes', limit: PAGE });
      return byCursor(async (cursor) => {
        const path = cursor ?? `/v3/${segment(domain)}/events${first}`;
        const what = 'read events';
        const answer = await call({
          use: 'events',
          what,
          method: 'GET',
          path,
          holds: 'items[]',
          ...afterFirst(cursor),
        });
        if (isLost(answer)) return undefined;
        const items = rawItems(answer.text, 'items');
        return { items: { events: items.map((item) => `{"event-data":${item}}`) }, ...ending(answer, items) };
      });
    },
  },

  lists: {
    async *read(context) {
      for (const name of LISTS.keys()) yield* entries(context, name);
    },
    async find({ call, domain }, address) {
      const found: ListEntry[] = [];
      for (const name of LISTS.keys()) {
        const answer = await call({
          use: 'lists',
          what: 'look up an address on its lists',
          method: 'GET',
          path: `/v3/${segment(domain)}/${name}/${segment(address)}`,
          holds: 'address',
          accepts: [404],
        });
        if (answer.status !== 404) found.push(...entry(name, domain, answer.json));
      }
      return found;
    },
    async remove({ call, domain }, { list: name, address }) {
      const answer = await call({
        use: 'clear',
        what: 'remove an entry of its lists',
        method: 'DELETE',
        path: `/v3/${segment(domain)}/${segment(name)}/${segment(address)}`,
        accepts: [404],
      });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: LIST_PAGE,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      // As bounces: an unsubscribe would let transactional mail through, a complaint is the receiver's word.
      async send({ call, domain }, addresses) {
        const path = `/v3/${segment(domain)}/bounces`;
        const json = addresses.map((address) => ({ address, error: 'suppressed by Quell' }));
        await call({ use: 'push', what: 'add to its bounces', method: 'POST', path, json });
        return [];
      },
    },
  },

  webhooks: {
    secret: 'given',
    async list({ call, domain }) {
      const answer = await call({
        use: 'webhook',
        what: 'list its webhooks',
        method: 'GET',
        path: hooksPath(domain),
        holds: 'webhooks',
      });
      const urls = Object.values(fields(fields(answer.json).webhooks)).flatMap((hook) => list(fields(hook).urls));
      return [...new Set(urls.flatMap((url) => text(url) ?? []))].map((url): Hook => ({ id: url, url }));
    },
    create: (context, { url }) => tick(context, 'POST', 'make the webhook', url),
    update: (context, { url }) => tick(context, 'PUT', 'change the webhook', url),
    async remove({ call, domain }, { url }) {
      const path = `/v4/domains/${segment(domain)}/webhooks${query({ url })}`;
      await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
    },
  },
});

const hooksPath = (domain: string): string => `/v3/domains/${segment(domain)}/webhooks`;

/** One URL with all its events, whether it is there or not. Returns the account's signing key. */
async function tick(
  { call, domain }: ApiContext,
  method: 'POST' | 'PUT',
  what: string,
  url: string,
): Promise<string | undefined> {
  const form = [['url', url], ...HOOK_EVENTS.map((event) => ['event_types', event])] as [string, string][];
  const path = `/v4/domains/${segment(domain)}/webhooks`;
  await call({ use: 'webhook', what, method, path, form, ...(method === 'POST' && { once: true as const }) });
  const key = await call({
    use: 'webhook',
    what: 'read the signing key',
    method: 'GET',
    path: '/v5/accounts/http_signing_key',
  });
  return text(fields(key.json).http_signing_key);
}

const entries = ({ call, domain }: ApiContext, name: string): AsyncGenerator<ListEntry[]> =>
  begunAgain(() =>
    byCursor(async (cursor) => {
      const path = cursor ?? `/v3/${segment(domain)}/${name}${query({ limit: LIST_PAGE })}`;
      const what = `read its ${name}`;
      const answer = await call({ use: 'lists', what, method: 'GET', path, holds: 'items[]', ...afterFirst(cursor) });
      if (isLost(answer)) return undefined;
      const items = list(fields(answer.json).items);
      return { items: items.flatMap((item) => entry(name, domain, item)), ...ending(answer, items) };
    }),
  );

/** There is always a next page: an empty one is the end. */
const ending = ({ json }: ApiAnswer, items: readonly unknown[]) => ({
  isEmpty: items.length === 0,
  next: items.length === 0 ? undefined : pathOf(fields(fields(json).paging).next),
});

function entry(name: string, domain: string, item: unknown): ListEntry[] {
  const { address, created_at, tags } = fields(item);
  const reason = LISTS.get(name) ?? 'manual';
  const since = text(created_at);
  // An unsubscribe from one tag of the mail stands for nobody's whole mail.
  if (reason === 'unsubscribe' && list(tags).length > 0 && !list(tags).includes('*')) return [];
  return withAddress(
    address,
    present({
      list: name,
      part: domain,
      reason,
      scope: reason === 'unsubscribe' ? `domain:${domain.toLowerCase()}` : undefined,
      since,
      at: isoTime(since) ?? mailTime(since),
    }) as Omit<ListEntry, 'address'>,
  );
}
