import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { interpreter } from '../../../lambda/domain/interpret.ts';
import { machineAgent } from '../../../lambda/domain/machines/agents.ts';
import { withBursts } from '../../../lambda/domain/machines/bursts.ts';
import { noticeMachines } from '../../../lambda/handlers/process/notice/machines.ts';
import type { Opened } from '../../../lambda/handlers/process/opened.ts';
import { resend } from '../../../lambda/providers/resend/index.ts';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';

/** Machines told from people, where the ESP does not say. A person must never be called a machine. */

const START = Date.UTC(2026, 4, 4, 10);
let made = 0;
const clicked = (at: number, link: string, over: Partial<NormalisedEvent> = {}): NormalisedEvent => ({
  fingerprint: String(++made).padStart(32, '0'),
  type: 'clicked',
  source: 'shop',
  provider: 'resend',
  providerEvent: 'email.clicked',
  recipient: 'ada@example.com',
  messageId: 'm1',
  url: `https://shop.example/${link}`,
  occurredAt: new Date(START + at).toISOString(),
  receivedAt: '2026-05-04T12:00:00.000Z',
  ...over,
});
const marked = (events: readonly NormalisedEvent[]): boolean[] =>
  withBursts(events).map(({ machine, machineWhy }) => machine === true && machineWhy === 'burst');

/** What mail programs, web mail in browsers and phones send. The phone called CUBOT is no bot. */
const PEOPLE = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246',
  'Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.10.1',
  'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; Microsoft Outlook 16.0.17531; ms-office; MSOffice 16)',
  'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)',
  'Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_20 Build/PPR1) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Mobile Safari/537.36',
  'Dalvik/2.1.0 (Linux; U; Android 14; SM-S911B Build/UP1A.231005.007)',
  'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
  'Lotus-Notes/6.0; Windows-NT',
  'Outlook-iOS/2.0',
  'BlackBerry9700/5.0.0.862 Profile/MIDP-2.1',
];

