import { describe, expect, jest, test } from '@jest/globals';
import type { Erasures } from '../../../lambda/aws/dynamodb/erasures.ts';
import type { EventStore, Recorded } from '../../../lambda/aws/dynamodb/events.ts';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import { readRequestsFact, requestsFact } from '../../../lambda/contract/logs.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { withPointers } from '../../../lambda/handlers/process/archive.ts';
import { forgetErased } from '../../../lambda/handlers/process/erased.ts';
import { requestsOf } from '../../../lambda/handlers/process/notice/requests.ts';
import type { Opened } from '../../../lambda/handlers/process/opened.ts';
import { record } from '../../../lambda/handlers/process/record.ts';
import { divide, sharesOf } from '../../../lambda/handlers/process/step.ts';
import { tallyOf } from '../../../lambda/handlers/process/tally.ts';
import { DEFAULT_POLICY } from '../../../lib/settings/policy.ts';
import { listenToLog } from '../../support/surroundings/said.ts';

/** The steps of `process` by themselves, each with what the others would give it. */

const NOW = Date.UTC(2026, 4, 4, 10, 0, 10);
const RECEIVED = '2026-05-04T10:00:00.000Z';
const event = (over: Partial<NormalisedEvent> = {}): NormalisedEvent => ({
  fingerprint: 'a'.repeat(32),
  type: 'delivered',
  source: 'news',
  provider: 'sendgrid',
  providerEvent: 'delivered',
  recipient: 'ada@gmail.com',
  occurredAt: '2026-05-04T09:59:58.000Z',
  receivedAt: RECEIVED,
  ...over,
});
function opened(messageId: string, events: readonly NormalisedEvent[], over: object = {}): Opened {
  const message = {
    v: 1,
    source: 'news',
    channel: 'https',
    receivedAt: RECEIVED,
    requestId: 'r',
    origin: 'live',
    events: [],
    ...over,
  } as Opened['message'];
  const raws = events.map((one, at) => ({ raw: `{"raw":${at}}`, event: one }));
  const none = { withoutEvents: [], controls: [], tokens: [], poison: [] };
  return { messageId, body: '', message, provider: 'sendgrid', events: raws, ...none } as Opened;
}
const config: RuntimeConfig = {
  stage: 'test',
  sources: { news: { provider: 'sendgrid', options: {} }, shop: { provider: 'sendgrid', options: {} } },
  eventRetentionDays: 35,
  policy: DEFAULT_POLICY,
};

describe('the shares of time', () => {
  test('each step ends before the next, all but archiving and burying in the first half, and a second is left to answer', () => {
    const until = sharesOf(1000, 30_000);
    expect(until).toEqual({
      erased: 3250,
      bound: 5500,
      recorded: 10_000,
      judged: 13_000,
      suppressed: 16_000,
      kept: 22_000,
      obeyed: 25_000,
      buried: 30_000,
    });
    expect(sharesOf(0, 2000).buried).toBe(1750);
  });
});

test('messages are divided by whether they failed', () => {
  const [a, b] = [opened('a', []), opened('b', [])];
  expect(divide([a, b], new Set([b]))).toEqual({ messages: [a], failed: [b] });
});

describe('recording', () => {
  const store = (outcomes: readonly Recorded[]) => ({ record: async () => [...outcomes] }) as unknown as EventStore;

  test('one event that was not stored gives its message back; the others of that message are judged all the same', async () => {
    const [a, b] = [opened('a', [event(), event()]), opened('b', [event()])];
    const began = Date.now();
    const stored = await record([a, b], store(['new', 'failed', 'seen']), NOW);
    expect([stored.messages, stored.failed]).toEqual([[b], [a]]);
    // What a step does not change goes on as it is.
    expect(stored.messages[0]).toBe(b);
    expect(stored.at).toBeGreaterThanOrEqual(began);
    expect(stored.events.map(({ message, outcome }) => [message.messageId, outcome])).toEqual([
      ['a', 'new'],
      ['a', 'failed'],
      ['b', 'seen'],
    ]);
  });

  test('of what the store says nothing it is not known that it is stored', async () => {
    const a = opened('a', [event(), event()]);
    expect(await record([a], store(['new']), NOW)).toMatchObject({ messages: [], failed: [a] });
  });

  test('what the table will never take is poison; the message that came is not written into', async () => {
    const a = opened('a', [event(), event()]);
    const own = { reason: 'poison-event' as const, detail: 'x' };
    const stored = await record([{ ...a, poison: [own] }], store(['poison', 'new']), NOW);
    expect(stored.messages[0]?.poison).toEqual([
      own,
      { reason: 'refused-by-table', detail: 'The table does not take this item.', raw: '{"raw":0}' },
    ]);
    expect(a.poison).toEqual([]);
  });

  test('a replay is stored without being published, and over its record, as it asks; nothing else is', async () => {
    const modes: unknown[] = [];
    const watching = {
      record: async (events: readonly unknown[], _deadline: number, modeOf: (index: number) => unknown) => {
        modes.push(...events.map((_event, at) => modeOf(at)));
        return events.map(() => 'new');
      },
    } as unknown as EventStore;
    const replay = (wish?: object) => opened('r', [event()], { origin: 'replay', ...(wish && { replay: wish }) });
    await record(
      [opened('l', [event()]), replay(), replay({ publish: true }), replay({ rewrite: true })],
      watching,
      NOW,
    );
    expect(modes).toEqual([
      {},
      { quiet: true, rewrite: false },
      { quiet: false, rewrite: false },
      { quiet: true, rewrite: true },
    ]);
  });
});

