import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { signSendGrid } from '../driver.ts';
import { after, type Desk, json, type KeptHook, nextId, off, on, page, type Route, sheet, startDesk } from './desk.ts';
import { MORE_DESKS } from './more/more-desks.ts';

const SINCE = 1_772_359_200;

const sparkpostLists: Route = (asked, desk) => {
  const address = after(asked, '/api/v1/suppression-list/');
  const show = ({ list, address: recipient, locked }: Desk['kept'][number]) => ({
    recipient,
    type: list,
    source: locked ? 'Compliance' : list === 'transactional' ? 'Bounce Rule' : 'Spam Complaint',
    created: '2026-03-01T10:00:00+00:00',
  });
  if (asked.method === 'GET' && asked.path === '/api/v1/suppression-list') {
    const found = sheet(desk, desk.kept, asked.query.get('cursor'));
    if (!found) return { status: 400, json: { errors: [{ message: 'Invalid cursor' }] } };
    return {
      json: {
        results: found.items.map(show),
        links: found.next ? [{ rel: 'next', href: `/api/v1/suppression-list?cursor=${found.next}` }] : [],
      },
    };
  }
  if (asked.method === 'PUT' && asked.path === '/api/v1/suppression-list') {
    for (const { recipient, type } of json(asked).recipients as { recipient: string; type: string }[])
      desk.kept.push({ list: type, address: recipient });
    return { json: {} };
  }
  if (address === undefined) return undefined;
  const found = desk.kept.filter((one) => one.address === address);
  if (found.length === 0) return { status: 404, json: { errors: [] } };
  if (asked.method === 'GET') return { json: { results: found.map(show) } };
  if (found.some((one) => one.locked)) return { status: 403, json: { errors: [] } };
  const { type } = json(asked);
  for (const one of found) if (type === undefined || one.list === type) off(desk, one.list, address);
  return { status: 204 };
};

const sparkpostHooks: Route = async (asked, desk) => {
  const id = after(asked, '/api/v1/webhooks/');
  const hookOf = (found: KeptHook | undefined): KeptHook | undefined => {
    const { target, events, auth_credentials } = json(asked) as {
      target: string;
      events: string[];
      auth_credentials?: { username: string; password: string };
    };
    const secret = auth_credentials ? `${auth_credentials.username}:${auth_credentials.password}` : '';
    if (!found) return { id: nextId(desk), url: target, events, secret };
    Object.assign(found, { url: target, events, secret });
    return undefined;
  };
  if (asked.path === '/api/v1/webhooks') {
    if (asked.method === 'GET')
      return { json: { results: desk.hooks.map(({ id: one, url }) => ({ id: one, target: url })) } };
    const made = hookOf(undefined);
    // It posts a ping while the webhook is made, and makes none where that is refused.
    const authorization = `Basic ${btoa(made?.secret ?? '')}`;
    const ping = await fetch(made?.url ?? '', { method: 'POST', headers: { authorization }, body: '[{"msys":{}}]' });
    if (ping.status !== 200) return { status: 400, json: { errors: [{ message: 'target does not answer' }] } };
    if (made) desk.hooks.push(made);
    return { json: { results: { id: made?.id } } };
  }
  if (id?.endsWith('/validate')) return { json: { results: { msg: 'Test POST to endpoint succeeded' } } };
  const at = desk.hooks.findIndex((one) => one.id === id);
  if (at === -1) return undefined;
  if (asked.method === 'DELETE') desk.hooks.splice(at, 1);
  else hookOf(desk.hooks[at]);
  return { status: asked.method === 'DELETE' ? 204 : 200, ...(asked.method !== 'DELETE' && { json: {} }) };
};

const mailgunLists: Route = (asked, desk) => {
  const [, name = '', address] =
    /^\/v3\/mg\.example\.com\/(bounces|complaints|unsubscribes)(?:\/(.+))?$/.exec(asked.path) ?? [];
  if (name === '') return undefined;
  const show = (who: string) => ({
    address: who,
    created_at: 'Sun, 01 Mar 2026 10:00:00 UTC',
    ...(name === 'unsubscribes' && { tags: ['*'] }),
  });
  if (asked.method === 'POST') {
    for (const { address: who } of JSON.parse(asked.body) as { address: string }[])
      desk.kept.push({ list: name, address: who });
    return { json: { message: 'added' } };
  }
  // Without an address it empties the list, as the real one does.
  if (asked.method === 'DELETE' && address === undefined) {
    desk.kept.splice(0);
    return { json: { message: 'all gone' } };
  }
  if (address === undefined) {
    const found = sheet(desk, on(desk, name), asked.query.get('p'));
    if (!found) return { status: 404, json: { message: 'page not found' } };
    // There is always a next one.
    return {
      json: {
        items: found.items.map((one) => show(one.address)),
        paging: { next: `https://api.mailgun.net${asked.path}?p=${found.end}` },
      },
    };
  }
  const who = decodeURIComponent(address);
  if (asked.method === 'DELETE') return off(desk, name, who) ? { json: {} } : { status: 404, json: {} };
  return on(desk, name).some((one) => one.address === who) ? { json: show(who) } : { status: 404, json: {} };
};

