import { fields, list, text } from '../../domain/read.ts';
import { defineApi, type Hook, type HookWish } from '../api.ts';
import { basic, segment, urlWithUser } from '../shared/api.ts';

const EVENTS = ['open', 'click', 'bounce', 'spam', 'blocked', 'unsub', 'sent'];
const ROOT = '/v3/REST/eventcallbackurl';

/**
 * Mailjet: one callback for each event. Which of its ids and times a webhook would have carried is not documented, and no API of its
 * transactional blocks is: neither is read.
 */
export const api = defineApi({
  base: 'https://api.mailjet.com',
  otherBases: ['https://api.us.mailjet.com'],
  key: 'API key and secret key, as key:secret',
  rights: { webhook: 'the key of the (sub)account that sends' },
  perSecond: 3,
  authorise: basic(),

  webhooks: {
    secret: 'chosen',
    async list({ call }) {
      const answer = await call({
        use: 'webhook',
        what: 'list its callbacks',
        method: 'GET',
        path: `${ROOT}?Limit=1000`,
        holds: 'Data[]',
      });
      return list(fields(answer.json).Data).flatMap((item): Hook[] => {
        const { ID, Url, EventType } = fields(item);
        // The id names the event too: what is missing is made with the next update.
        return text(ID) && text(Url) ? [{ id: `${text(ID)} ${text(EventType)}`, url: text(Url) as string }] : [];
      });
    },
    async create({ call }, wish) {
      for (const event of EVENTS) {
        const json = settings(wish, event);
        await call({ use: 'webhook', what: 'make a callback', method: 'POST', path: ROOT, json, once: true });
      }
      return undefined;
    },
    async update({ call }, { id }, wish) {
      const [number = '', event = ''] = id.split(' ');
      const path = `${ROOT}/${segment(number)}`;
      await call({ use: 'webhook', what: 'change a callback', method: 'PUT', path, json: settings(wish, event) });
      return undefined;
    },
    async remove({ call }, { id }) {
      const path = `${ROOT}/${segment(id.split(' ')[0] ?? '')}`;
      await call({ use: 'webhook', what: 'remove a callback', method: 'DELETE', path, accepts: [404] });
    },
  },
});

const settings = ({ url, secret }: HookWish, EventType: string) => ({
  EventType,
  Url: urlWithUser(url, secret),
  IsBackup: false,
  Status: 'alive',
  Version: 2,
});