describe('people who were erased', () => {
  const erasures = (erased: Readonly<Record<string, string>>) =>
    ({ erasedAt: async () => ({ at: new Map(Object.entries(erased)), unread: new Set() }) }) as unknown as Erasures;
  const old = () => opened('old', [event(), event({ recipient: 'bob@example.com' })], { origin: 'replay' });
  const addresses = ({ events }: Opened) => events.map(({ event: { recipient } }) => recipient);

  test('what arrived before an erasure, or with it, is left out; what came after is kept', async () => {
    const forget = async (at: string) => {
      const { messages } = await forgetErased([old()], erasures({ 'ada@gmail.com': at }), NOW, NOW);
      return messages.flatMap(addresses);
    };
    expect(await forget('2026-05-04T10:00:01.000Z')).toEqual(['bob@example.com']);
    expect(await forget(RECEIVED)).toEqual(['bob@example.com']);
    expect(await forget('2026-05-04T09:00:00.000Z')).toEqual(['ada@gmail.com', 'bob@example.com']);
  });

  test('each is asked for once, until the deadline; of nobody in old messages nothing is asked', async () => {
    const asked: unknown[] = [];
    const erasedAt = async (...given: unknown[]) => {
      asked.push(given);
      return { at: new Map(), unread: new Set() };
    };
    const asking = { erasedAt } as unknown as Erasures;
    const { recipient: _, ...ofNobody } = event();
    const nobody = opened('n', [ofNobody], { origin: 'replay' });
    const [live, broken] = [opened('live', [event()]), { ...opened('x', []), message: undefined }];
    const young = Date.parse(RECEIVED) + 1000;
    for (const messages of [[live, broken], [nobody]])
      expect(await forgetErased(messages, asking, young, NOW)).toEqual({ messages, failed: [] });
    expect(asked).toEqual([]);
    const { messages } = await forgetErased([old(), old(), nobody, live], asking, young, NOW);
    expect(asked).toEqual([[['ada@gmail.com', 'bob@example.com'], NOW]]);
    expect(messages.map(addresses)).toEqual([
      ['ada@gmail.com', 'bob@example.com'],
      ['ada@gmail.com', 'bob@example.com'],
      [undefined],
      ['ada@gmail.com'],
    ]);
    expect(messages[3]).toBe(live);
  });

  test('of whom it is not known, those messages come back, and no others', async () => {
    const said = listenToLog();
    const asking = {
      erasedAt: async () => ({ at: new Map([['ada@gmail.com', RECEIVED]]), unread: new Set(['bob@example.com']) }),
    } as unknown as Erasures;
    const ofAda = opened('ada', [event(), event()], { origin: 'replay' });
    const [waits, live] = [old(), opened('live', [event({ recipient: 'bob@example.com' })])];
    const { messages, failed } = await forgetErased([waits, ofAda, live], asking, Date.parse(RECEIVED) + 1000, NOW);
    expect([messages.map(addresses), failed]).toEqual([[[], ['bob@example.com']], [waits]]);
    expect(said).toEqual([['warn', 'erasures not known', expect.objectContaining({ messages: 1 })]]);
    jest.restoreAllMocks();
  });

  test('where it cannot be known, old messages come back and new ones go on', async () => {
    const said = listenToLog();
    const unknown = {
      erasedAt: async () => {
        throw new Error('no answer');
      },
    } as unknown as Erasures;
    const [waited, live] = [old(), opened('live', [event()])];
    expect(await forgetErased([waited, live], unknown, Date.parse(RECEIVED) + 1000, NOW)).toEqual({
      messages: [live],
      failed: [waited],
    });
    expect(said).toEqual([['error', 'erasures not known', expect.objectContaining({ errorName: 'Error' })]]);
    jest.restoreAllMocks();
  });
});

