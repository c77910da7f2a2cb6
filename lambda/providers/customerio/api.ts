import { fields, list, text } from '../../domain/read.ts';
import { defineApi, type Hook } from '../api.ts';
import { bearer, segment } from '../shared/api.ts';

const EVENTS = [
  ...['customer_subscribed', 'customer_unsubscribed', 'customer_subscription_preferences_changed'],
  ...`attempted sent delivered bounced dropped deferred failed undeliverable opened clicked converted unsubscribed spammed`
    .split(' ')
    .map((word) => `email_${word}`),
];
const ROOT = '/v1/reporting_webhooks';

/**
 * Customer.io: reporting webhooks. What its API tells of messages lacks the event's id; how it writes the entries of its ESP lists is not
 * documented: neither is read.
 */
export const api = defineApi({
  base: 'https://api.customer.io',
  otherBases: ['https://api-eu.customer.io'],
  key: 'App API key (not a Track key)',
  rights: { webhook: 'App API key' },
  perSecond: 5,
  retriesHours: 168,
  authorise: bearer,

  webhooks: {
    secret: 'apart',
    async list({ call }) {
      const answer = await call({ use: 'webhook', what: 'list its webhooks', method: 'GET', path: ROOT });
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

/** With every open and click, not the first alone; without the mails' content. */
const settings = (endpoint: string) => ({
  endpoint,
  disabled: false,
  full_resolution: true,
  with_content: false,
  events: EVENTS,
});