describe('agents, as they are described in public', () => {
  test.each([
    ['prefetch', 'Mozilla/5.0'],
    [
      'prefetch',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0',
    ],
    ['proxy', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'],
    ['proxy', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html'],
    ['proxy', 'SeznamEmailProxy/2.0.167'],
    [
      'scanner',
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/87.0.4280.66 Safari/537.36 (Barracuda Sentinel (EE))',
    ],
    ['scanner', 'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b'],
    ['scanner', 'Mozilla/5.0 (compatible; proofpoint-url-defense)'],
    ['scanner', 'Mimecast URL Protect'],
    ['scanner', 'Microsoft Office Existence Discovery'],
    ['scanner', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36'],
    ['scanner', 'Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example/about)'],
    ['scanner', 'curl/8.5.0'],
  ])('%s: %s', (why, agent) => {
    expect(machineAgent(agent)).toBe(why);
    expect(resendEvent('email.opened', agent)).toMatchObject({ machine: true, machineWhy: why });
    // One click may be a person's, whatever its program is called.
    expect(resendEvent('email.clicked', agent)).not.toHaveProperty('machine');
  });

  test.each(PEOPLE)('nobody: %s', (agent) => {
    expect(machineAgent(agent)).toBeUndefined();
    expect(resendEvent('email.opened', agent)).not.toHaveProperty('machineWhy');
  });

  test('where the ESP says, it has the word', () => {
    const open = (machine: boolean) =>
      read(sendgrid, {
        event: 'open',
        email: 'ada@example.com',
        timestamp: START / 1000,
        sg_message_id: 'm',
        useragent: 'curl/8.5.0',
        sg_machine_open: machine,
      });
    expect(open(true)).toMatchObject({ machine: true, machineWhy: 'esp' });
    expect(open(false)).toMatchObject({ machine: false });
    expect(open(false)).not.toHaveProperty('machineWhy');
  });
});

describe('bursts', () => {
  test('two links of one mail less than a second apart: many ESPs tell whole seconds, and one apart can be two', () => {
    expect(marked([clicked(0, 'a'), clicked(0, 'b')])).toEqual([true, true]);
    expect(marked([clicked(0, 'a'), clicked(999, 'b')])).toEqual([true, true]);
    expect(marked([clicked(0, 'a'), clicked(1000, 'b')])).toEqual([false, false]);
  });

  test('three links of one mail within three seconds', () => {
    expect(marked([clicked(0, 'a'), clicked(1500, 'b'), clicked(2999, 'c')])).toEqual([true, true, true]);
    expect(marked([clicked(0, 'a'), clicked(1000, 'b'), clicked(2000, 'c')])).toEqual([true, true, true]);
    expect(marked([clicked(0, 'a'), clicked(1500, 'b'), clicked(3000, 'c')])).toEqual([false, false, false]);
    expect(marked([clicked(0, 'a'), clicked(1500, 'b'), clicked(2999, 'a')])).toEqual([false, false, false]);
  });

  test('one link however often, links of other mails, other people, and clicks without a link or a time are none', () => {
    expect(marked([clicked(0, 'a'), clicked(0, 'a'), clicked(100, 'a')])).toEqual([false, false, false]);
    expect(marked([clicked(0, 'a'), clicked(0, 'b', { messageId: 'm2' })])).toEqual([false, false]);
    expect(marked([clicked(0, 'a'), clicked(0, 'b', { recipient: 'bob@example.com' })])).toEqual([false, false]);
    const { url: _url, ...without } = clicked(0, 'b');
    const { occurredAt: _at, ...timeless } = clicked(0, 'b');
    const { messageId: _id, ...mailless } = clicked(0, 'b');
    expect(
      marked([clicked(0, 'a'), without, timeless, mailless, { ...mailless, url: 'https://shop.example/c' }]),
    ).toEqual(Array(5).fill(false));
  });

  test('a person who comes back to a mail that a scanner had swept stays a person', () => {
    const events = [clicked(0, 'a'), clicked(200, 'b'), clicked(400, 'c'), clicked(3_600_000, 'b')];
    expect(marked(events)).toEqual([true, true, true, false]);
  });

  test("the ESP's word stands, either way, and its clicks are neighbours all the same", () => {
    const [a, b] = withBursts([clicked(0, 'a', { machine: false }), clicked(0, 'b')]);
    expect([a?.machine, b?.machine]).toEqual([false, true]);
    expect(a).not.toHaveProperty('machineWhy');
  });

  const clicks = fc.array(fc.tuple(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 0, max: 4 })), {
    maxLength: 14,
  });

  test('are those that the rule names, in any order; some of a mail show none that all of it would not', () => {
    fc.assert(
      fc.property(clicks, fc.integer({ min: 0, max: 13 }), (list, cut) => {
        const events = list.map(([at, link]) => clicked(at, String(link)));
        const told = marked(events);
        const near = (i: number, ms: number, links: number): boolean =>
          // Some window of this length holds this click and so many links.
          list.some(([from]) => {
            const inside = list.filter(([at]) => at >= from && at < from + ms);
            return (
              inside.includes(list[i] as [number, number]) && new Set(inside.map(([, link]) => link)).size >= links
            );
          });
        expect(told).toEqual(list.map((_click, i) => near(i, 1000, 2) || near(i, 3000, 3)));
        expect(marked(events.toReversed())).toEqual(told.toReversed());
        expect(marked(events.slice(cut)).every((mark, i) => !mark || told[cut + i])).toBe(true);
      }),
    );
  });

  test('of a hundred thousand clicks are found in one pass', () => {
    const many = Array.from({ length: 100_000 }, (_, n) => clicked(n % 7, String(n % 3)));
    expect(marked(many).every(Boolean)).toBe(true);
  });

  test('are told in a batch of `process`, across its messages', () => {
    const opened = (...events: NormalisedEvent[]) =>
      ({ events: events.map((event) => ({ raw: '{}', event })) }) as unknown as Opened;
    const told = noticeMachines([
      opened(clicked(0, 'a')),
      opened(clicked(500, 'b'), clicked(0, 'a', { messageId: 'm2' })),
    ]);
    expect(told.map(({ events }) => events.map(({ event }) => event.machineWhy))).toEqual([
      ['burst'],
      ['burst', undefined],
    ]);
    const people = [opened(clicked(0, 'a')), opened(clicked(5000, 'b'))];
    expect(noticeMachines(people)).toBe(people);
  });
});

describe('people', () => {
  /** A pause of a hand that goes to another link: it has to find it. In milliseconds. */
  const hand = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1600, max: 90_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 60_000, max: 9 * 86_400_000 }) },
  );
  /** Again on the same link: a double click, a page that did not load. */
  const again = fc.integer({ min: 60, max: 1500 });
  const act = fc.record({
    kind: fc.constantFrom('open', 'click', 'click', 'again'),
    pause: hand,
    again,
    link: fc.integer({ min: 0, max: 6 }),
    agent: fc.constantFrom(...PEOPLE),
  });
  const history = fc.array(fc.array(act, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 5 });

  test.each([
    ['milliseconds', 1],
    ['whole seconds', 1000],
  ])('1,000 histories of people, told in %s, and not one mark', (_grain, grain) => {
    let events = 0;
    fc.assert(
      fc.property(history, (mails) => {
        const all = mails.flatMap((acts, mail) => {
          let at = START + mail * 7 * 86_400_000;
          let link = 0;
          return acts.map((one) => {
            at += one.kind === 'again' ? one.again : one.pause;
            if (one.kind === 'click') link = one.link;
            const type = one.kind === 'open' ? 'email.opened' : 'email.clicked';
            return resendEvent(type, one.agent, {
              at: Math.floor(at / grain) * grain,
              link: `${link}`,
              mail: `m${mail}`,
            });
          });
        });
        events += all.length;
        expect(withBursts(all as NormalisedEvent[]).filter((event) => event?.machine !== undefined)).toEqual([]);
      }),
      { numRuns: 1000, seed: 20260504 },
    );
    expect(events).toBeGreaterThan(10_000);
  });

  test('1,000 sweeps of gateways, and every click marked', () => {
    const sweep = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(sweep, (gaps) => {
        let at = 0;
        const clicks = gaps.map((gap, link) => {
          at += gap;
          return clicked(at, String(link));
        });
        expect(marked(clicks)).toEqual(clicks.map(() => true));
      }),
      { numRuns: 1000, seed: 20260504 },
    );
  });
});

const interpreters = new Map<string, ReturnType<typeof interpreter>>();
function read(provider: { readonly id: string }, raw: object): NormalisedEvent | undefined {
  const interpret =
    interpreters.get(provider.id) ?? interpreter('shop', { provider: provider as never, options: {} as never });
  interpreters.set(provider.id, interpret);
  const meaning = interpret(JSON.stringify(raw), {}, { receivedAt: '2026-05-04T12:00:00.000Z', requestId: 'r' });
  return 'poison' in meaning ? undefined : meaning.events[0];
}

function resendEvent(
  type: 'email.opened' | 'email.clicked',
  userAgent: string,
  { at = START, link = 'a', mail = 'm' } = {},
): NormalisedEvent | undefined {
  const timestamp = new Date(at).toISOString();
  const [word] = type.split('.').slice(1);
  return read(resend, {
    type,
    created_at: timestamp,
    data: {
      email_id: mail,
      to: ['ada@example.com'],
      [word === 'opened' ? 'open' : 'click']: {
        timestamp,
        ipAddress: '192.0.2.1',
        userAgent,
        link: `https://shop.example/${link}`,
      },
    },
  });
}
