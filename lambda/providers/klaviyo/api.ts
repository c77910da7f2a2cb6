import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, type ApiRequest, defineApi, type Hook, type HookWish, type ListEntry } from '../api.ts';
import { isoSeconds, keyHeader, pathOf, query, sameAddress, segment, withAddress } from '../shared/api.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';

const REVISION = '2026-07-15';
const PROFILES = {
  'additional-fields[profile]': 'subscriptions',
  'fields[profile]': 'email,subscriptions',
  'page[size]': 100,
};
const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['HARD_BOUNCE', 'hard_bounce'],
  ['INVALID_EMAIL', 'hard_bounce'],
  ['SPAM_COMPLAINT', 'complaint'],
  ['UNSUBSCRIBE', 'unsubscribe'],
]);
const EARLIEST = Date.UTC(2000, 0, 1);
/** Those that the webhook's reader knows; `subscribed` and `suppressed` with their opposites. */
const TOPICS = /received|opened|clicked|bounced|dropped|spam|subscribed|suppressed/;

/**
 * Klaviyo: suppressed profiles, and system webhooks. That an event of its API has the id which a webhook tells is likely and not stated:
 * events are not read.
 */
export const api = defineApi({
  base: 'https://a.klaviyo.com',
  key: 'private API key (pk_...)',
  rights: {
    lists: 'profiles:read and subscriptions:read',
    clear: 'profiles:write and subscriptions:write',
    push: 'profiles:write and subscriptions:write',
    webhook: 'webhooks:read and webhooks:write (Advanced KDP customers and app partners)',
  },
  perSecond: 1,
  authorise: (request, key): ApiRequest => {
    const keyed = keyHeader('authorization', 'Klaviyo-API-Key ')(request, key);
    return { ...keyed, headers: { ...keyed.headers, revision: REVISION } };
  },

  lists: {
    lacks: 'Profiles that Klaviyo has merged or deleted since.',
    read: (context, since = EARLIEST) =>
      profiles(
        context,
        `greater-than(subscriptions.email.marketing.suppression.timestamp,${isoSeconds(since - 1000)})`,
      ),
    async find(context, address) {
      const found: ListEntry[] = [];
      const filter = `equals(email,${JSON.stringify(address)})`;
      for await (const page of profiles(context, filter)) found.push(...page);
      return found.filter((entry) => sameAddress(entry.address, address));
    },
    async remove({ call }, { address }) {
      await job(call, 'clear', 'delete', 'lift a suppression', [address]);
      return 'removed';
    },
    add: {
      atOnce: 100,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, addresses) {
        await job(call, 'push', 'create', 'add to the suppressed profiles', addresses);
        return [];
      },
    },
  },

  webhooks: {
    secret: 'chosen',
    async list({ call }) {
      const what = 'list its webhooks';
      const answer = await call({ use: 'webhook', what, method: 'GET', path: '/api/webhooks', holds: 'data[]' });
      return list(fields(answer.json).data).flatMap((item): Hook[] => {
        const { name, endpoint_url } = fields(fields(item).attributes);
        // It shortens the URL in what it answers: ours stands in the name too.
        const id = text(fields(item).id);
        const url = /^Quell (http.+)$/.exec(text(name) ?? '')?.[1] ?? text(endpoint_url);
        return id !== undefined && url !== undefined ? [{ id, url }] : [];
      });
    },
    async create(context, wish) {
      const json = { data: await settings(context, wish) };
      const what = 'make the webhook';
      await context.call({ use: 'webhook', what, method: 'POST', path: '/api/webhooks', json, once: true });
      return undefined;
    },
    async update(context, { id }, wish) {
      const json = { data: { ...(await settings(context, wish)), id } };
      const path = `/api/webhooks/${segment(id)}`;
      await context.call({ use: 'webhook', what: 'change the webhook', method: 'PATCH', path, json });
      return undefined;
    },
    async remove({ call }, { id }) {
      const path = `/api/webhooks/${segment(id)}`;
      await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
    },
  },
});

async function settings({ call }: ApiContext, { url, secret }: HookWish) {
  const what = 'list the topics of webhooks';
  const answer = await call({ use: 'webhook', what, method: 'GET', path: '/api/webhook-topics', holds: 'data[]' });
  const topics = list(fields(answer.json).data).flatMap((item) => text(fields(item).id) ?? []);
  const data = topics
    .filter((id) => id.includes('email') && TOPICS.test(id))
    .map((id) => ({ type: 'webhook-topic', id }));
  return {
    type: 'webhook',
    attributes: { name: `Quell ${url}`, endpoint_url: url, secret_key: secret },
    relationships: { 'webhook-topics': { data } },
  };
}

/** Asynchronous: it answers 202 and acts some time later. */
const job = (
  call: ApiContext['call'],
  use: 'clear' | 'push',
  verb: string,
  what: string,
  addresses: readonly string[],
) => {
  const data = addresses.map((email) => ({ type: 'profile', attributes: { email } }));
  const json = { data: { type: `profile-suppression-bulk-${verb}-job`, attributes: { profiles: { data } } } };
  return call({ use, what, method: 'POST', path: `/api/profile-suppression-bulk-${verb}-jobs`, json });
};

const profiles = ({ call }: ApiContext, filter: string): AsyncGenerator<ListEntry[]> =>
  begunAgain(() =>
    byCursor(async (cursor) => {
      const path = cursor ?? `/api/profiles${query({ ...PROFILES, filter })}`;
      const what = 'read the suppressed profiles';
      const answer = await call({ use: 'lists', what, method: 'GET', path, holds: 'data[]', ...afterFirst(cursor) });
      if (isLost(answer)) return undefined;
      const { data, links } = fields(answer.json);
      const items = list(data);
      return { items: items.flatMap(entries), isEmpty: items.length === 0, next: pathOf(fields(links).next) };
    }),
  );

function entries(item: unknown): ListEntry[] {
  const { email, subscriptions } = fields(fields(item).attributes);
  const marketing = fields(fields(fields(subscriptions).email).marketing);
  return list(marketing.suppression).flatMap((one) => {
    const { reason: word, timestamp } = fields(one);
    const reason = REASONS.get(text(word) ?? '') ?? 'manual';
    return withAddress(
      email,
      present({
        list: 'suppressed profiles',
        part: text(word),
        reason,
        scope: reason === 'unsubscribe' ? 'all' : undefined,
        since: text(timestamp),
        at: instant(timestamp),
        stays: text(word) === 'USER_SUPPRESSED' ? undefined : 'by API Klaviyo lifts only what was suppressed by hand.',
      }) as Omit<ListEntry, 'address'>,
    );
  });
}
