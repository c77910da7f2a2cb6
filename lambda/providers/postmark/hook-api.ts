import { fields, list, text } from '../../domain/read.ts';
import type { ApiContext, Hook, HookWish, Use, WebhooksApi } from '../api.ts';
import { credentials, segment } from '../shared/api.ts';

/** Message streams of the server that send mail; inbound ones have neither suppressions nor these webhooks. */
export async function streamsOf({ call }: ApiContext, use: Use): Promise<string[]> {
  const what = 'list the message streams';
  const answer = await call({ use, what, method: 'GET', path: '/message-streams', holds: 'MessageStreams[]' });
  return list(fields(answer.json).MessageStreams)
    .map(fields)
    .filter(({ MessageStreamType }) => text(MessageStreamType) !== 'Inbound')
    .flatMap(({ ID }) => text(ID) ?? []);
}

/** Postmark's webhooks: one for each message stream, with credentials that we choose. */
export const hooks: WebhooksApi = {
  secret: 'chosen',
  async list(context) {
    return (await all(context)).map(({ id, url }): Hook => ({ id, url }));
  },
  async create(context, wish) {
    await ensure(context, wish);
    return undefined;
  },
  async update(context, _hook, wish) {
    await ensure(context, wish);
    return undefined;
  },
  async remove({ call }, { id }) {
    const path = `/webhooks/${segment(id)}`;
    await call({ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] });
  },
};

async function all({ call }: ApiContext): Promise<(Hook & { readonly stream: string })[]> {
  const what = 'list its webhooks';
  const answer = await call({ use: 'webhook', what, method: 'GET', path: '/webhooks', holds: 'Webhooks[]' });
  return list(fields(answer.json).Webhooks).flatMap((item) => {
    const { ID, Url, MessageStream } = fields(item);
    const [id, url] = [text(ID), text(Url)];
    return id !== undefined && url !== undefined ? [{ id, url, stream: text(MessageStream) ?? 'outbound' }] : [];
  });
}

/** Every stream that sends has the webhook, once. */
async function ensure(context: ApiContext, wish: HookWish): Promise<void> {
  const there = (await all(context)).filter(({ url }) => url.split('?')[0] === wish.url);
  for (const stream of await streamsOf(context, 'webhook')) {
    const hook = there.find((one) => one.stream === stream);
    await context.call({
      use: 'webhook',
      what: hook ? 'change the webhook' : 'make the webhook',
      method: hook ? 'PUT' : 'POST',
      path: hook ? `/webhooks/${segment(hook.id)}` : '/webhooks',
      json: { ...settings(wish), ...(!hook && { MessageStream: stream }) },
      ...(!hook && { once: true as const }),
    });
  }
}

function settings({ url, secret }: HookWish) {
  const { user, password, headers, target } = credentials(secret, url);
  return {
    Url: target,
    ...(user !== undefined && { HttpAuth: { Username: user, Password: password } }),
    HttpHeaders: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
    Triggers: {
      Open: { Enabled: true, PostFirstOpenOnly: false },
      Click: { Enabled: true },
      Delivery: { Enabled: true },
      Bounce: { Enabled: true, IncludeContent: false },
      SpamComplaint: { Enabled: true, IncludeContent: false },
      SubscriptionChange: { Enabled: true },
    },
  };
}