describe('the tally of a batch', () => {
  const tally = (
    recorded: readonly (readonly [NormalisedEvent, Recorded, object?])[],
    over: Partial<Parameters<typeof tallyOf>[0]> = {},
    settings: Partial<RuntimeConfig> = {},
  ) =>
    tallyOf(
      {
        stored: {
          events: recorded.map(([one, outcome, message], at) => ({
            message: opened(`m${at}`, [], { source: one.source, ...message }),
            raw: '',
            event: one,
            outcome,
          })),
          at: NOW,
        },
        forged: new Map(),
        folded: { changed: 0, suppressed: new Set(), unjudged: 0 },
        unarchived: 0,
        deadLetters: 0,
        failedMessages: 0,
        tableFailures: { throttled: 0, other: 0 },
        ...over,
      },
      { ...config, ...settings },
    );

  test('new events by source and kind; the slowest of each delay; nothing where there is nothing', () => {
    expect(
      tally([
        [event(), 'new'],
        [event({ type: 'complained', receivedAt: '2026-05-04T10:00:04.000Z' }), 'new'],
        [event({ type: 'bounced', bounceClass: 'hard', source: 'shop' }), 'new'],
        [event({ type: 'bounced', bounceClass: 'block' }), 'new'],
        [event({ type: 'bounced', bounceClass: 'block', recipient: 'a@own.example' }), 'new'],
        [event({ type: 'unknown' }), 'new'],
      ]),
    ).toEqual({
      bySource: new Map([
        [
          'news',
          {
            counts: { Accepted: 5 },
            facts: { delivered_google: 1, complained_google: 1, block_google: 1, block_other: 1 },
          },
        ],
        ['shop', { counts: { Accepted: 1 }, facts: { hard_google: 1 } }],
      ]),
      overall: { Delivered: 1, Complaints: 1, HardBounces: 1, MailboxBlocks: 1, UnknownEvents: 1 },
      facts: expect.objectContaining({
        delivered: 1,
        complained: 1,
        bounced: 3,
        unknown: 1,
        slowestStoredMs: 10_000,
        slowestEspMs: 6000,
      }),
    });
    expect(tally([])).toEqual({ bySource: new Map(), overall: {}, facts: {} });
  });

  test.each([
    ['replays', [event(), 'new', { origin: 'replay' }]],
    ['acts', [event({ type: 'suppressed', source: 'operator' }), 'new', { origin: 'operator' }]],
    ['heartbeats', [event({ source: 'quell-heartbeat' }), 'new', {}]],
    ['what was not stored', [event(), 'failed', {}]],
    ['poison', [event(), 'poison', {}]],
  ] as const)('no %s', (_what, recorded) => {
    expect(tally([recorded])).toEqual({ bySource: new Map(), overall: {}, facts: {} });
  });

  test('rates: by operator and kind, once each; of a complaint that names several, each is a share', () => {
    const rates = (...events: readonly (readonly [NormalisedEvent, Recorded])[]) =>
      tally(events).bySource.get('news')?.facts;
    expect(rates([event(), 'new'], [event(), 'seen'])).toEqual({ delivered_google: 1 });
    expect(rates([event({ type: 'bounced' }), 'new'])).toEqual({ undetermined_google: 1 });
    expect(rates([event({ type: 'bounced', bounceClass: 'soft', recipient: 'a@outlook.com' }), 'new'])).toEqual({
      soft_microsoft: 1,
    });
    expect(rates([event({ type: 'complained', candidates: 2 }), 'new'])).toEqual({ complained_google: 0.5 });
    expect(rates([event({ type: 'complained', echo: true }), 'new'])).toEqual({});
  });

  test('deliveries are counted apart where a complaint would be reported', () => {
    const at = (recipient: string) => tally([[event({ recipient }), 'new']]).overall.DeliveredReporting;
    expect([at('a@gmail.com'), at('a@icloud.com'), at('a@outlook.com'), at('a@example.com')]).toEqual([
      undefined,
      undefined,
      1,
      1,
    ]);
  });

  test('what became of its requests; no delay is less than none, whatever the clocks say', () => {
    const requests = new Map([['r1', { stored: 1, known: 0, dead: 2, again: 3 }]]);
    expect(tally([], { requests }).facts).toEqual({ requests: ' r1 1/0/2/3 ' });
    expect(tally([], { requests: new Map() }).facts).toEqual({});
    const at = (ms: number): string => new Date(NOW + ms).toISOString();
    const delays = (receivedAt: string, occurredAt: string) =>
      tally([[event({ receivedAt, occurredAt }), 'new']]).facts;
    expect(delays(at(0), at(0))).toEqual({ delivered: 1, slowestStoredMs: 0, slowestEspMs: 0 });
    expect(delays(at(1), at(2))).toEqual({ delivered: 1, slowestStoredMs: 0, slowestEspMs: 0 });
    const { occurredAt: _, ...timeless } = event();
    expect(tally([[timeless, 'new']]).facts).toEqual({ delivered: 1, slowestStoredMs: 10_000 });
  });

  test('a repetition is a duplicate and no traffic', () => {
    expect(tally([[event(), 'seen']])).toEqual({ bySource: new Map(), overall: { Duplicates: 1 }, facts: {} });
  });

  test('a source whose events another channel always tells first is alive while they are young', () => {
    const sources = {
      news: { provider: 'sendgrid', dedupeGroup: 'g', options: {} },
      g: { provider: 'ses', options: {} },
    };
    const [young, old] = [event(), event({ occurredAt: new Date(NOW - 2 * 3600_000).toISOString() })];
    expect(tally([[young, 'seen']], {}, { sources }).bySource).toEqual(
      new Map([['news', { counts: { Accepted: 1 }, facts: {} }]]),
    );
    expect(tally([[old, 'seen']], {}, { sources }).bySource).toEqual(new Map());
  });

  test('what was refused for its token counts as refused, also where nothing else is counted', () => {
    expect(tally([], { forged: new Map([['news', 3]]) }).bySource).toEqual(
      new Map([['news', { counts: { Refused: 3 }, facts: {} }]]),
    );
  });

  test('opens and clicks only where an alarm wants them, and of people only', () => {
    const touched = [
      [event({ type: 'opened' }), 'new'],
      [event({ type: 'opened', machine: true }), 'new'],
      [event({ type: 'clicked', machine: false }), 'new'],
    ] as const;
    expect(tally(touched).overall).toEqual({});
    expect(tally(touched, {}, { countEngagement: true }).overall).toEqual({ Opens: 1, Clicks: 1 });
  });

  test('people newly suppressed by live events, and whatever went wrong', () => {
    const folded = { changed: 3, suppressed: new Set(['ada@gmail.com', 'replayed@example.com']), unjudged: 0 };
    const wrong = { deadLetters: 2, failedMessages: 1, tableFailures: { throttled: 3, other: 4 } };
    const { overall, facts } = tally([[event(), 'new']], { folded, ...wrong });
    expect(overall).toEqual({
      Delivered: 1,
      SuppressionChanges: 3,
      NewSuppressions: 1,
      DeadLettered: 2,
      FailedMessages: 1,
      TableFailures: 7,
    });
    expect(facts).toMatchObject({ throttled: 3 });
  });
});

