import type { EpochSeconds } from '../../contract/units.ts';
import { parseJson } from '../../domain/json.ts';
import { type Fields, fields, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type EventPage, type ListEntry, type TimeWindow } from '../api.ts';
import { bearer, isoSeconds, query, rawItems, sameAddress, segment, withAddress } from '../shared/api.ts';
import { byOffset } from '../shared/paging.ts';
import { hooks } from './hook-api.ts';

/** Most mails that one search lists. There is no next page. */
const MOST = 1000;
const LIST_PAGE = 500;
/** Words of the log that no webhook sends. */
const LOG_ONLY = new Set(['received', 'cancel_drop']);

interface List {
  readonly path: string;
  readonly reason: ListEntry['reason'];
}

/** Each with its path, and whether an address may be removed from it. */
const LISTS: ReadonlyMap<string, List> = new Map<string, List>([
  ['bounces', { path: '/v3/suppression/bounces', reason: 'hard_bounce' }],
  ['spam_reports', { path: '/v3/suppression/spam_reports', reason: 'complaint' }],
  ['invalid_emails', { path: '/v3/suppression/invalid_emails', reason: 'hard_bounce' }],
  ['unsubscribes', { path: '/v3/suppression/unsubscribes', reason: 'unsubscribe' }],
]);

/** Twilio SendGrid: the Email Logs API, one search for the mails and one request for the events of each. */
export const api = defineApi({
  base: 'https://api.sendgrid.com',
  otherBases: ['https://api.eu.sendgrid.com'],
  key: 'API key (SG....)',
  rights: {
    events: 'Email Logs (Email Activity): Read Access',
    lists: 'Suppressions: Read Access',
    clear: 'Suppressions: Full Access',
    push: 'Suppressions: Full Access, Unsubscribe Groups',
    webhook: 'Mail Settings > Event Notification: Full Access',
  },
  perSecond: 8,
  authorise: bearer,

  events: {
    reachDays: 30,
    settleMinutes: 30,
    sliceHours: 1,
    mailDays: 3,
    lacks:
      'Events of mails that were sent more than three days before --from, and bounces that SendGrid reports without the mail they belong to.',
    async *pages(context, window) {
      const mails: string[] = [];
      for await (const found of search(context, window)) {
        if (typeof found === 'string') mails.push(found);
        else yield found;
      }
      for (const mail of mails) yield await eventsOf(context, mail);
    },
  },

  lists: {
    lacks:
      'Blocks are about the sender or the mail and stand for nobody; groups are read as unsubscribes of the group.',
    async *read(context) {
      for (const one of LISTS) yield* byOffset((offset) => page(context, one, { limit: LIST_PAGE, offset }));
      const answer = await context.call({
        use: 'lists',
        what: 'read its unsubscribe groups',
        method: 'GET',
        path: '/v3/asm/suppressions',
        holds: '[]',
      });
      yield list(answer.json).flatMap(groupEntry);
    },
    async find(context, address) {
      const found: ListEntry[] = [];
      for (const one of LISTS) found.push(...(await page(context, one, { email: address, limit: LIST_PAGE })));
      const answer = await context.call({
        use: 'lists',
        what: 'read its unsubscribe groups',
        method: 'GET',
        path: `/v3/asm/suppressions/${segment(address)}`,
        holds: 'suppressions[]',
        accepts: [404],
      });
      const groups = list(fields(answer.json).suppressions)
        .map(fields)
        .filter(({ suppressed }) => suppressed === true);
      return [
        ...found.filter((entry) => sameAddress(entry.address, address)),
        ...groups.map(({ id }) => group(address, text(id) ?? '', undefined)),
      ];
    },
    async remove({ call }, { list: name, part, address }) {
      const path =
        name === 'groups'
          ? `/v3/asm/groups/${segment(part ?? '')}/suppressions/${segment(address)}`
          : name === 'unsubscribes'
            ? `/v3/asm/suppressions/global/${segment(address)}`
            : `${LISTS.get(name)?.path}/${segment(address)}`;
      const what = 'remove an entry of its lists';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 1000,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, addresses) {
        const json = { recipient_emails: addresses };
        const path = '/v3/asm/suppressions/global';
        await call({ use: 'push', what: 'add to its global unsubscribes', method: 'POST', path, json });
        return [];
      },
    },
  },

  webhooks: hooks,
});

