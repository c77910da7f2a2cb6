import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type Hook, type ListEntry } from '../api.ts';
import { bearer, findIn, query, segment, withAddress } from '../shared/api.ts';
import { byOffset } from '../shared/paging.ts';

const EVENTS = [
  ...['customer_subscribed', 'customer_unsubscribed', 'customer_subscription_preferences_changed'],
  ...`attempted sent delivered bounced dropped deferred failed undeliverable opened clicked converted unsubscribed spammed`
    .split(' ')
    .map((word) => `email_${word}`),
];
const ROOT = '/v1/reporting_webhooks';
const LIST_ROOT = '/v1/esp/suppression';

/** Blocks are the receivers' word about the sender: they stand for nobody. */
const LISTS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['bounces', 'hard_bounce'],
  ['spam_reports', 'complaint'],
  ['invalid_emails', 'hard_bounce'],
]);
const PAGE = 1000;

/**
 * Customer.io: reporting webhooks, and the lists of those for whom it delivers itself. What its API tells of messages lacks the event's id:
 * events are not read.
 */
export const api = defineApi({
  base: 'https://api.customer.io',
  otherBases: ['https://api-eu.customer.io'],
  key: 'App API key (not a Track key)',
  rights: { lists: 'App API key', clear: 'App API key', push: 'App API key', webhook: 'App API key' },
  perSecond: 5,
  retriesHours: 168,
  authorise: bearer,

  lists: {
    lacks:
      'Blocks, which are about the sender, and people whom the workspace itself suppressed: its lists are those of its own delivery.',
    read: entries,
    async find(context, address) {
      const path = `/v1/esp/search_suppression/${segment(address)}`;
      const what = 'look up an address on its lists';
      const answer = await context.call({ use: 'lists', what, method: 'GET', path, holds: 'suppressions[]' });
      // It names one list, where there may be more.
      return list(fields(answer.json).suppressions).length === 0 ? [] : findIn(entries(context), address);
    },
    async remove({ call }, { list: name, address }) {
      const path = `${LIST_ROOT}/${segment(name)}/${segment(address)}`;
      const what = 'remove an entry of its lists';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 1,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, [address = '']) {
        const path = `${LIST_ROOT}/bounces/${segment(address)}`;
        await call({ use: 'push', what: 'add to its bounces', method: 'POST', path });
        return [];
      },
    },
  },

  webhooks: {
    secret: 'apart',
    async list({ call }) {
      const what = 'list its webhooks';
      const answer = await call({ use: 'webhook', what, method: 'GET', path: ROOT, holds: 'reporting_webhooks[]' });
      return list(fields(answer.json).reporting_webhooks).flatMap((item): Hook[] => {
        const [id, url] = [text(fields(item).id), text(fields(item).endpoint)];
        return id !== undefined && url !== undefined ? [{ id, url }] : [];
      });
    },
    async create({ call }, { url }) {
      const json = { name: 'Quell', ...settings(url) };
      await call({ use: 'webhook', what: 'make the webhook', method: 'POST', path: ROOT, json, once: true });
      return undefined;
    },
    async update({ call }, { id }, { url }) {
      const path = `${ROOT}/${segment(id)}`;
      await call({
        use: 'webhook',
        what: 'change the webhook',
        method: 'PUT',
        path,
        json: { name: 'Quell', ...settings(url) },
      });
      return undefined;
    },
    async remove({ call }, { id }) {
      const path = `${ROOT}/${segment(id)}`;
      await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
    },
  },
});

async function* entries({ call }: ApiContext): AsyncGenerator<ListEntry[]> {
  for (const [name, reason] of LISTS) {
    const pages = byOffset(async (offset) => {
      const path = `${LIST_ROOT}/${name}${query({ limit: PAGE, offset })}`;
      const what = `read its ${name.replace('_', ' ')}`;
      const answer = await call({ use: 'lists', what, method: 'GET', path, holds: 'suppressions[]' });
      return list(fields(answer.json).suppressions);
    });
    for await (const page of pages) yield page.flatMap((item) => entry(name, reason, item));
  }
}

function entry(name: string, reason: ListEntry['reason'], item: unknown): ListEntry[] {
  const { email, created, reason: said } = fields(item);
  return withAddress(
    email,
    present({
      list: name,
      // What its customer put there is no event.
      reason: /^uploaded manually/i.test(text(said) ?? '') ? 'manual' : reason,
      since: text(created),
      at: instant(created),
    }) as Omit<ListEntry, 'address'>,
  );
}

/** With every open and click, not the first alone; without the mails' content. */
const settings = (endpoint: string) => ({
  endpoint,
  disabled: false,
  full_resolution: true,
  with_content: false,
  events: EVENTS,
});
