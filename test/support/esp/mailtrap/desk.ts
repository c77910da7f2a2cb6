import { after, CREATED, type Desk, header, off, type Route, startDesk } from '../desk.ts';
import { restHooks } from '../rest-hooks.ts';

const mailtrap: Route = (asked, desk) => {
  if (asked.path === '/api/suppressions') {
    const last = asked.query.get('last_id');
    const at = desk.kept.findLastIndex(({ address }) => `u-${address}` === last) + 1;
    // The entry that the token names may have gone.
    if (last !== null && at === 0) return { status: 404, json: { error: 'not found' } };
    return {
      json: desk.kept
        .slice(at, asked.query.has('email') ? undefined : at + 1000)
        .filter(({ address }) => (asked.query.get('email') ?? address) === address)
        .map(({ list, address }) => ({
          id: `u-${address}`,
          type: list,
          email: address,
          created_at: CREATED,
          sending_stream: 'any',
        })),
    };
  }
  const id = after(asked, '/api/suppressions/');
  return id === undefined
    ? undefined
    : { status: desk.kept.some(({ list, address }) => `u-${address}` === id && off(desk, list, address)) ? 204 : 404 };
};

const mailtrapHooks = restHooks({
  root: '/api/webhooks',
  read(body) {
    const { url, event_types } = body.webhook as { url: string; event_types: string[] };
    return { url, events: event_types, secret: 'a'.repeat(32) };
  },
  list: (hooks) => ({ data: hooks.map(({ id, url }) => ({ id: Number(id), url })) }),
  // Once, and never again.
  made: ({ id, secret }) => ({ data: { id: Number(id), signing_secret: secret } }),
});

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'mailtrap', domain: '', key: 'mt-key', names: { bounce: 'hard bounce', complaint: 'spam complaint' } },
    header('authorization', 'Bearer mt-key'),
    [mailtrap, mailtrapHooks],
  );
