import { after, CREATED, type Desk, header, json, off, on, type Route, startDesk } from '../desk.ts';
import { restHooks, words } from '../rest-hooks.ts';

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

const mailersendHooks = restHooks({
  root: '/v1/webhooks',
  read: ({ url, events }) => ({ url: String(url), events: words(events), secret: '' }),
  list: (hooks) => ({ data: hooks.map(({ id, url }) => ({ id, url })) }),
});

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'mailersend',
      domain: 'd-1',
      key: 'mlsn-key',
      names: { bounce: 'hard-bounces', complaint: 'spam-complaints' },
    },
    header('authorization', 'Bearer mlsn-key'),
    [mailersend, mailersendHooks],
  );
