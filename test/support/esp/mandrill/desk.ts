import { after, type Desk, json, type KeptHook, nextId, off, type Route, startDesk } from '../desk.ts';

const mandrill: Route = (asked, desk) => {
  const call = after(asked, '/api/1.3/');
  const { email, url, events, id } = json(asked) as { email?: string; url: string; events: string[]; id: number };
  const show = ({ id: one, url: where, secret }: KeptHook) => ({ id: Number(one), url: where, auth_key: secret });
  const hook = desk.hooks.find((one) => one.id === String(id));
  switch (call) {
    case 'rejects/list':
      return {
        json: desk.kept
          .filter(({ address }) => (email ?? address) === address)
          .map(({ list, address }) => ({ email: address, reason: list, created_at: '2026-03-01 10:00:00' })),
      };
    case 'rejects/add':
      desk.kept.push({ list: 'custom', address: email ?? '' });
      return { json: { email, added: true } };
    case 'rejects/delete':
      return {
        json: { email, deleted: desk.kept.some(({ list, address }) => address === email && off(desk, list, address)) },
      };
    case 'webhooks/list':
      return { json: desk.hooks.map(show) };
    case 'webhooks/add': {
      const made: KeptHook = { id: nextId(desk), url, events, secret: 'a-key-of-mandrill-0001' };
      desk.hooks.push(made);
      return { json: show(made) };
    }
    case 'webhooks/update':
      if (hook) Object.assign(hook, { url, events });
      return hook && { json: show(hook) };
    case 'webhooks/delete':
      if (hook) desk.hooks.splice(desk.hooks.indexOf(hook), 1);
      return hook && { json: show(hook) };
    default:
      return undefined;
  }
};

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'mandrill', domain: '', key: 'md-key', names: { bounce: 'hard-bounce', complaint: 'spam' } },
    (asked) => json(asked).key === 'md-key',
    [mandrill],
  );
