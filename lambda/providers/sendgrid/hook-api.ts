import { fields, list, text } from '../../domain/read.ts';
import type { ApiContext, Hook, WebhooksApi } from '../api.ts';
import { segment } from '../shared/api.ts';

const SETTINGS = '/v3/user/webhooks/event/settings';
const EVENTS =
  `group_resubscribe delivered group_unsubscribe spam_report bounce deferred unsubscribe processed open click
dropped`.split(/\s+/);

/** SendGrid's event webhooks. Every path names its webhook: without an id the oldest one is changed. */
export const hooks: WebhooksApi = {
  secret: 'given',
  async list({ call }) {
    const answer = await call({
      use: 'webhook',
      what: 'list its webhooks',
      method: 'GET',
      path: `${SETTINGS}/all`,
      holds: 'webhooks[]',
    });
    return list(fields(answer.json).webhooks).flatMap((item): Hook[] => {
      const [id, url] = [text(fields(item).id), text(fields(item).url)];
      return id !== undefined && url !== undefined ? [{ id, url }] : [];
    });
  },
  async create(context, { url }) {
    const json = settings(url);
    const answer = await context.call({
      use: 'webhook',
      what: 'make the webhook',
      method: 'POST',
      path: SETTINGS,
      json,
      once: true,
    });
    return sign(context, text(fields(answer.json).id) ?? '');
  },
  async update(context, { id }, { url }) {
    const path = `${SETTINGS}/${segment(id)}`;
    await context.call({ use: 'webhook', what: 'change the webhook', method: 'PATCH', path, json: settings(url) });
    return sign(context, id);
  },
  async remove({ call }, { id }) {
    const path = `${SETTINGS}/${segment(id)}`;
    await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
  },
  async test({ call }, { id, url }) {
    const path = '/v3/user/webhooks/event/test';
    await call({ use: 'webhook', what: 'send its test', method: 'POST', path, json: { id, url } });
    return 'example@test.com';
  },
};

const settings = (url: string) => ({
  enabled: true,
  url,
  friendly_name: 'Quell',
  ...Object.fromEntries(EVENTS.map((event) => [event, true])),
});

/** Switches signing on, which is no setting of the webhook itself, and returns the verification key. */
async function sign({ call }: ApiContext, id: string): Promise<string | undefined> {
  const answer = await call({
    use: 'webhook',
    what: 'switch its signature on',
    method: 'PATCH',
    path: `${SETTINGS}/signed/${segment(id)}`,
    json: { enabled: true },
  });
  return text(fields(answer.json).public_key);
}
