import { CREATED, type Desk, header, json, off, type Route, sheet, startDesk } from '../desk.ts';
import { restHooks } from '../rest-hooks.ts';

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

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'klaviyo',
      domain: '',
      key: 'pk_key',
      names: { bounce: 'HARD_BOUNCE', complaint: 'SPAM_COMPLAINT', cleared: 'USER_SUPPRESSED' },
    },
    header('authorization', 'Klaviyo-API-Key pk_key'),
    [klaviyo, klaviyoHooks, klaviyoTopics],
  );
