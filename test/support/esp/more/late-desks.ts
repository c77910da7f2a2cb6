import { after, type Desk, json, off, on, page, type Route, sheet, startDesk } from '../desk.ts';
import { hookForEach, inUrl, restHooks, ticked, words } from './rest-hooks.ts';

const CREATED = '2026-03-01T10:00:00Z';
const taken = (desk: Desk, wanted: (one: Desk['kept'][number]) => boolean): boolean => {
  const found = desk.kept.find(wanted);
  return found !== undefined && off(desk, found.list, found.address);
};

const lettermintLists: Route = (asked, desk) => {
  const id = after(asked, '/v1/suppressions/');
  if (id !== undefined) return { status: taken(desk, ({ address }) => `s-${address}` === id) ? 204 : 404 };
  if (asked.path !== '/v1/suppressions') return undefined;
  if (asked.method === 'POST') {
    for (const address of words(json(asked).emails)) desk.kept.push({ list: 'manual', address });
    return { json: { created: 1, skipped: 0 } };
  }
  const all = desk.kept.filter(({ address }) => (asked.query.get('value') ?? address) === address);
  const found = sheet(desk, all, asked.query.get('cursor'));
  if (!found) return { status: 422, json: { message: 'The cursor is invalid.' } };
  const data = found.items.map(({ list, address }) => ({
    ...{ id: `s-${address}`, type: 'email', value: address, reason: list, scope: 'team', created_at: CREATED },
  }));
  return { json: { data, next_cursor: found.next ?? null } };
};
const lettermintHooks = restHooks({
  root: '/v1/webhooks',
  read: ({ url, events }) => ({ url: String(url), events: words(events), secret: `whsec_${'5'.repeat(32)}` }),
  list: (hooks) => ({ data: hooks.map(({ id, url }) => ({ id, url })), next_cursor: null }),
  made: ({ id, secret }) => ({ id, secret }),
  shown: ({ id, secret }) => ({ id, secret }),
});

const SCALEWAY = '/transactional-email/v1alpha1/regions/fr-par/blocklists';
const scaleway: Route = (asked, desk) => {
  const id = after(asked, `${SCALEWAY}/`);
  if (id !== undefined) return { status: taken(desk, ({ address }) => `b-${address}` === id) ? 204 : 404 };
  if (asked.path !== SCALEWAY) return undefined;
  if (asked.method === 'POST') {
    const { emails, type } = json(asked);
    for (const address of words(emails)) desk.kept.push({ list: String(type), address });
    return { json: { blocklists: [] } };
  }
  const at = (Number(asked.query.get('page')) - 1) * 2;
  const blocklists = desk.kept.slice(at, at + 2).map(({ list, address }) => ({
    ...{ id: `b-${address}`, email: address, type: list, created_at: CREATED, custom: false },
  }));
  return { json: { total_count: desk.kept.length, blocklists } };
};

const unisender: Route = (asked, desk) => {
  const call = after(asked, '/suppression/');
  const { email, cause, cursor } = json(asked) as { email?: string; cause?: string; cursor?: string };
  const show = ({ list, address, locked }: Desk['kept'][number]) => ({
    ...{ email: address, cause: list, source: 'system', is_deletable: !locked, created: '2026-03-01 10:00:00' },
  });
  if (call === 'list.json') {
    const found = sheet(desk, desk.kept, cursor);
    if (!found) return { status: 400, json: { status: 'error', code: 1 } };
    return { json: { suppressions: found.items.map(show), ...(found.next && { cursor: found.next }) } };
  }
  if (call === 'get.json')
    return { json: { suppressions: desk.kept.filter((one) => one.address === email).map(show) } };
  if (call === 'set.json') desk.kept.push({ list: cause ?? '', address: email ?? '' });
  if (call === 'delete.json' && desk.kept.some((one) => one.address === email && one.locked))
    return { status: 400, json: { status: 'error', code: 3004 } };
  if (call === 'delete.json' && !taken(desk, ({ address }) => address === email))
    return { status: 400, json: { status: 'error', code: 3003 } };
  if (call !== undefined) return { json: { status: 'success' } };
  const hook = after(asked, '/webhook/');
  const { url, events } = json(asked) as { url: string; events?: { email_status: string[] } };
  const there = desk.hooks.find((one) => one.url === url);
  if (hook === 'list.json') return { json: { objects: desk.hooks.map(({ id, url: at }) => ({ id, url: at })) } };
  if (hook === 'delete.json' && there) desk.hooks.splice(desk.hooks.indexOf(there), 1);
  const told = events?.email_status ?? [];
  if (hook === 'set.json' && there) there.events = told;
  if (hook === 'set.json' && !there) desk.hooks.push({ id: '7', url, events: told, secret: '' });
  return hook === undefined ? undefined : { json: { status: 'success' } };
};

