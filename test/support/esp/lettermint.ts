import { fakeApi, type Said } from './server.ts';
import { type FakeEsp, type Happening, isShown } from './story.ts';

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
  const deliveries = () =>
    fake.story
      .filter((one) => isShown(fake, one))
      .flatMap((one) => [
        ...(one.id % 3 === 0 ? [{ id: `d-${one.id}-1`, one, status: 'timeout' }] : []),
        { id: `d-${one.id}-2`, one, status: one.id % 2 === 0 ? 'server_error' : 'failed' },
        { id: `d-${one.id}-ok`, one: { ...one, id: one.id + 1_000_000 }, status: 'success' },
      ])
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
    const all = deliveries();
    const at = all.findIndex((one) => one.id === asked.query.get('cursor')) + 1;
    const page = all.slice(at, at + pageSize);
    fake.turned();
    return {
      json: {
        data: page.map((one) => ({ id: one.id, status: one.status, event_type: payload(one.one).event })),
        next_cursor: all.length > at + pageSize ? page.at(-1)?.id : null,
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
    webhook: (one: Happening) => JSON.stringify(payload(one)),
  };
  return fake;
}
