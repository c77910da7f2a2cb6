import { fakeApi, type Said } from '../server.ts';
import { type FakeEsp, type Happening, isShown, oldestFirst } from '../story.ts';

const WORDS = { delivered: 'delivered', bounced: 'failed', complained: 'complained', opened: 'opened' } as const;

/** Written by hand: the timestamp has six digits of fraction, which nobody may write anew. */
const item = ({ id, at, type, recipient }: Happening): string =>
  `{"event":"${WORDS[type]}","id":"id-${id}","timestamp":${(at / 1000).toFixed(3)}${String(id % 1000).padStart(3, '0')},"recipient":${JSON.stringify(recipient)},` +
  `"message":{"headers":{"message-id":"m${id}@example.com"}}${type === 'bounced' ? ',"severity":"permanent","reason":"bounce","delivery-status":{"code":550,"message":"5.1.1 no such user"}' : ''}}`;

/** Mailgun's v3 events: a next page is always there, an empty one is the end, and a page that is read again may have grown. */
export async function fakeMailgun(pageSize = 3): Promise<FakeEsp> {
  const cursors = new Map<string, { readonly begin: number; readonly end: number; readonly after?: Happening }>();
  const api = await fakeApi((asked): Said => {
    if (asked.headers.authorization !== basic(fake.key))
      return asked.headers.authorization === basic(fake.poorKey)
        ? { status: 403, text: 'Forbidden' }
        : { status: 401, text: 'Forbidden' };
    const [, domain, token] = /^\/v3\/([^/]+)\/events(?:\/([^/]+))?$/.exec(asked.path) ?? [];
    if (domain !== fake.domain) return { status: 404, json: { message: 'Domain not found' } };
    const cursor =
      token === undefined
        ? { begin: Number(asked.query.get('begin')) * 1000, end: Number(asked.query.get('end')) * 1000 }
        : cursors.get(token);
    if (!cursor) return { status: 404, json: { message: 'page not found' } };
    // Both ends belong to the window.
    const matching = fake.story
      .filter((one) => isShown(fake, one) && one.at >= cursor.begin && one.at <= cursor.end)
      .sort(oldestFirst)
      .filter((one) => cursor.after === undefined || oldestFirst(one, cursor.after) > 0);
    const page = matching.slice(0, pageSize);
    const next = `n${cursors.size}`;
    const last = page.at(-1) ?? cursor.after;
    cursors.set(next, { ...cursor, ...(last && { after: last }) });
    fake.turned();
    return {
      text: `{"items":[${page.map(item).join(', ')}],"paging":{"next":"https://api.mailgun.net/v3/${fake.domain}/events/${next}"}}`,
    };
  });
  const fake = {
    provider: 'mailgun',
    api,
    key: 'key-0123456789abcdef-mailgun',
    poorKey: 'key-of-a-sending-domain',
    domain: 'mg.example.com',
    story: [] as Happening[],
    now: () => Date.now(),
    turned: () => {},
    forget: () => cursors.clear(),
    webhook: (one: Happening) =>
      `{"signature":{"timestamp":"1","token":"t${one.id}","signature":"s"},"event-data":${item(one)}}`,
  };
  return fake;
}

const basic = (key: string): string => `Basic ${Buffer.from(`api:${key}`).toString('base64')}`;