const smtp2go: Route = (asked, desk) => {
  const { email_address, reasons, continue_token, start_date } = json(asked) as {
    email_address?: string;
    reasons?: string[];
    continue_token?: string;
    start_date?: string;
  };
  switch (asked.path) {
    case '/v3/suppression/view': {
      // By default the last thirty days only: none of these.
      const all = desk.kept.filter(({ address }) => start_date !== undefined && (email_address ?? address) === address);
      const found = sheet(desk, all, continue_token);
      if (!found)
        return {
          status: 400,
          json: { data: { error: 'token', error_code: 'E_ApiResponseCodes.NON_VALIDATING_IN_PAYLOAD' } },
        };
      const results = found.items.map(({ list, address }) => ({
        ...{ email_address: address, suppression_type: list, timestamp: CREATED },
      }));
      return { json: { data: { results, ...(found.next && { continue_token: found.next }) } } };
    }
    case '/v3/suppression/add':
      desk.kept.push({ list: 'manual', address: email_address ?? '' });
      return { json: { data: {} } };
    case '/v3/suppression/remove':
      for (const list of reasons ?? ['manual', 'spam']) off(desk, list, email_address ?? '');
      return { json: { data: {} } };
    default:
      return undefined;
  }
};
const smtp2goHooks: Route = (asked, desk) => {
  const action = after(asked, '/v3/webhook/');
  const { id, url, events } = json(asked) as { id?: number; url: string; events: string[] };
  const hook = desk.hooks.find((one) => one.id === String(id));
  if (action === 'view') return { json: { data: desk.hooks.map((one) => ({ id: Number(one.id), url: one.url })) } };
  if (action === 'add') desk.hooks.push({ id: String(100 + desk.hooks.length), events, ...inUrl(url) });
  if (action === 'edit' && hook) Object.assign(hook, { events, ...inUrl(url) });
  if (action === 'remove' && hook) desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  return action === undefined ? undefined : { json: { data: {} } };
};

