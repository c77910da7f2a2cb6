import { fields, list, text } from '../../domain/read.ts';
import type { ApiContext, Hook, WebhooksApi } from '../api.ts';

const STATUSES = 'sent delivered opened clicked unsubscribed subscribed soft_bounced hard_bounced spam'.split(' ');

/** Unisender Go's webhooks: `set` makes or edits by the URL. What signs is the API key itself, which is stored by hand: `secrets set`. */
export const hooks: WebhooksApi = {
  secret: 'apart',
  async list({ call }) {
    const what = 'list its webhooks';
    const path = '/webhook/list.json';
    const answer = await call({ use: 'webhook', what, method: 'POST', path, json: {}, holds: 'objects[]' });
    return list(fields(answer.json).objects).flatMap((item): Hook[] => {
      const url = text(fields(item).url);
      return url === undefined ? [] : [{ id: text(fields(item).id) ?? url, url }];
    });
  },
  create: (context, { url }) => set(context, url, 'make the webhook'),
  update: (context, _hook, { url }) => set(context, url, 'change the webhook'),
  async remove({ call }, { url }) {
    const path = '/webhook/delete.json';
    await call({ use: 'webhook', what: 'remove the webhook', method: 'POST', path, json: { url }, accepts: [404] });
  },
};

async function set({ call }: ApiContext, url: string, what: string): Promise<undefined> {
  const json = {
    url,
    status: 'active',
    event_format: 'json_post',
    delivery_info: 1,
    single_event: 0,
    events: { email_status: STATUSES, spam_block: ['*'] },
  };
  await call({ use: 'webhook', what, method: 'POST', path: '/webhook/set.json', json });
  return undefined;
}
