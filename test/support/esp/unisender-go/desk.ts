import { after, type Desk, header, json, type Route, sheet, startDesk, taken } from '../desk.ts';

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

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'unisender-go',
      domain: '',
      key: 'ug-key',
      names: { bounce: 'permanent_unavailable', complaint: 'complained' },
    },
    header('x-api-key', 'ug-key'),
    [unisender],
  );
