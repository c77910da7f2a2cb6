import { fakeApi, type Said } from '../server.ts';
import { type FakeEsp, type Happening, isShown, oldestFirst } from '../story.ts';

/** In Eastern time with seven digits, as Postmark writes it. */
const eastern = (at: number): string => `${new Date(at - 5 * 3_600_000).toISOString().slice(0, 23)}0000-05:00`;
const bounce = (one: Happening): string =>
  `{"RecordType":"Bounce","ID":6925601730000${String(one.id).padStart(6, '0')},"Type":"${one.type === 'complained' ? 'SpamComplaint' : one.type === 'bounced' ? 'HardBounce' : 'Transient'}",` +
  `"MessageID":"00000000-0000-4000-8000-${String(one.id).padStart(12, '0')}","Email":${JSON.stringify(one.recipient)},"BouncedAt":"${eastern(one.at)}","MessageStream":"outbound"}`;

/** Postmark's bounces: by offset, newest first, so that rows move from page to page while they are read. */
export async function fakePostmark(): Promise<FakeEsp> {
  const api = await fakeApi((asked): Said => {
    const token = asked.headers['x-postmark-server-token'];
    if (token !== fake.key)
      return {
        status: token === fake.poorKey ? 403 : 401,
        json: { ErrorCode: 10, Message: 'Bad or missing API token' },
      };
    if (asked.path !== '/bounces') return { status: 404, json: { ErrorCode: 404 } };
    const [count, offset] = [Number(asked.query.get('count')), Number(asked.query.get('offset'))];
    if (count + offset > 10_000 || count > 500) return { status: 422, json: { ErrorCode: 600 } };
    const [from, to] = ['fromdate', 'todate'].map((name) => Date.parse(`${asked.query.get(name)}-05:00`)) as [
      number,
      number,
    ];
    const matching = fake.story
      .filter((one) => isShown(fake, one) && one.at >= from && one.at <= to)
      .sort((a, b) => -oldestFirst(a, b));
    // Fewer than were asked for: the count is a most.
    const page = matching.slice(offset, offset + Math.min(count, 4));
    fake.turned();
    return { text: `{"TotalCount":${matching.length},"Bounces":[${page.map(bounce).join(',')}]}` };
  });
  const fake = {
    provider: 'postmark',
    api,
    key: '00000000-server-token-known',
    poorKey: '00000000-account-token',
    domain: '',
    story: [] as Happening[],
    now: () => Date.now(),
    turned: () => {},
    webhook: (one: Happening) =>
      one.type === 'complained'
        ? bounce(one).replace('"RecordType":"Bounce"', '"RecordType":"SpamComplaint"')
        : bounce(one),
  };
  return fake;
}