const klaviyo: Route = (asked, desk) => {
  if (asked.headers.revision === undefined) return { status: 400, json: { errors: [] } };
  if (asked.path === '/api/profiles') {
    const email = /^equals\(email,"(.+)"\)$/.exec(asked.query.get('filter') ?? '')?.[1];
    const all = desk.kept.filter(({ address }) => (email ?? address) === address);
    const found = sheet(desk, all, asked.query.get('page[cursor]'));
    if (!found) return { status: 400, json: { errors: [{ detail: 'Invalid cursor' }] } };
    const data = found.items.map(({ list, address }) => ({
      type: 'profile',
      id: `p-${address}`,
      attributes: {
        email: address,
        subscriptions: { email: { marketing: { suppression: [{ reason: list, timestamp: CREATED }] } } },
      },
    }));
    const next = `https://a.klaviyo.com/api/profiles?page%5Bcursor%5D=${found.next}`;
    return { json: { data, links: { next: found.next ? next : null } } };
  }
  const verb = /^\/api\/profile-suppression-bulk-(create|delete)-jobs$/.exec(asked.path)?.[1];
  if (verb === undefined) return undefined;
  const { data } = json(asked) as { data: { attributes: { profiles: { data: { attributes: { email: string } }[] } } } };
  for (const { attributes } of data.attributes.profiles.data) {
    if (verb === 'create') desk.kept.push({ list: 'USER_SUPPRESSED', address: attributes.email });
    else off(desk, 'USER_SUPPRESSED', attributes.email);
  }
  return { status: 202, json: {} };
};
const TOPICS = ['received', 'opened', 'clicked', 'bounced', 'dropped', 'spam', 'unsubscribed'];
interface KlaviyoHook {
  readonly data: {
    readonly attributes: { readonly name: string; readonly secret_key: string };
    readonly relationships: { readonly 'webhook-topics': { readonly data: { readonly id: string }[] } };
  };
}
const klaviyoHooks = restHooks({
  root: '/api/webhooks',
  read(body) {
    const { data } = body as unknown as KlaviyoHook;
    const events = data.relationships['webhook-topics'].data.map(({ id }) => id);
    return { url: data.attributes.name.replace('Quell ', ''), secret: data.attributes.secret_key, events };
  },
  list: (hooks) => ({
    data: hooks.map(({ id, url }) => ({
      id,
      attributes: { name: `Quell ${url}`, endpoint_url: `${url.slice(0, 20)}...` },
    })),
  }),
});
const klaviyoTopics: Route = ({ path }) =>
  path === '/api/webhook-topics'
    ? {
        json: {
          data: [...TOPICS.map((word) => `event:klaviyo.${word}_email`), 'event:klaviyo.sms'].map((id) => ({ id })),
        },
      }
    : undefined;

const CIO_LISTS = ['bounces', 'spam_reports', 'invalid_emails', 'blocks'];
const customerioLists: Route = (asked, desk) => {
  const show = ({ list, address, byHand }: Desk['kept'][number]) => ({
    ...{ created: 1_772_359_200, email: address, status: '550' },
    reason: byHand ? 'Uploaded manually via api.customer.io' : `550 5.1.1 ${list}`,
  });
  const searched = after(asked, '/v1/esp/search_suppression/');
  if (searched !== undefined) {
    const found = desk.kept.filter(({ address }) => address === searched);
    return { json: { category: found[0]?.list ?? '', suppressions: found.slice(0, 1).map(show) } };
  }
  const [name = '', ...address] = (after(asked, '/v1/esp/suppression/') ?? '').split('/');
  if (!CIO_LISTS.includes(name)) return undefined;
  if (asked.method === 'GET')
    return { json: { category: name, suppressions: page(on(desk, name), asked, 'limit').map(show) } };
  const who = address.join('/');
  if (who === '') return { status: 404, json: { errors: [] } };
  if (asked.method === 'POST') desk.kept.push({ list: name, address: who, byHand: true });
  else if (!off(desk, name, who)) return { status: 404, json: { errors: [] } };
  return { status: 204 };
};
const customerio = restHooks({
  root: '/v1/reporting_webhooks',
  read: ({ endpoint, events }) => ({ url: String(endpoint), events: words(events), secret: '' }),
  list: (hooks) => ({ reporting_webhooks: hooks.map(({ id, url }) => ({ id: Number(id), endpoint: url })) }),
});

const SES = '/v2/email/suppression/addresses';
const ses: Route = (asked, desk) => {
  const show = ({ list, address }: Desk['kept'][number]) => ({
    ...{ EmailAddress: address, Reason: list, LastUpdateTime: 1_772_359_200.123 },
  });
  const address = after(asked, `${SES}/`);
  if (asked.path === SES && asked.method === 'PUT') {
    const { EmailAddress, Reason } = json(asked);
    desk.kept.push({ list: String(Reason), address: String(EmailAddress) });
    return { json: {} };
  }
  if (asked.path === SES) {
    const found = sheet(desk, desk.kept, asked.query.get('NextToken'));
    if (!found) return { status: 400, json: { message: 'The token has expired.' } };
    const SuppressedDestinationSummaries = found.items.map(show);
    return { json: { SuppressedDestinationSummaries, ...(found.next && { NextToken: found.next }) } };
  }
  const found = desk.kept.find((one) => one.address === address);
  if (!found) return { status: 404, json: { message: 'not on the list' } };
  if (asked.method === 'DELETE') off(desk, found.list, found.address);
  return { json: asked.method === 'DELETE' ? {} : { SuppressedDestination: show(found) } };
};