test('inbound mail says where its raw event lies, and nothing else does', () => {
  const mail = event({ type: 'inbound', fingerprint: 'b'.repeat(32) });
  const [pointed, other] = withPointers([opened('1', [mail, event()]), opened('2', [event()])], NOW);
  expect(pointed?.events.map(({ event: { archivedAs } }) => archivedAs)).toEqual([
    `events/day=2026-05-04/#${'b'.repeat(32)}`,
    undefined,
  ]);
  expect(other?.events.map(({ event: { archivedAs } }) => archivedAs)).toEqual([undefined]);
});

test('what became of each request, over its messages, heartbeats apart', () => {
  const [one, two, beat] = [
    opened('1', [event()], { requestId: 'r1' }),
    opened('2', [event()], { requestId: 'r1' }),
    opened('3', [event()], { requestId: 'r2', source: 'quell-heartbeat' }),
  ];
  const stored = [one, two, beat].map((message, at) => ({
    message: message as Opened,
    raw: '{}',
    event: event(),
    outcome: at === 1 ? ('seen' as const) : ('new' as const),
  }));
  const poison = [
    { reason: 'poison-event' as const, detail: '', raw: 'a' },
    { reason: 'refused-by-table' as const, detail: '', raw: 'a' },
  ];
  const outcomes = requestsOf([{ ...(one as Opened), poison }], [two as Opened], stored);
  expect([...outcomes]).toEqual([['r1', { stored: 1, known: 1, dead: 1, again: 1 }]]);
  const fact = requestsFact(new Map([...outcomes, ['r10', { stored: 9, known: 0, dead: 0, again: 0 }]]));
  expect(readRequestsFact(fact, 'r1')).toEqual({ stored: 1, known: 1, dead: 1, again: 1 });
  expect(readRequestsFact(fact, 'r10')?.stored).toBe(9);
  expect(readRequestsFact(fact, '1')).toBeUndefined();
  const of = (...outcomes: Recorded[]) =>
    requestsOf(
      [],
      [],
      outcomes.map((outcome) => ({ message: one as Opened, raw: '', event: event(), outcome })),
    ).get('r1');
  expect(of('new', 'new', 'seen', 'failed', 'poison')).toEqual({ stored: 2, known: 1, dead: 0, again: 0 });
  expect([of('seen'), of('failed')]).toEqual([{ stored: 0, known: 1, dead: 0, again: 0 }, undefined]);
});
