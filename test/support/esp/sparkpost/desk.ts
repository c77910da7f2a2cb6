import { after, type Desk, header, json, type KeptHook, nextId, off, type Route, sheet, startDesk } from '../desk.ts';

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

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'sparkpost',
      domain: '',
      key: 'sparkpost-key',
      names: { bounce: 'transactional', complaint: 'non_transactional' },
    },
    header('authorization', 'sparkpost-key'),
    [sparkpostLists, sparkpostHooks],
  );