/** Ids of the mails of a window; halves it where a search shows only the beginning. */
async function* search(context: ApiContext, { from, to }: TimeWindow): AsyncGenerator<string | EventPage> {
  const [first, end] = [Math.floor(from / 1000), Math.ceil(to / 1000)];
  const answer = await context.call({
    use: 'events',
    what: 'search the email logs',
    method: 'POST',
    path: '/v3/logs',
    holds: 'messages[]',
    json: {
      query: `sg_message_id_created_at >= ${timestamp(first)} AND sg_message_id_created_at < ${timestamp(end)}`,
      limit: MOST,
    },
  });
  const ids = list(fields(answer.json).messages).flatMap((message) => text(fields(message).sg_message_id) ?? []);
  if (ids.length < MOST) {
    yield* new Set(ids);
  } else if (end - first > 1) {
    const middle = Math.floor((first + end) / 2) * 1000;
    yield* search(context, { from, to: middle });
    yield* search(context, { from: middle, to });
  } else {
    yield* new Set(ids);
    const lost = `SendGrid lists no more than ${MOST} mails of one second: others of ${isoSeconds(from)} cannot be read.`;
    yield { events: [], lost };
  }
}

const timestamp = (seconds: EpochSeconds): string => `TIMESTAMP "${isoSeconds(seconds * 1000)}"`;

async function eventsOf({ call }: ApiContext, mail: string): Promise<EventPage> {
  const answer = await call({
    use: 'events',
    what: 'read the events of a mail',
    method: 'GET',
    path: `/v3/logs/${segment(mail)}`,
    holds: 'events[]',
    accepts: [404],
  });
  // Listed a moment ago: it went over the retention meanwhile, or the index is ahead of the store.
  if (answer.status === 404) return { events: [], passed: 1 };
  const events = rawItems(answer.text, 'events');
  const kept = events.filter((raw) => !LOG_ONLY.has(text(fields(parseJson(raw)).event) ?? ''));
  return { events: kept.map((raw) => flat(raw, fields(answer.json))), passed: events.length - kept.length };
}

/** The webhook writes custom arguments beside its own fields, and each event with the ids of its mail. */
function flat(raw: string, mail: Fields): string {
  const { custom_args, ...own } = fields(parseJson(raw));
  const ids = present({ email: mail.to_email, sg_message_id: mail.sg_message_id });
  return JSON.stringify({ ...fields(custom_args), ...ids, ...own });
}

async function page(
  { call }: ApiContext,
  [name, { path: root, reason }]: readonly [string, List],
  asked: Parameters<typeof query>[0],
): Promise<ListEntry[]> {
  const what = `read its ${name.replace('_', ' ')}`;
  const answer = await call({ use: 'lists', what, method: 'GET', path: root + query(asked), holds: '[]' });
  return list(answer.json).flatMap((item) => {
    const { email, created } = fields(item);
    const scope = reason === 'unsubscribe' ? { scope: 'all' } : {};
    return withAddress(email, { list: name, reason, ...scope, ...since(created) });
  });
}

const since = (seconds: unknown): Pick<ListEntry, 'since' | 'at'> =>
  text(seconds) === undefined ? {} : { since: text(seconds) as string, at: Number(seconds) * 1000 };

const group = (address: string, id: string, created: unknown): ListEntry => ({
  address,
  list: 'groups',
  part: id,
  reason: 'unsubscribe',
  scope: `asm:${id}`,
  ...since(created),
});

function groupEntry(item: unknown): ListEntry[] {
  const { email, group_id, created_at } = fields(item);
  return text(email) && text(group_id) ? [group(text(email) as string, text(group_id) as string, created_at)] : [];
}
