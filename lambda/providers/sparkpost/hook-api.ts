import { fields, list, text } from '../../domain/read.ts';
import type { Hook, HookWish, WebhooksApi } from '../api.ts';
import { credentials, segment } from '../shared/api.ts';

const EVENTS =
  `delivery bounce injection spam_complaint out_of_band policy_rejection delay click open generation_failure
generation_rejection list_unsubscribe link_unsubscribe`.split(/\s+/);

/** SparkPost's webhooks: it posts a ping while one is made, and again when it is asked to validate it. */
export const hooks: WebhooksApi = {
  secret: 'chosen',
  probes: true,
  async list({ call }) {
    const answer = await call({
      use: 'webhook',
      what: 'list its webhooks',
      method: 'GET',
      path: '/api/v1/webhooks',
      holds: 'results[]',
    });
    return list(fields(answer.json).results).flatMap((item): Hook[] => {
      const { id, target } = fields(item);
      return text(id) && text(target) ? [{ id: text(id) as string, url: text(target) as string }] : [];
    });
  },
  async create({ call }, wish) {
    await call({
      use: 'webhook',
      what: 'make the webhook',
      method: 'POST',
      path: '/api/v1/webhooks',
      json: { name: 'Quell', ...settings(wish) },
      once: true,
    });
    return undefined;
  },
  async update({ call }, { id }, wish) {
    const path = `/api/v1/webhooks/${segment(id)}`;
    await call({ use: 'webhook', what: 'change the webhook', method: 'PUT', path, json: settings(wish) });
    return undefined;
  },
  async remove({ call }, { id }) {
    const path = `/api/v1/webhooks/${segment(id)}`;
    await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
  },
  async test({ call }, { id }) {
    const path = `/api/v1/webhooks/${segment(id)}/validate`;
    const json = { message: { msys: {} } };
    await call({ use: 'webhook', what: 'test the webhook', method: 'POST', path, json });
    return undefined;
  },
};

function settings({ url, secret }: HookWish) {
  const { user, password, headers, target } = credentials(secret, url);
  const auth =
    user === undefined
      ? { auth_type: 'none', custom_headers: headers }
      : { auth_type: 'basic', auth_credentials: { username: user, password } };
  return { target, events: EVENTS, active: true, ...auth };
}
