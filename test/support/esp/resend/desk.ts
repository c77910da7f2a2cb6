import { after, CREATED, type Desk, header, json, type KeptHook, nextId, off, type Route, startDesk } from '../desk.ts';

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

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'resend', domain: '', key: 're_key', names: { bounce: 'bounce', complaint: 'complaint' } },
    header('authorization', 'Bearer re_key'),
    [resend],
  );
