import { fakeApi, type Said } from '../server.ts';
import { type FakeEsp, type Happening, isShown, oldestFirst } from '../story.ts';

const WORDS = { delivered: 'delivered', bounced: 'bounce', complained: 'spamreport', opened: 'open' } as const;
const mailOf = ({ id }: Happening): string => `mail-${Math.floor(id / 2)}.recvd-${Math.floor(id / 2)}-1.0`;
let told = 0;
const event = (one: Happening) => ({
  event: WORDS[one.type],
  email: one.recipient,
  timestamp: Math.floor(one.at / 1000),
  sg_message_id: mailOf(one),
  sg_event_id: `e-${one.id}-${++told}`,
  ...(one.type === 'bounced' && { type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no such user' }),
});

/** SendGrid's Email Logs: a search over the mails' own time that shows no more than its limit, and the events of each mail. */
export async function fakeSendgrid(most = 1000): Promise<FakeEsp> {
  const api = await fakeApi((asked): Said => {
    const key = asked.headers.authorization?.replace('Bearer ', '');
    if (key !== fake.key)
      return { status: key === fake.poorKey ? 403 : 401, json: { errors: [{ message: 'access forbidden' }] } };
    const shown = fake.story.filter((one) => isShown(fake, one)).sort(oldestFirst);
    const mails = Map.groupBy(shown, mailOf);
    if (asked.method === 'POST' && asked.path === '/v3/logs') {
      const { query, limit } = JSON.parse(asked.body) as { query: string; limit: number };
      const [from = 0, to = 0] = [...query.matchAll(/TIMESTAMP "([^"]+)"/g)].map(([, at = '']) => Date.parse(at));
      const found = [...mails].filter(([, [first]]) => first && first.at >= from && first.at < to);
      fake.turned();
      return {
        json: {
          messages: found
            .slice(0, Math.min(limit, most))
            .map(([id, [first]]) => ({ sg_message_id: id, to_email: first?.recipient })),
        },
      };
    }
    const id = decodeURIComponent(/^\/v3\/logs\/(.+)$/.exec(asked.path)?.[1] ?? '');
    const events = mails.get(id);
    if (!events) return { status: 404, json: { errors: [{ message: 'not found' }] } };
    return {
      json: {
        sg_message_id: id,
        to_email: events[0]?.recipient,
        events: [
          { event: 'received', timestamp: 1 },
          ...events.map((one) => ({ ...event(one), custom_args: { order: String(one.id) } })),
        ],
      },
    };
  });
  const fake = {
    provider: 'sendgrid',
    api,
    key: 'SG.a-key-that-sendgrid-knows',
    poorKey: 'SG.a-key-without-the-scope',
    domain: '',
    story: [] as Happening[],
    now: () => Date.now(),
    turned: () => {},
    webhook: (one: Happening) => JSON.stringify({ ...event(one), order: String(one.id) }),
  };
  return fake;
}
