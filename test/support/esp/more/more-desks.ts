import { after, type Desk, json, type KeptHook, nextId, off, on, page, type Route, startDesk } from '../desk.ts';
import { elasticHooks, LATE_DESKS, mailersendHooks, mailtrapHooks } from './late-desks.ts';

const CREATED = '2026-03-01T10:00:00Z';

const resend: Route = (asked, desk) => {
  const show = ({ list, address }: Desk['kept'][number]) => ({
    id: `s-${address}`,
    email: address,
    origin: list,
    created_at: CREATED,
  });
  const address = after(asked, '/suppressions/');
  if (asked.path === '/suppressions' && asked.method === 'GET') {
    const after = asked.query.get('after');
    const at = desk.kept.findIndex((one) => `s-${one.address}` === after) + 1;
    if (after !== null && at === 0) return { status: 422, json: { message: 'no such entry' } };
    return { json: { has_more: desk.kept.length > at + 2, data: desk.kept.slice(at, at + 2).map(show) } };
  }
  if (asked.path === '/suppressions') {
    desk.kept.push({ list: 'manual', address: String(json(asked).email) });
    return { json: {} };
  }
  if (address !== undefined) {
    const found = desk.kept.find((one) => one.address === address);
    if (!found) return { status: 404, json: {} };
    if (asked.method === 'DELETE') off(desk, found.list, address);
    return { json: show(found) };
  }
  if (asked.path === '/webhooks' && asked.method === 'GET')
    return { json: { data: desk.hooks.map(({ id, url }) => ({ id, endpoint: url })) } };
  const { endpoint, events } = json(asked) as { endpoint: string; events: string[] };
  if (asked.path === '/webhooks') {
    const hook: KeptHook = {
      id: nextId(desk),
      url: endpoint,
      events,
      secret: `whsec_${btoa('a-secret-of-resend-000000')}`,
    };
    desk.hooks.push(hook);
    return { status: 201, json: { id: hook.id, signing_secret: hook.secret } };
  }
  const hook = desk.hooks.find(({ id }) => id === after(asked, '/webhooks/'));
  if (!hook) return undefined;
  if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  if (asked.method === 'PATCH') Object.assign(hook, { url: endpoint, events });
  return { json: { id: hook.id, signing_secret: hook.secret } };
};

const mandrill: Route = (asked, desk) => {
  const call = after(asked, '/api/1.3/');
  const { email, url, events, id } = json(asked) as { email?: string; url: string; events: string[]; id: number };
  const show = ({ id: one, url: where, secret }: KeptHook) => ({ id: Number(one), url: where, auth_key: secret });
  const hook = desk.hooks.find((one) => one.id === String(id));
  switch (call) {
    case 'rejects/list':
      return {
        json: desk.kept
          .filter(({ address }) => (email ?? address) === address)
          .map(({ list, address }) => ({ email: address, reason: list, created_at: '2026-03-01 10:00:00' })),
      };
    case 'rejects/add':
      desk.kept.push({ list: 'custom', address: email ?? '' });
      return { json: { email, added: true } };
    case 'rejects/delete':
      return {
        json: { email, deleted: desk.kept.some(({ list, address }) => address === email && off(desk, list, address)) },
      };
    case 'webhooks/list':
      return { json: desk.hooks.map(show) };
    case 'webhooks/add': {
      const made: KeptHook = { id: nextId(desk), url, events, secret: 'a-key-of-mandrill-0001' };
      desk.hooks.push(made);
      return { json: show(made) };
    }
    case 'webhooks/update':
      if (hook) Object.assign(hook, { url, events });
      return hook && { json: show(hook) };
    case 'webhooks/delete':
      if (hook) desk.hooks.splice(desk.hooks.indexOf(hook), 1);
      return hook && { json: show(hook) };
    default:
      return undefined;
  }
};

const brevo: Route = (asked, desk) => {
  if (asked.path === '/v3/smtp/blockedContacts')
    return {
      json: {
        count: desk.kept.length,
        contacts: page(desk.kept, asked, 'limit').map(({ list, address }) => ({
          email: address,
          senderEmail: '',
          reason: { code: list },
          blockedAt: CREATED,
        })),
      },
    };
  const address = after(asked, '/v3/smtp/blockedContacts/');
  if (address !== undefined)
    return { status: desk.kept.some((one) => one.address === address && off(desk, one.list, address)) ? 204 : 404 };
  const {
    url,
    events,
    headers = [],
  } = json(asked) as { url: string; events: string[]; headers?: { key: string; value: string }[] };
  const secret = atob((headers.find(({ key }) => key === 'authorization')?.value ?? '').replace('Basic ', ''));
  if (asked.path === '/v3/webhooks' && asked.method === 'GET')
    return desk.hooks.length === 0
      ? { status: 404, json: { code: 'document_not_found' } }
      : { json: { webhooks: desk.hooks.map(({ id, url: where }) => ({ id: Number(id), url: where })) } };
  if (asked.path === '/v3/webhooks') {
    desk.hooks.push({ id: nextId(desk), url, events, secret });
    return { status: 201, json: { id: Number(desk.hooks.at(-1)?.id) } };
  }
  const hook = desk.hooks.find(({ id }) => id === after(asked, '/v3/webhooks/'));
  if (!hook) return undefined;
  if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  else Object.assign(hook, { url, events, secret });
  return { status: 204 };
};

