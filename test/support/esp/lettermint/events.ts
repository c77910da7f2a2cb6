import { fakeApi, type Said } from '../server.ts';
import { type FakeEsp, type Happening, isShown } from '../story.ts';

const WORDS = {
  delivered: 'delivered',
  bounced: 'hard_bounced',
  complained: 'spam_complaint',
  opened: 'opened',
} as const;
const payload = ({ id, at, type, recipient }: Happening) => ({
  id: `e-${id}`,
  event: `message.${WORDS[type]}`,
  timestamp: new Date(at).toISOString(),
  data: {
    message_id: `m-${id}`,
    recipient,
    ...(type === 'bounced' && { response: { status_code: 550, content: '550 5.1.1 no such user' } }),
  },
});

/** Lettermint's deliveries of one webhook: newest first, by cursor; some are attempts of one event, and those that went well are there too. */
export async function fakeLettermint(pageSize = 3): Promise<FakeEsp> {
  const cursors = new Map<string, ReadonlySet<string>>();
  const deliveries = () =>
    fake.story
      .filter((one) => isShown(fake, one))
      .flatMap((one) => [
        ...(one.id % 3 === 0 ? [{ id: `d-${one.id}-1`, one, status: 'timeout' }] : []),
        { id: `d-${one.id}-2`, one, status: one.id % 2 === 0 ? 'server_error' : 'failed' },
        { id: `d-${one.id}-ok`, one: { ...one, id: one.id + 1_000_000 }, status: 'success' },
      ])
      .map((one, at, all) => ({ ...one, id: `${one.id}~${all.slice(0, at).filter(({ id }) => id === one.id).length}` }))
      .reverse();
  const api = await fakeApi((asked): Said => {
    const key = asked.headers.authorization?.replace('Bearer ', '');
    if (key !== fake.key) return { status: key === fake.poorKey ? 403 : 401, json: { message: 'Unauthenticated.' } };
    if (asked.path === '/v1/webhooks')
      return {
        json: {
          data: [
            { id: 'w-1', url: 'https://hooks.example.com/webhooks/v1/lettermint' },
            { id: 'w-2', url: 'https://other.example/webhooks/v1/else' },
          ],
        },
      };
    const id = /^\/v1\/webhooks\/w-1\/deliveries(?:\/(.+))?$/.exec(asked.path);
    if (!id) return { status: 404, json: { message: 'Not found' } };
    if (id[1] !== undefined) {
      const found = deliveries().find((one) => one.id === id[1]);
      return found ? { json: { id: found.id, payload: payload(found.one) } } : { status: 404, json: {} };
    }
    const cursor = asked.query.get('cursor');
    const left = cursor === null ? undefined : cursors.get(cursor);
    if (cursor !== null && !left) return { status: 422, json: { message: 'The cursor is invalid.' } };
    const all = deliveries().filter((one) => left?.has(one.id) ?? true);
    const blank = fake.blank && cursor !== null;
    if (blank) fake.blank = false;
    const page = blank ? [] : all.slice(0, pageSize);
    const next = `c${cursors.size}`;
    const more = all.length > page.length;
    if (more) cursors.set(next, new Set(all.slice(page.length).map((one) => one.id)));
    fake.turned();
    return {
      json: {
        data: page.map((one) => ({ id: one.id, status: one.status, event_type: payload(one.one).event })),
        next_cursor: more ? next : null,
      },
    };
  });
  const fake = {
    provider: 'lettermint',
    api,
    key: 'lm_team_a-key-that-is-known',
    poorKey: 'lm_a-sending-token',
    domain: '',
    story: [] as Happening[],
    now: () => Date.now(),
    turned: () => {},
    forget: () => cursors.clear(),
    blank: false,
    webhook: (one: Happening) => JSON.stringify(payload(one)),
  };
  return fake;
}
