import { fields, list, text } from '../../domain/read.ts';
import type { Hook, HookWish, WebhooksApi } from '../api.ts';
import { segment, urlWithUser } from '../shared/api.ts';

const KINDS = ['Sent', 'Opened', 'Clicked', 'Unsubscribed', 'AbuseReport', 'Error'];
const ROOT = '/v4/webhook';

/** Elastic Email's notifications: nothing signs them unless they are made so by hand; our secret stands in the URL. */
export const hooks: WebhooksApi = {
  secret: 'chosen',
  async list({ call }) {
    const answer = await call({ use: 'webhook', what: 'list its webhooks', method: 'GET', path: ROOT, holds: '[]' });
    return list(answer.json).flatMap((item): Hook[] => {
      const { PublicID, PublicId, URL: url } = fields(item);
      const id = text(PublicID) ?? text(PublicId);
      return id !== undefined && text(url) !== undefined ? [{ id, url: text(url) as string }] : [];
    });
  },
  async create({ call }, wish) {
    const json = settings(wish);
    await call({ use: 'webhook', what: 'make the webhook', method: 'POST', path: ROOT, json, once: true });
    return undefined;
  },
  async update({ call }, { id }, wish) {
    const path = `${ROOT}/${segment(id)}`;
    await call({ use: 'webhook', what: 'change the webhook', method: 'PUT', path, json: settings(wish) });
    return undefined;
  },
  async remove({ call }, { id }) {
    const path = `${ROOT}/${segment(id)}`;
    await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
  },
};

function settings({ url, secret }: HookWish) {
  const ticked = Object.fromEntries(KINDS.map((kind) => [`NotificationFor${kind}`, true]));
  return { Name: 'Quell', URL: urlWithUser(url, secret), NotifyOncePerEmail: false, IsEnabled: true, ...ticked };
}