const mailersend: Route = (asked, desk) => {
  const name = after(asked, '/v1/suppressions/');
  if (name === undefined) return undefined;
  if (asked.method === 'GET') {
    const [at, all] = [(Number(asked.query.get('page')) - 1) * 2, on(desk, name)];
    if (asked.query.get('domain_id') !== desk.domain) return { status: 422, json: {} };
    return {
      json: {
        data: all.slice(at, at + 2).map(({ address }) => ({
          id: `i-${address}`,
          created_at: CREATED,
          ...(name === 'blocklist' ? { pattern: address } : { recipient: { email: address } }),
        })),
        links: { next: all.length > at + 2 ? 'https://api.mailersend.com/next' : null },
      },
    };
  }
  const { ids, recipients = [] } = json(asked) as { ids?: string[]; recipients?: string[] };
  if (asked.method === 'POST') for (const address of recipients) desk.kept.push({ list: name, address });
  else
    for (const { list, address } of on(desk, name))
      if (ids === undefined || ids.includes(`i-${address}`)) off(desk, list, address);
  return { json: {} };
};

const elastic: Route = (asked, desk) => {
  const name = after(asked, '/v4/suppressions/') ?? '';
  const known = ['bounces', 'complaints', 'unsubscribes'].includes(name);
  if (known && asked.method === 'GET') {
    const all = on(desk, name).filter(({ address }) => address.includes(asked.query.get('search') ?? ''));
    return {
      json: page(all, asked, 'limit').map(({ address }) => ({ Email: address, DateUpdated: '2026-03-01T10:00:00' })),
    };
  }
  if (known && asked.method === 'POST') {
    for (const address of JSON.parse(asked.body) as string[]) desk.kept.push({ list: name, address });
    return { json: {} };
  }
  return asked.method === 'DELETE'
    ? {
        status: desk.kept.some(({ list, address }) => address === name && off(desk, list, address)) ? 200 : 404,
        json: {},
      }
    : undefined;
};

const mailtrap: Route = (asked, desk) => {
  if (asked.path === '/api/suppressions') {
    const last = asked.query.get('last_id');
    const at = desk.kept.findLastIndex(({ address }) => `u-${address}` === last) + 1;
    // The entry that the token names may have gone.
    if (last !== null && at === 0) return { status: 404, json: { error: 'not found' } };
    return {
      json: desk.kept
        .slice(at, asked.query.has('email') ? undefined : at + 1000)
        .filter(({ address }) => (asked.query.get('email') ?? address) === address)
        .map(({ list, address }) => ({
          id: `u-${address}`,
          type: list,
          email: address,
          created_at: CREATED,
          sending_stream: 'any',
        })),
    };
  }
  const id = after(asked, '/api/suppressions/');
  return id === undefined
    ? undefined
    : { status: desk.kept.some(({ list, address }) => `u-${address}` === id && off(desk, list, address)) ? 204 : 404 };
};

const header =
  (name: string, value: string) => (asked: { readonly headers: Readonly<Record<string, string | undefined>> }) =>
    asked.headers[name] === value;
const bounces = (bounce: string, complaint: string) => ({ bounce, complaint });

export const MORE_DESKS: readonly (readonly [string, () => Promise<Desk>])[] = [
  [
    'resend',
    () =>
      startDesk(
        { provider: 'resend', domain: '', key: 're_key', names: bounces('bounce', 'complaint') },
        header('authorization', 'Bearer re_key'),
        [resend],
      ),
  ],
  [
    'mandrill',
    () =>
      startDesk(
        { provider: 'mandrill', domain: '', key: 'md-key', names: bounces('hard-bounce', 'spam') },
        (asked) => json(asked).key === 'md-key',
        [mandrill],
      ),
  ],
  [
    'brevo',
    () =>
      startDesk(
        { provider: 'brevo', domain: '', key: 'xkeysib-key', names: bounces('hardBounce', 'contactFlaggedAsSpam') },
        header('api-key', 'xkeysib-key'),
        [brevo],
      ),
  ],
  [
    'mailersend',
    () =>
      startDesk(
        { provider: 'mailersend', domain: 'd-1', key: 'mlsn-key', names: bounces('hard-bounces', 'spam-complaints') },
        header('authorization', 'Bearer mlsn-key'),
        [mailersend, mailersendHooks],
      ),
  ],
  [
    'mailtrap',
    () =>
      startDesk(
        { provider: 'mailtrap', domain: '', key: 'mt-key', names: bounces('hard bounce', 'spam complaint') },
        header('authorization', 'Bearer mt-key'),
        [mailtrap, mailtrapHooks],
      ),
  ],
  [
    'elastic-email',
    () =>
      startDesk(
        { provider: 'elastic-email', domain: '', key: 'ee-key', names: bounces('bounces', 'complaints') },
        header('x-elasticemail-apikey', 'ee-key'),
        [elasticHooks, elastic],
      ),
  ],
  ...LATE_DESKS,
];
