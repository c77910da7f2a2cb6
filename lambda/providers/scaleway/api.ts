import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type EventPage, type ListEntry, type TimeWindow } from '../api.ts';
import { findIn, keyHeader, query, segment, withAddress } from '../shared/api.ts';
import { astray, byNumber, MOST_STALE } from '../shared/paging.ts';

const ROOT = '/transactional-email/v1alpha1/regions/fr-par';
const PAGE = 100;

/** Scaleway: what the webhooks of a domain were sent, newest first and without a filter by time; a blocklist for each domain. */
export const api = defineApi({
  base: 'https://api.scaleway.com',
  key: 'secret key of an API key',
  rights: {
    events: 'TransactionalEmailReadOnly',
    lists: 'TransactionalEmailReadOnly',
    clear: 'TransactionalEmailFullAccess',
    push: 'TransactionalEmailFullAccess',
  },
  perSecond: 3,
  domain: "the domain's id, as its page in Transactional Email shows it",
  authorise: keyHeader('x-auth-token'),

  events: {
    reachDays: 30,
    settleMinutes: 30,
    // Whatever the window, the newest come first: a short slice reads them all once more.
    sliceHours: 24 * 7,
    shifts: true,
    lacks: 'Anything of before the webhook was made.',
    async *pages(context, window) {
      for (const id of await webhooksOf(context)) yield* eventsOf(context, id, window);
    },
  },

  lists: {
    read: blocked,
    find: (context, address) => findIn(blocked(context), address),
    async remove({ call }, { id }) {
      if (id === undefined) return { refused: 'Scaleway gives no id of this entry, and removes by id only.' };
      const path = `${ROOT}/blocklists/${segment(id)}`;
      const what = 'remove an entry of the blocklist';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 100,
      // The two kinds that it knows are of mailboxes.
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call, domain }, emails) {
        const json = { domain_id: domain, emails, type: 'mailbox_not_found', reason: 'Quell' };
        await call({ use: 'push', what: 'add to the blocklist', method: 'POST', path: `${ROOT}/blocklists`, json });
        return [];
      },
    },
  },
});

async function webhooksOf({ call, domain }: ApiContext): Promise<string[]> {
  const path = `${ROOT}/webhooks${query({ domain_id: domain, page_size: PAGE })}`;
  const what = 'list the webhooks of the domain';
  const answer = await call({ use: 'events', what, method: 'GET', path, holds: 'webhooks[]' });
  return list(fields(answer.json).webhooks).flatMap((item) => text(fields(item).id) ?? []);
}

async function* eventsOf({ call }: ApiContext, hook: string, window: TimeWindow): AsyncGenerator<EventPage> {
  for (let [page, before, stale] = [1, '', 0]; ; page++) {
    const asked = query({ order_by: 'created_at_desc', page, page_size: PAGE });
    const path = `${ROOT}/webhooks/${segment(hook)}/events${asked}`;
    const what = 'read the events of the webhook';
    const answer = await call({ use: 'events', what, method: 'GET', path, holds: 'webhook_events[]' });
    stale = answer.text === before ? stale + 1 : 0;
    if (stale > MOST_STALE) throw astray();
    before = answer.text;
    const items = list(fields(answer.json).webhook_events).map(fields);
    const read = items.map((item) => sent(item.data));
    const events = read.flatMap((one) => (one !== undefined && isWithin(one, window) ? [one] : []));
    yield { events, passed: read.filter((one) => one === undefined).length };
    // It is written down when it is sent: never before it happened.
    const oldest = instant(items.at(-1)?.created_at);
    if (items.length === 0 || (oldest !== undefined && oldest < window.from)) return;
  }
}

/** The body that was sent, which stands there as a text; undefined where it is no event. */
function sent(data: unknown): string | undefined {
  const raw = text(data);
  try {
    return raw !== undefined && text(fields(parseJson(raw)).id) !== undefined ? raw : undefined;
  } catch (error) {
    if (error instanceof UnreadableJson) return undefined;
    throw error;
  }
}

function isWithin(raw: string, { from, to }: TimeWindow): boolean {
  const at = instant(fields(parseJson(raw)).created_at);
  return at === undefined || (at >= from && at < to);
}

async function* blocked({ call, domain }: ApiContext): AsyncGenerator<ListEntry[]> {
  const pages = byNumber(async (page) => {
    const path = `${ROOT}/blocklists${query({ domain_id: domain, page, page_size: PAGE })}`;
    const what = 'read the blocklist';
    const answer = await call({ use: 'lists', what, method: 'GET', path, holds: 'blocklists[]' });
    const items = list(fields(answer.json).blocklists);
    return { items, more: items.length > 0 };
  });
  for await (const items of pages) yield items.flatMap((item) => entry(domain, item));
}

function entry(domain: string, item: unknown): ListEntry[] {
  const { id, email, type, created_at, custom } = fields(item);
  return withAddress(
    email,
    present({
      list: 'blocklist',
      part: domain,
      // A full mailbox ends by itself, there as here.
      reason: custom !== true && text(type) === 'mailbox_not_found' ? 'hard_bounce' : 'manual',
      id: text(id),
      since: text(created_at),
      at: instant(created_at),
    }) as Omit<ListEntry, 'address'>,
  );
}
