import { fields, list, text } from '../../domain/read.ts';
import type { ApiContext, Hook, Use, WebhooksApi } from '../api.ts';
import { query, segment } from '../shared/api.ts';

const EVENTS =
  `created sent delivered soft_bounced hard_bounced spam_complaint failed suppressed blocked policy_rejected
unsubscribed opened clicked`
    .split(/\s+/)
    .map((word) => `message.${word}`);
const ROOT = '/v1/webhooks';

/** Lettermint's webhooks: it makes the secret, tells it whenever it is asked, and has a test. */
export const hooks: WebhooksApi = {
  secret: 'given',
  list: (context) => hooksIn(context, 'webhook'),
  async create({ call }, { url }) {
    const json = { name: 'Quell', url, enabled: true, include_machine_events: true, events: EVENTS };
    const what = 'make the webhook';
    const answer = await call({ use: 'webhook', what, method: 'POST', path: ROOT, json, once: true });
    return secretOf(answer.json);
  },
  async update({ call }, { id }, { url }) {
    const json = { url, enabled: true, include_machine_events: true, events: EVENTS };
    const path = `${ROOT}/${segment(id)}`;
    const answer = await call({ use: 'webhook', what: 'change the webhook', method: 'PUT', path, json });
    const told = secretOf(answer.json);
    if (told !== undefined) return told;
    const again = await call({ use: 'webhook', what: 'read the secret of the webhook', method: 'GET', path });
    return secretOf(again.json);
  },
  async remove({ call }, { id }) {
    const path = `${ROOT}/${segment(id)}`;
    await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
  },
  async test({ call }, { id }) {
    const path = `${ROOT}/${segment(id)}/test`;
    await call({ use: 'webhook', what: 'test the webhook', method: 'POST', path });
    return undefined;
  },
};

export async function hooksIn({ call }: ApiContext, use: Use): Promise<readonly Hook[]> {
  const found: Hook[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const answer = await call({ use, what: 'list its webhooks', method: 'GET', path: `${ROOT}${query({ cursor })}` });
    for (const item of list(fields(answer.json).data).map(fields)) {
      const [id, url] = [text(item.id), text(item.url)];
      if (id !== undefined && url !== undefined) found.push({ id, url });
    }
    cursor = text(fields(answer.json).next_cursor) ?? text(fields(fields(answer.json).meta).next_cursor);
    more = cursor !== undefined;
  }
  return found;
}

const secretOf = (json: unknown): string | undefined =>
  text(fields(json).secret) ?? text(fields(fields(json).data).secret);
