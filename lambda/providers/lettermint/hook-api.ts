import { fields, list, text } from '../../domain/read.ts';
import type { ApiContext, Hook, Use, WebhooksApi } from '../api.ts';
import { query, segment } from '../shared/api.ts';
import { afterFirst, byCursor, isLost } from '../shared/paging.ts';

const EVENTS =
  `created sent delivered soft_bounced hard_bounced spam_complaint failed suppressed blocked policy_rejected
unsubscribed opened clicked`
    .split(/\s+/)
    .map((word) => `message.${word}`);
const ROOT = '/v1/webhooks';
const PAGE = 100;

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

export async function hooksIn(context: ApiContext, use: Use): Promise<readonly Hook[]> {
  const found: Hook[] = [];
  for await (const items of byToken(context, use, 'list its webhooks', ROOT, {})) {
    for (const item of items.map(fields)) {
      const [id, url] = [text(item.id), text(item.url)];
      if (id !== undefined && url !== undefined) found.push({ id, url });
    }
  }
  return found;
}

/** Any of its collections, page by page. */
export const byToken = (
  { call }: ApiContext,
  use: Use,
  what: string,
  root: string,
  filter: Readonly<Record<string, string>>,
): AsyncGenerator<readonly unknown[]> =>
  byCursor(async (cursor) => {
    const path = `${root}${query({ ...filter, per_page: PAGE, cursor })}`;
    const answer = await call({ use, what, method: 'GET', path, holds: 'data[]', ...afterFirst(cursor) });
    if (isLost(answer)) return undefined;
    const { data, next_cursor, meta } = fields(answer.json);
    const items = list(data);
    return { items, isEmpty: items.length === 0, next: text(next_cursor) ?? text(fields(meta).next_cursor) };
  });

const secretOf = (json: unknown): string | undefined =>
  text(fields(json).secret) ?? text(fields(fields(json).data).secret);
