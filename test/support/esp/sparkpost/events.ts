import { fakeApi, type Said } from '../server.ts';
import { type FakeEsp, type Happening, isShown, oldestFirst } from '../story.ts';

const TYPES = { delivered: 'delivery', bounced: 'bounce', complained: 'spam_complaint', opened: 'open' } as const;
const KINDS = { opened: 'track_event' } as const;
const facts = ({ id, type, recipient }: Happening) => ({
  type: TYPES[type],
  event_id: `9235692769381${String(id).padStart(6, '0')}`,
  message_id: `m-${id}`,
  transmission_id: `t-${id}`,
  rcpt_to: recipient.toLowerCase(),
  raw_rcpt_to: recipient,
  ...(type === 'bounced' && { bounce_class: '10', error_code: '550', raw_reason: '550 5.1.1 no such user' }),
});

/** SparkPost's message events: cursor pages, oldest first, `to` not included; the webhook tells seconds, the API ISO 8601. */
export async function fakeSparkpost(pageSize = 3): Promise<FakeEsp & { readonly cursors: Map<string, Cursor> }> {
  const cursors = new Map<string, Cursor>();
  const api = await fakeApi((asked): Said => {
    const key = asked.headers.authorization;
    if (key !== fake.key)
      return { status: key === fake.poorKey ? 403 : 401, json: { errors: [{ message: 'Unauthorized.' }] } };
    if (asked.path !== '/api/v1/events/message') return { status: 404, json: { errors: [{ message: 'none' }] } };
    const token = asked.query.get('cursor') ?? 'initial';
    const cursor =
      token === 'initial'
        ? { from: Date.parse(asked.query.get('from') ?? ''), to: Date.parse(asked.query.get('to') ?? '') }
        : cursors.get(token);
    if (!cursor) return { status: 400, json: { errors: [{ message: 'Invalid cursor' }] } };
    const matching = fake.story
      .filter((one) => isShown(fake, one) && one.at >= cursor.from && one.at < cursor.to)
      .sort(oldestFirst)
      .filter((one) => cursor.after === undefined || oldestFirst(one, cursor.after) > 0);
    const blank = fake.blank && cursor.after !== undefined;
    if (blank) fake.blank = false;
    const page = blank ? [] : matching.slice(0, pageSize);
    const more = matching.length > page.length;
    const next = `c${cursors.size}`;
    const last = page.at(-1) ?? cursor.after;
    if (more) cursors.set(next, { ...cursor, ...(last && { after: last }) });
    fake.turned();
    return {
      json: {
        results: page.map((one) => ({
          ...facts(one),
          timestamp: new Date(one.at).toISOString().replace('Z', '+00:00'),
        })),
        total_count: matching.length,
        links: more ? { next: `/api/v1/events/message?cursor=${next}` } : {},
      },
    };
  });
  const fake = {
    provider: 'sparkpost',
    api,
    cursors,
    key: 'a-key-that-sparkpost-knows',
    poorKey: 'a-key-without-the-grant',
    domain: '',
    story: [] as Happening[],
    now: () => Date.now(),
    turned: () => {},
    forget: () => cursors.clear(),
    blank: false,
    webhook: (one: Happening) =>
      JSON.stringify({
        msys: {
          [one.type === 'opened' ? KINDS.opened : 'message_event']: {
            ...facts(one),
            timestamp: String(Math.floor(one.at / 1000)),
          },
        },
      }),
  };
  return fake;
}

export interface Cursor {
  readonly from: number;
  readonly to: number;
  /** The last that was shown. */
  readonly after?: Happening;
}