const mailgunHooks: Route = (asked, desk) => {
  if (asked.path === '/v5/accounts/http_signing_key' && asked.method === 'GET')
    return { json: { message: 'success', http_signing_key: 'f'.repeat(32) } };
  if (asked.path === '/v3/domains/mg.example.com/webhooks' && asked.method === 'GET') {
    const events = [...new Set(desk.hooks.flatMap((hook) => hook.events))];
    return {
      json: {
        webhooks: Object.fromEntries(
          events.map((event) => [
            event,
            { urls: desk.hooks.filter((hook) => hook.events.includes(event)).map(({ url }) => url) },
          ]),
        ),
      },
    };
  }
  if (asked.path !== '/v4/domains/mg.example.com/webhooks') return undefined;
  const form = new URLSearchParams(asked.body);
  const url = (asked.method === 'DELETE' ? asked.query : form).get('url') ?? '';
  const found = desk.hooks.find((hook) => hook.url === url);
  if (asked.method === 'DELETE')
    desk.hooks.splice(0, desk.hooks.length, ...desk.hooks.filter((hook) => hook !== found));
  else if (found) found.events = form.getAll('event_types');
  else if (asked.method === 'PUT') return { status: 404, json: {} };
  else desk.hooks.push({ id: url, url, events: form.getAll('event_types'), secret: 'f'.repeat(32) });
  return { json: { message: 'done' } };
};

const SENDGRID = ['bounces', 'spam_reports', 'invalid_emails', 'unsubscribes'];
const sendgridLists: Route = (asked, desk) => {
  const name = SENDGRID.find((one) => asked.path === `/v3/suppression/${one}`);
  if (name && asked.method === 'GET') {
    const all = on(desk, name).filter(({ address }) => (asked.query.get('email') ?? address) === address);
    return { json: page(all, asked, 'limit').map(({ address: email }) => ({ email, created: SINCE })) };
  }
  if (asked.path === '/v3/asm/suppressions')
    return { json: on(desk, 'groups').map(({ address: email }) => ({ email, group_id: 42, created_at: SINCE })) };
  if (asked.path === '/v3/asm/suppressions/global' && asked.method === 'POST') {
    for (const address of json(asked).recipient_emails as string[]) desk.kept.push({ list: 'unsubscribes', address });
    return { status: 201, json: {} };
  }
  const global = after(asked, '/v3/asm/suppressions/global/');
  if (global !== undefined && asked.method === 'DELETE')
    return { status: off(desk, 'unsubscribes', global) ? 204 : 404 };
  const groups = after(asked, '/v3/asm/suppressions/');
  if (groups !== undefined && asked.method === 'GET')
    return {
      json: { suppressions: [{ id: 42, suppressed: on(desk, 'groups').some(({ address }) => address === groups) }] },
    };
  const group = after(asked, '/v3/asm/groups/42/suppressions/');
  if (group !== undefined) return { status: off(desk, 'groups', group) ? 204 : 404 };
  const [, list = '', address = ''] = /^\/v3\/suppression\/(\w+)\/(.+)$/.exec(asked.path) ?? [];
  return list !== '' && list !== 'unsubscribes' && asked.method === 'DELETE'
    ? { status: off(desk, list, decodeURIComponent(address)) ? 204 : 404 }
    : undefined;
};

const SENDGRID_PAIR = sendgrid.generateKey();
const sendgridHooks: Route = async (asked, desk) => {
  const base = '/v3/user/webhooks/event/settings';
  if (asked.path === '/v3/user/webhooks/event/test') {
    const body = `[${JSON.stringify({ email: 'example@test.com', timestamp: Math.floor(Date.now() / 1000), event: 'processed', sg_event_id: 'test', sg_message_id: 'test.filter1.1' })}]`;
    await fetch(String(json(asked).url), {
      method: 'POST',
      headers: signSendGrid(body, SENDGRID_PAIR.signingKey),
      body,
    });
    return { status: 204 };
  }
  if (asked.path === `${base}/all`) return { json: { max_allowed: 1, webhooks: desk.hooks } };
  const events = Object.entries(json(asked)).flatMap(([name, value]) =>
    value === true && name !== 'enabled' ? [name] : [],
  );
  if (asked.path === base && asked.method === 'POST') {
    const hook = { id: nextId(desk), url: String(json(asked).url), events, secret: '' };
    desk.hooks.push(hook);
    return { status: 201, json: { id: hook.id, url: hook.url } };
  }
  const signed = after(asked, `${base}/signed/`);
  const hook = desk.hooks.find(({ id }) => id === (signed ?? after(asked, `${base}/`)));
  if (!hook) return undefined;
  if (signed !== undefined) {
    hook.secret = SENDGRID_PAIR.secret ?? '';
    return { json: { public_key: SENDGRID_PAIR.secret } };
  }
  if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  else Object.assign(hook, { url: String(json(asked).url), events });
  return { status: asked.method === 'DELETE' ? 204 : 200, json: asked.method === 'DELETE' ? undefined : hook };
};

