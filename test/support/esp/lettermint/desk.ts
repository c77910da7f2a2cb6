import { after, CREATED, type Desk, header, json, type Route, sheet, startDesk, taken } from '../desk.ts';
import { restHooks, words } from '../rest-hooks.ts';

const lettermintLists: Route = (asked, desk) => {
  const id = after(asked, '/v1/suppressions/');
  if (id !== undefined) return { status: taken(desk, ({ address }) => `s-${address}` === id) ? 204 : 404 };
  if (asked.path !== '/v1/suppressions') return undefined;
  if (asked.method === 'POST') {
    for (const address of words(json(asked).emails)) desk.kept.push({ list: 'manual', address });
    return { json: { created: 1, skipped: 0 } };
  }
  const all = desk.kept.filter(({ address }) => (asked.query.get('value') ?? address) === address);
  const found = sheet(desk, all, asked.query.get('cursor'));
  if (!found) return { status: 422, json: { message: 'The cursor is invalid.' } };
  const data = found.items.map(({ list, address }) => ({
    ...{ id: `s-${address}`, type: 'email', value: address, reason: list, scope: 'team', created_at: CREATED },
  }));
  return { json: { data, next_cursor: found.next ?? null } };
};

const lettermintHooks = restHooks({
  root: '/v1/webhooks',
  read: ({ url, events }) => ({ url: String(url), events: words(events), secret: `whsec_${'5'.repeat(32)}` }),
  list: (hooks) => ({ data: hooks.map(({ id, url }) => ({ id, url })), next_cursor: null }),
  made: ({ id, secret }) => ({ id, secret }),
  shown: ({ id, secret }) => ({ id, secret }),
});

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'lettermint',
      domain: '',
      key: 'lm_team_key',
      names: { bounce: 'hard_bounce', complaint: 'spam_complaint' },
    },
    header('authorization', 'Bearer lm_team_key'),
    [lettermintLists, lettermintHooks],
  );