export const mailtrapHooks = restHooks({
  root: '/api/webhooks',
  read(body) {
    const { url, event_types } = body.webhook as { url: string; event_types: string[] };
    return { url, events: event_types, secret: 'a'.repeat(32) };
  },
  list: (hooks) => ({ data: hooks.map(({ id, url }) => ({ id: Number(id), url })) }),
  // Once, and never again.
  made: ({ id, secret }) => ({ data: { id: Number(id), signing_secret: secret } }),
});
export const mailersendHooks = restHooks({
  root: '/v1/webhooks',
  read: ({ url, events }) => ({ url: String(url), events: words(events), secret: '' }),
  list: (hooks) => ({ data: hooks.map(({ id, url }) => ({ id, url })) }),
});
export const elasticHooks = restHooks({
  root: '/v4/webhook',
  read: (body) => ({ events: ticked(body, 'NotificationFor'), ...inUrl(String(body.URL)) }),
  list: (hooks) => hooks.map(({ id, url }) => ({ PublicID: id, URL: url })),
});

type About = Parameters<typeof startDesk>[0];
const header =
  (name: string, value: string) =>
  ({ headers }: Parameters<Route>[0]) =>
    headers[name] === value;
const isSigned = ({ headers }: Parameters<Route>[0]): boolean =>
  /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-east-1\/ses\/aws4_request, SignedHeaders=\S*host\S*, Signature=[0-9a-f]{64}$/.test(
    headers.authorization ?? '',
  );
const NONE = { bounce: '', complaint: '' };
const desk = (
  provider: string,
  about: Omit<About, 'provider' | 'domain'> & { readonly domain?: string },
  isKey: Parameters<typeof startDesk>[1],
  routes: readonly Route[],
): readonly [string, () => Promise<Desk>] => [
  provider,
  () => startDesk({ provider, domain: '', ...about }, isKey, routes),
];

/** Of the ESPs whose clients came last. */
export const LATE_DESKS = [
  desk(
    'lettermint',
    { key: 'lm_team_key', names: { bounce: 'hard_bounce', complaint: 'spam_complaint' } },
    header('authorization', 'Bearer lm_team_key'),
    [lettermintLists, lettermintHooks],
  ),
  desk(
    'scaleway',
    { domain: 'd-1', key: 'scw-key', names: { bounce: 'mailbox_not_found', complaint: 'mailbox_not_found' } },
    header('x-auth-token', 'scw-key'),
    [scaleway],
  ),
  desk(
    'unisender-go',
    { key: 'ug-key', names: { bounce: 'permanent_unavailable', complaint: 'complained' } },
    header('x-api-key', 'ug-key'),
    [unisender],
  ),
  desk(
    'smtp2go',
    { key: 'api-smtp2go', names: { bounce: 'bounce', complaint: 'spam' } },
    header('x-smtp2go-api-key', 'api-smtp2go'),
    [smtp2go, smtp2goHooks],
  ),
  desk(
    'klaviyo',
    { key: 'pk_key', names: { bounce: 'HARD_BOUNCE', complaint: 'SPAM_COMPLAINT', cleared: 'USER_SUPPRESSED' } },
    header('authorization', 'Klaviyo-API-Key pk_key'),
    [klaviyo, klaviyoHooks, klaviyoTopics],
  ),
  desk('ses', { key: 'unused', names: { bounce: 'BOUNCE', complaint: 'COMPLAINT' } }, isSigned, [ses]),
  desk(
    'customerio',
    { key: 'cio-key', names: { bounce: 'bounces', complaint: 'spam_reports' } },
    header('authorization', 'Bearer cio-key'),
    [customerioLists, customerio],
  ),
  desk('mailjet', { key: 'mj:key', names: NONE }, header('authorization', `Basic ${btoa('mj:key')}`), [hookForEach]),
];
