import { webhookPath } from '../../contract/paths.ts';
import { fields, instant, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type EventPage, type ListEntry, type TimeWindow } from '../api.ts';
import { bearer, sameAddress, segment, withAddress } from '../shared/api.ts';
import { begunAgain } from '../shared/paging.ts';
import { byToken, hooks, hooksIn } from './hook-api.ts';

const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['hard_bounce', 'hard_bounce'],
  ['spam_complaint', 'complaint'],
  ['unsubscribe', 'unsubscribe'],
]);
/** What came to an end without our yes. What is pending may still come. */
const FAILED = new Set(['failed', 'client_error', 'server_error', 'timeout']);

/** Lettermint: what its webhook tried to deliver and could not, with the very body that was posted. */
export const api = defineApi({
  base: 'https://api.lettermint.co',
  key: 'team API token (lm_team_...)',
  rights: {
    events: 'a team token; a sending token is refused',
    lists: 'a team token; a sending token is refused',
    clear: 'a team token; a sending token is refused',
    push: 'a team token; a sending token is refused',
    webhook: 'a team token; a sending token is refused',
  },
  perSecond: 2,
  authorise: bearer,

  events: {
    reachDays: 30,
    settleMinutes: 30,
    // Its list of deliveries knows no time: it is read as one.
    sliceHours: 24 * 31,
    lacks: 'What was delivered, and anything of before the webhook was made: only deliveries that failed are read.',
    pages: deliveries,
  },

  lists: {
    lacks: 'Entries for whole domains and extensions.',
    read: (context) => pages(context, {}),
    async find(context, address) {
      const found: ListEntry[] = [];
      for await (const page of pages(context, { value: address })) found.push(...page);
      return found.filter((entry) => sameAddress(entry.address, address));
    },
    async remove({ call }, { id }) {
      if (id === undefined) return { refused: 'Lettermint gives no id of this entry, and removes by id only.' };
      const path = `/v1/suppressions/${segment(id)}`;
      const what = 'remove an entry of its suppressions';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [403, 404] });
      if (answer.status === 403) return { refused: 'Lettermint does not let this entry go.' };
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 100,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, emails) {
        const json = { emails, reason: 'manual', scope: 'team' };
        await call({ use: 'push', what: 'add to its suppressions', method: 'POST', path: '/v1/suppressions', json });
        return [];
      },
    },
  },

  webhooks: hooks,
});

async function* deliveries(context: ApiContext, { from, to }: TimeWindow): AsyncGenerator<EventPage> {
  const ours = (await hooksIn(context, 'events')).filter(({ url }) => isOurs(url, context.source));
  if (ours.length === 0)
    yield { events: [], lost: 'Lettermint has no webhook of this source: there is nothing that it could have kept.' };
  for (const { id } of ours) {
    const root = `/v1/webhooks/${segment(id)}/deliveries`;
    const what = 'list the deliveries of the webhook';
    for await (const items of byToken(context, 'events', what, root, {})) {
      for (const { status, id: attempt } of items.map(fields)) {
        if (FAILED.has(text(status) ?? '')) yield await delivery(context, root, text(attempt), { from, to });
      }
    }
  }
}

/** The posted body of one attempt; attempts of one event carry one id. */
async function delivery(
  { call }: ApiContext,
  root: string,
  id: string | undefined,
  { from, to }: TimeWindow,
): Promise<EventPage> {
  if (id === undefined) return { events: [], passed: 1 };
  const what = 'read a delivery of the webhook';
  const path = `${root}/${segment(id)}`;
  const answer = await call({ use: 'events', what, method: 'GET', path, accepts: [404] });
  const body = fields(answer.json);
  const payload = fields(body.payload ?? fields(body.data).payload);
  const at = instant(payload.timestamp);
  if (text(payload.event) === undefined) return { events: [], passed: 1 };
  return at !== undefined && (at < from || at >= to) ? { events: [] } : { events: [JSON.stringify(payload)] };
}

const isOurs = (url: string, source: string): boolean => (url.split('?')[0] ?? '').endsWith(webhookPath(source));

async function* pages(context: ApiContext, filter: Readonly<Record<string, string>>): AsyncGenerator<ListEntry[]> {
  const all = begunAgain(() => byToken(context, 'lists', 'read its suppressions', '/v1/suppressions', filter));
  for await (const items of all) yield items.flatMap(entry);
}

function entry(item: unknown): ListEntry[] {
  const { id, type, value, reason, scope, created_at } = fields(item);
  const why = REASONS.get(text(reason) ?? '') ?? 'manual';
  return withAddress(
    text(type) === 'email' ? value : undefined,
    present({
      list: 'suppressions',
      part: text(scope),
      reason: why,
      scope: why === 'unsubscribe' ? 'all' : undefined,
      id: text(id),
      since: text(created_at),
      at: instant(created_at),
      stays: text(scope) === 'global' ? "it is on Lettermint's own list, for all its customers." : undefined,
    }) as Omit<ListEntry, 'address'>,
  );
}
