import { fields, list, text } from '../../domain/read.ts';
import type { Hook, WebhooksApi } from '../api.ts';
import { segment } from '../shared/api.ts';

const EVENTS = 'delivery open click soft_bounce bounce spam_complaint unsubscribe suspension reject'.split(' ');
const ROOT = '/api/webhooks';

/** Mailtrap's webhooks: the signing secret is told once, when one is made. */
export const hooks: WebhooksApi = {
  secret: 'given',
  async list({ call }) {
    const answer = await call({
      use: 'webhook',
      what: 'list its webhooks',
      method: 'GET',
      path: ROOT,
      holds: 'data[]',
    });
    return list(fields(answer.json).data).flatMap((item): Hook[] => {
      const [id, url] = [text(fields(item).id), text(fields(item).url)];
      return id !== undefined && url !== undefined ? [{ id, url }] : [];
    });
  },
  async create({ call }, { url }) {
    const about = { url, webhook_type: 'email_sending', payload_format: 'json', event_types: EVENTS };
    const json = { webhook: { ...about, sending_stream: 'transactional' } };
    const what = 'make the webhook';
    const answer = await call({ use: 'webhook', what, method: 'POST', path: ROOT, json, once: true });
    return text(fields(fields(answer.json).data).signing_secret) ?? text(fields(answer.json).signing_secret);
  },
  async update({ call }, { id }, { url }) {
    const json = { webhook: { url, payload_format: 'json', event_types: EVENTS, active: true } };
    const path = `${ROOT}/${segment(id)}`;
    await call({ use: 'webhook', what: 'change the webhook', method: 'PATCH', path, json });
    return undefined;
  },
  async remove({ call }, { id }) {
    const path = `${ROOT}/${segment(id)}`;
    await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
  },
};