const postmarkLists: Route = (asked, desk) => {
  if (asked.path === '/message-streams')
    return {
      json: {
        MessageStreams: [
          { ID: 'outbound', MessageStreamType: 'Transactional' },
          { ID: 'inbound', MessageStreamType: 'Inbound' },
        ],
      },
    };
  const [, action] = /^\/message-streams\/outbound\/suppressions(\/dump|\/delete)?$/.exec(asked.path) ?? [undefined];
  if (!asked.path.startsWith('/message-streams/outbound/suppressions')) return undefined;
  if (action === '/dump') {
    const wanted = asked.query.get('EmailAddress');
    return {
      json: {
        Suppressions: desk.kept
          .filter(({ address }) => wanted === null || wanted.toLowerCase() === address.toLowerCase())
          .map(({ list, address }) => ({
            EmailAddress: address,
            SuppressionReason: list,
            Origin: 'Recipient',
            CreatedAt: '2026-03-01T10:00:00-05:00',
          })),
      },
    };
  }
  const addresses = (json(asked).Suppressions as { EmailAddress: string }[]).map(({ EmailAddress }) => EmailAddress);
  return {
    json: {
      Suppressions: addresses.map((EmailAddress) => {
        if (action === undefined) desk.kept.push({ list: 'ManualSuppression', address: EmailAddress });
        const locked = desk.kept.some((one) => one.address === EmailAddress && one.list === 'SpamComplaint');
        if (action === '/delete' && !locked)
          for (const one of [...desk.kept]) if (one.address === EmailAddress) off(desk, one.list, EmailAddress);
        return { EmailAddress, Status: action === undefined ? 'Suppressed' : locked ? 'Failed' : 'Deleted' };
      }),
    },
  };
};

const postmarkHooks: Route = (asked, desk) => {
  const id = after(asked, '/webhooks/');
  const { Url, HttpAuth, Triggers, MessageStream } = json(asked) as {
    Url: string;
    HttpAuth?: { Username: string; Password: string };
    Triggers?: Record<string, { Enabled: boolean }>;
    MessageStream?: string;
  };
  const facts = {
    url: Url,
    secret: HttpAuth ? `${HttpAuth.Username}:${HttpAuth.Password}` : '',
    events: Object.entries(Triggers ?? {}).flatMap(([name, { Enabled }]) => (Enabled ? [name] : [])),
  };
  if (asked.path === '/webhooks') {
    if (asked.method === 'GET')
      return {
        json: {
          Webhooks: desk.hooks.map((hook) => ({ ID: Number(hook.id), Url: hook.url, MessageStream: hook.stream })),
        },
      };
    desk.hooks.push({ id: nextId(desk), stream: MessageStream ?? 'outbound', ...facts });
    return { json: { ID: Number(desk.hooks.at(-1)?.id) } };
  }
  const hook = desk.hooks.find((one) => one.id === id);
  if (!hook) return undefined;
  if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  else Object.assign(hook, facts);
  return { json: { ID: Number(hook.id) } };
};

const header =
  (name: string, value: string) => (asked: { readonly headers: Readonly<Record<string, string | undefined>> }) =>
    asked.headers[name] === value;

/** The lists and webhooks of an ESP, by provider id. */
export const DESKS: ReadonlyMap<string, () => Promise<Desk>> = new Map<string, () => Promise<Desk>>([
  [
    'sparkpost',
    () =>
      startDesk(
        {
          provider: 'sparkpost',
          domain: '',
          key: 'sparkpost-key',
          names: { bounce: 'transactional', complaint: 'non_transactional' },
        },
        header('authorization', 'sparkpost-key'),
        [sparkpostLists, sparkpostHooks],
      ),
  ],
  [
    'mailgun',
    () =>
      startDesk(
        {
          provider: 'mailgun',
          domain: 'mg.example.com',
          key: 'mailgun-key',
          names: { bounce: 'bounces', complaint: 'complaints' },
        },
        header('authorization', `Basic ${btoa('api:mailgun-key')}`),
        [mailgunLists, mailgunHooks],
      ),
  ],
  [
    'sendgrid',
    () =>
      startDesk(
        {
          provider: 'sendgrid',
          domain: '',
          key: 'SG.sendgrid-key',
          names: { bounce: 'bounces', complaint: 'spam_reports' },
        },
        header('authorization', 'Bearer SG.sendgrid-key'),
        [sendgridLists, sendgridHooks],
      ),
  ],
  [
    'postmark',
    () =>
      startDesk(
        {
          provider: 'postmark',
          domain: '',
          key: 'postmark-key',
          names: { bounce: 'HardBounce', complaint: 'SpamComplaint' },
        },
        header('x-postmark-server-token', 'postmark-key'),
        [postmarkLists, postmarkHooks],
      ),
  ],
  ...MORE_DESKS,
]);
