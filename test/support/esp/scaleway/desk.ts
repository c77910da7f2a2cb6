import { after, CREATED, type Desk, header, json, type Route, startDesk, taken } from '../desk.ts';
import { words } from '../rest-hooks.ts';

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

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'scaleway',
      domain: 'd-1',
      key: 'scw-key',
      names: { bounce: 'mailbox_not_found', complaint: 'mailbox_not_found' },
    },
    header('x-auth-token', 'scw-key'),
    [scaleway],
  );
