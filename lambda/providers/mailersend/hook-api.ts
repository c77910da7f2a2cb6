import { fields, list, text } from '../../domain/read.ts';
import type { Hook, WebhooksApi } from '../api.ts';
import { query, segment } from '../shared/api.ts';

/** Without the unique ones: a first open or click fires both. */
const EVENTS = [
  ...'sent delivered soft_bounced hard_bounced deferred opened clicked unsubscribed spam_complaint'
    .split(' ')
    .map((word) => `activity.${word}`),
  ...['recipient.on_hold_added', 'recipient.on_hold_removed'],
];
const ROOT = '/v1/webhooks';

/** MailerSend's webhooks: saved only where a call of the URL is answered 2xx; whether its API tells the signing secret is not documented. */
export const hooks: WebhooksApi = {
  secret: 'apart',
  async list({ call, domain }) {
    const path = `${ROOT}${query({ domain_id: domain })}`;
    const answer = await call({ use: 'webhook', what: 'list its webhooks', method: 'GET', path, holds: 'data[]' });
    return list(fields(answer.json).data).flatMap((item): Hook[] => {
      const [id, url] = [text(fields(item).id), text(fields(item).url)];
      return id !== undefined && url !== undefined ? [{ id, url }] : [];
    });
  },
  async create({ call, domain }, { url }) {
    const json = { url, name: 'Quell', events: EVENTS, domain_id: domain, enabled: true };
    await call({ use: 'webhook', what: 'make the webhook', method: 'POST', path: ROOT, json, once: true });
    return undefined;
  },
  async update({ call }, { id }, { url }) {
    const json = { url, name: 'Quell', events: EVENTS, enabled: true };
    const path = `${ROOT}/${segment(id)}`;
    await call({ use: 'webhook', what: 'change the webhook', method: 'PUT', path, json });
    return undefined;
  },
  async remove({ call }, { id }) {
    const path = `${ROOT}/${segment(id)}`;
    await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
  },
};
