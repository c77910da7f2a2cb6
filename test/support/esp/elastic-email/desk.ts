import { after, type Desk, header, off, on, page, type Route, startDesk } from '../desk.ts';
import { inUrl, restHooks, ticked } from '../rest-hooks.ts';

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

const elasticHooks = restHooks({
  root: '/v4/webhook',
  read: (body) => ({ events: ticked(body, 'NotificationFor'), ...inUrl(String(body.URL)) }),
  list: (hooks) => hooks.map(({ id, url }) => ({ PublicID: id, URL: url })),
});

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'elastic-email', domain: '', key: 'ee-key', names: { bounce: 'bounces', complaint: 'complaints' } },
    header('x-elasticemail-apikey', 'ee-key'),
    [elasticHooks, elastic],
  );
