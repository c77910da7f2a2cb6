import { fields, instant, list, present, text, utcTime } from '../../domain/read.ts';
import { type ApiContext, defineApi, type Hook, type HookWish, type ListEntry } from '../api.ts';
import { credentials, isoSeconds, keyHeader, sameAddress, urlWithUser, withAddress } from '../shared/api.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';

const EVENTS = 'delivered unsubscribe spam bounce processed reject click open'.split(' ');
const TYPES = 'manual spam unsubscribe bounce compliance'.split(' ');
const EARLIEST = Date.UTC(2000, 0, 1);
const DAY = 86_400_000;
const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['bounce', 'hard_bounce'],
  ['spam', 'complaint'],
  ['unsubscribe', 'unsubscribe'],
]);

/** SMTP2GO: one suppression list by reason. Always a POST. How its activity writes an event's time is not documented: events are not read. */
export const api = defineApi({
  base: 'https://api.smtp2go.com',
  otherBases: ['https://us-api.smtp2go.com', 'https://eu-api.smtp2go.com', 'https://au-api.smtp2go.com'],
  key: 'API key (api-...)',
  rights: {
    lists: '/suppression/view',
    clear: '/suppression/view and /suppression/remove',
    push: '/suppression/view and /suppression/add',
    webhook: '/webhook/*',
  },
  // Sixty a minute; above it the address of the caller is shut out for a minute, a sender behind it too.
  perSecond: 0.8,
  authorise: keyHeader('x-smtp2go-api-key'),

  lists: {
    lacks: 'Blocks of whole domains.',
    read: (context, since = EARLIEST) => pages(context, { start_date: isoSeconds(since - DAY) }),
    async find(context, address) {
      const found: ListEntry[] = [];
      for await (const page of pages(context, { email_address: address })) found.push(...page);
      return found.filter((entry) => sameAddress(entry.address, address));
    },
    async remove({ call }, { address, part }) {
      const path = '/v3/suppression/remove';
      // Without a reason it takes off what was put there by hand and complaints, and leaves the rest.
      const json = { email_address: address, reasons: [part] };
      const what = 'remove an entry of the suppressions';
      const answer = await call({ use: 'clear', what, method: 'POST', path, json, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 1,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, [email_address]) {
        const json = { email_address, block_description: 'Quell' };
        const path = '/v3/suppression/add';
        await call({ use: 'push', what: 'add to the suppressions', method: 'POST', path, json });
        return [];
      },
    },
  },

  webhooks: {
    secret: 'chosen',
    async list({ call }) {
      const path = '/v3/webhook/view';
      const what = 'list its webhooks';
      const answer = await call({ use: 'webhook', what, method: 'POST', path, json: {}, holds: 'data[]' });
      return list(fields(answer.json).data).flatMap((item): Hook[] => {
        const [id, url] = [text(fields(item).id), text(fields(item).url)];
        return id !== undefined && url !== undefined ? [{ id, url }] : [];
      });
    },
    async create({ call }, wish) {
      const json = settings(wish);
      const path = '/v3/webhook/add';
      await call({ use: 'webhook', what: 'make the webhook', method: 'POST', path, json, once: true });
      return undefined;
    },
    async update({ call }, { id }, wish) {
      const json = { id: Number(id), ...settings(wish) };
      await call({ use: 'webhook', what: 'change the webhook', method: 'POST', path: '/v3/webhook/edit', json });
      return undefined;
    },
    async remove({ call }, { id }) {
      const json = { id: Number(id) };
      const path = '/v3/webhook/remove';
      await call({ use: 'webhook', what: 'remove the webhook', method: 'POST', path, json, accepts: [404] });
    },
  },
});

const pages = ({ call }: ApiContext, filter: Readonly<Record<string, string>>): AsyncGenerator<ListEntry[]> =>
  begunAgain(() =>
    byCursor(async (continue_token) => {
      // Without a beginning it shows the last thirty days.
      const json = present({ start_date: isoSeconds(EARLIEST), suppression_types: TYPES, ...filter, continue_token });
      const what = 'read the suppressions';
      const path = '/v3/suppression/view';
      const asked = { use: 'lists', what, method: 'POST', path, json, isSound, ...afterFirst(continue_token) } as const;
      const answer = await call(asked);
      if (isLost(answer)) return undefined;
      const data = fields(fields(answer.json).data);
      const items = Array.isArray(data.results) ? data.results : list(data.suppressions);
      const next = items.length > 0 ? text(data.continue_token) : undefined;
      return { items: items.flatMap(entry), isEmpty: items.length === 0, next };
    }),
  );

/** Its description has both names. */
const isSound = (said: string): boolean => /"(?:results|suppressions)"\s*:\s*(?:\[|null)/.test(said);

function entry(item: unknown): ListEntry[] {
  const { email_address, suppression_type, reason: said, timestamp } = fields(item);
  const part = text(suppression_type) ?? text(said) ?? 'manual';
  const reason = REASONS.get(part) ?? 'manual';
  // A domain is nobody.
  return withAddress(
    text(email_address)?.includes('@') ? email_address : undefined,
    present({
      list: 'suppressions',
      part,
      reason,
      scope: reason === 'unsubscribe' ? 'all' : undefined,
      since: text(timestamp),
      at: utcTime(timestamp) ?? instant(timestamp),
    }) as Omit<ListEntry, 'address'>,
  );
}

function settings({ url, secret }: HookWish) {
  const { user, headers } = credentials(secret, url);
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const target = user === undefined ? credentials(secret, url).target : urlWithUser(url, secret);
  return { url: target, events: EVENTS, output_format: 'json', headers: given };
}
