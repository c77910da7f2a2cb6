import { after, type Desk, header, off, on, page, type Route, startDesk } from '../desk.ts';
import { restHooks, words } from '../rest-hooks.ts';

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

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'customerio', domain: '', key: 'cio-key', names: { bounce: 'bounces', complaint: 'spam_reports' } },
    header('authorization', 'Bearer cio-key'),
    [customerioLists, customerio],
  );
