import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EventStore } from '../../../../lambda/aws/dynamodb/events.ts';
import { takeFailures } from '../../../../lambda/aws/dynamodb/statements.ts';
import type { RuntimeConfig } from '../../../../lambda/contract/config.ts';
import type { EventType, NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import type { Retraction } from '../../../../lambda/domain/suppression/retraction.ts';
import type { Change, Reasons } from '../../../../lambda/domain/suppression/suppression.ts';
import { asFirstArrived, changesOf } from '../../../../lambda/handlers/process/changes.ts';
import { policyOf } from '../../../../lambda/handlers/process/judge.ts';
import type { Stores } from '../../../../lambda/handlers/process/looks.ts';
import type { Opened } from '../../../../lambda/handlers/process/opened.ts';
import type { RecordedEvent } from '../../../../lambda/handlers/process/record.ts';
import { suppress } from '../../../../lambda/handlers/process/suppress.ts';
import { CONFIG } from '../../../support/list/harness.ts';

/** What is read of people and written about them, how often it is looked at again, and whose messages go back when that fails. */

const NOW = Date.UTC(2026, 4, 4, 10);
const DAY = 86_400_000;
const iso = (ms: number): string => new Date(NOW + ms).toISOString();
beforeEach(() => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  takeFailures();
});
afterEach(() => {
  jest.restoreAllMocks();
});

let printed = 0;
const event = (recipient: string, over: object = {}) =>
  ({
    ...{ fingerprint: `f${printed++}`, type: 'complained', source: 'a', provider: 'generic', providerEvent: 'x' },
    ...{ recipient: `${recipient}@example.com`, occurredAt: iso(-DAY), receivedAt: iso(-DAY) },
    ...over,
  }) as NormalisedEvent;
const SOFT = { type: 'bounced', bounceClass: 'soft' };
const one = (messageId: string, of: NormalisedEvent, outcome = 'new', message: object = {}) =>
  ({
    message: { messageId, message: { origin: 'live', ...message }, poison: [], events: [] } as unknown as Opened,
    raw: `raw ${of.fingerprint}`,
    event: of,
    outcome,
  }) as RecordedEvent;

interface World {
  /** What the events table holds of a person, or that it does not say. */
  readonly histories?: Readonly<Record<string, readonly NormalisedEvent[] | Error>>;
  /** Retractions as they stand at each look, from the first on. */
  readonly retracted?: readonly (readonly Retraction[] | Error)[];
  /** What a write comes to, look by look. */
  readonly applied?: readonly Partial<Record<'changed' | 'suppressed' | 'failed', readonly string[]>>[];
  readonly refused?: readonly string[];
  readonly entries?: Readonly<Record<string, Reasons>>;
  /** Milliseconds that are left for all of it. */
  readonly time?: number;
}
const address = (name: string): string => `${name}@example.com`;

async function run(events: readonly RecordedEvent[], world: World = {}, config: RuntimeConfig = CONFIG) {
  const log: string[] = [];
  const given: { until: number; quiet: string[]; fresh: string[]; changes: ReadonlyMap<string, Change> }[] = [];
  const names = (some: Iterable<string>) => [...some].map((who) => who.split('@')[0] ?? '').sort();
  let looks = 0;
  let reads = 0;
  const list = () => {
    const now = world.retracted?.[Math.min(reads, (world.retracted?.length ?? 1) - 1)] ?? [];
    if (now instanceof Error) throw now;
    return { version: Math.min(reads, (world.retracted?.length ?? 1) - 1), retractions: now };
  };
  const stores = {
    events: {
      async history(who: string, types: readonly EventType[]) {
        log.push(`history of ${names([who])}${types.includes('complained') ? ', all that decides' : ''}`);
        const found = world.histories?.[names([who])[0] ?? ''] ?? [];
        if (found instanceof Error) throw found;
        return found.filter(({ type }) => types.includes(type));
      },
      firstArrival: async () => undefined,
    },
    list: {
      async reasonsOf(people: readonly string[]) {
        log.push(`entries of ${names(people)}`);
        const known = Object.entries(world.entries ?? {}).map(([name, reasons]) => [address(name), reasons] as const);
        return { entries: new Map(known.filter(([who]) => people.includes(who))), unread: new Set() };
      },
      async apply(
        changes: ReadonlyMap<string, Change>,
        until: number,
        { quiet, fresh }: { quiet: ReadonlySet<string>; fresh: ReadonlySet<string> },
      ) {
        log.push(`write ${names(changes.keys())}`);
        given.push({ until: until - NOW, quiet: names(quiet), fresh: names(fresh), changes });
        const { changed = [], suppressed = [], failed = [] } = world.applied?.[looks++] ?? {};
        const refused = [...changes].flatMap(([who, { judgements }]) =>
          world.refused?.includes(names([who])[0] ?? '') ? [[who, judgements] as const] : [],
        );
        return {
          ...{ changed: new Set(changed.map(address)), suppressed: new Set(suppressed.map(address)) },
          ...{ failed: new Set(failed.map(address)), refused: new Map(refused) },
        };
      },
    },
    retractions: {
      async known() {
        log.push('retractions as known');
        return list();
      },
      async read() {
        reads++;
        log.push('retractions');
        return list();
      },
    },
  } as unknown as Stores;
  const messages = [...new Map(events.map(({ message }) => [message.messageId, message])).values()];
  const time = NOW + (world.time ?? 60_000);
  const ended = await suppress({ messages, failed: [], events, at: NOW }, config, stores, {
    ...{ judged: time, suppressed: time },
  });
  const ids = (some: readonly Opened[]) => some.map(({ messageId }) => messageId);
  return { ...ended, done: ids(ended.messages), back: ids(ended.failed), names, log, given };
}

describe('who is concerned', () => {
  test('by nothing: no table is asked', async () => {
    const { log, done, back, changed } = await run([one('1', event('ada', { type: 'opened' }))]);
    expect([log, done, back, changed]).toEqual([[], ['1'], [], 0]);
  });

  test('by what one event proves: written once, as somebody who is new; the look after it reads the retractions', async () => {
    const { log, given, changed, suppressed, names } = await run([one('1', event('ada'))], {
      applied: [{ changed: ['ada'], suppressed: ['ada'] }],
    });
    expect(log).toEqual(['retractions as known', 'write ada', 'retractions']);
    expect(given).toMatchObject([{ quiet: [], fresh: ['ada'] }]);
    expect([...(given[0]?.changes.values() ?? [])]).toEqual([
      { judgements: [expect.objectContaining({ reason: 'complaint' })] },
    ]);
    expect([changed, names(suppressed)]).toEqual([1, ['ada']]);
  });

  test('by a delivery that comes late: only whose series it may have broken is read again', async () => {
    const mark = (at: number, over: object = {}) => ({
      soft_bounces: [{ at: iso(at), until: 9e9, fingerprint: 'x', source: 'a', event: 'x', ...over }],
    });
    const late = ['ada', 'bob', 'cleo', 'dan', 'eve'].map((who) => one('1', event(who, { type: 'delivered' })));
    const entries = {
      ada: mark(-DAY + 1),
      bob: mark(-DAY),
      cleo: mark(-DAY + 1, { source: 'operator' }),
      dan: { complaint: mark(1).soft_bounces },
    };
    const { log, given } = await run(late, { entries });
    expect(log).toEqual([
      'entries of ada,bob,cleo,dan,eve',
      'retractions as known',
      'history of ada',
      'write ada',
      'retractions',
    ]);
    const withdraws = [...(given[0]?.changes.values() ?? [])][0]?.withdraws;
    expect(withdraws).toBeInstanceOf(Function);
    // Nobody's series: nothing more is read.
    expect((await run(late, { entries: { bob: mark(-DAY) } })).log).toEqual(['entries of ada,bob,cleo,dan,eve']);
  });

  test('only by a replay: their changes are quiet, and no news', async () => {
    const replay = { origin: 'replay' };
    const { given, changed, suppressed } = await run(
      [
        one('1', event('ada'), 'new', replay),
        one('2', event('bob'), 'new', replay),
        one('3', event('bob')),
        one('4', event('cleo'), 'new', { ...replay, replay: { publish: true } }),
      ],
      { applied: [{ changed: ['ada', 'bob', 'cleo'], suppressed: ['ada', 'bob', 'cleo'] }] },
    );
    expect(given[0]?.quiet).toEqual(['ada']);
    expect([changed, [...suppressed].sort()]).toEqual([3, [address('bob'), address('cleo')]]);
  });

  test('by nothing that anybody could be held to: counted', async () => {
    expect((await run([one('1', event('ada', { occurredAt: undefined }))])).unjudged).toBe(1);
  });
});

test('the histories of many are read some at a time, which leaves connections for what the others need', async () => {
  let [now, most] = [0, 0];
  const store = {
    async history() {
      most = Math.max(most, ++now);
      await new Promise((done) => setImmediate(done));
      now--;
      return [];
    },
  } as unknown as EventStore;
  const series = new Set(Array.from({ length: 100 }, (_none, n) => address(`p${n}`)));
  const asked = { judgements: new Map(), series, retracted: new Map() };
  const { changes, unread } = await changesOf(asked, policyOf(CONFIG), [], store, new AbortController().signal);
  expect([changes.size, unread.size, most]).toEqual([100, 0, 32]);
});

test('first arrivals are looked up within one share of the time, however many hang', async () => {
  const signals = new Set<AbortSignal>();
  const store = {
    async firstArrival(_event: NormalisedEvent, signal: AbortSignal) {
      signals.add(signal);
      signal.throwIfAborted();
      await new Promise((_done, failed) => signal.addEventListener('abort', () => failed(new Error('x'))));
    },
  } as unknown as EventStore;
  const ahead = Array.from({ length: 100 }, (_none, n) =>
    one(`${n}`, event(`p${n}`, { occurredAt: iso(DAY), receivedAt: iso(0) }), 'seen'),
  );
  const { arrived, unknown } = await asFirstArrived(ahead, store, NOW);
  expect([new Set(arrived.map(({ outcome }) => outcome)), unknown.size, signals.size]).toEqual([
    new Set(['failed']),
    100,
    1,
  ]);
});

describe('a look at what was written', () => {
  const series = [
    event('ada', { ...SOFT, occurredAt: iso(-2 * DAY) }),
    event('ada', { ...SOFT, occurredAt: iso(-DAY) }),
  ];
  const bounced = [one('1', series[1] as NormalisedEvent)];

  test('that a series proves is taken once more, and as often as that changes something', async () => {
    const twice = await run(bounced, {
      histories: { ada: series },
      applied: [{ changed: ['ada'] }, { changed: ['ada'] }],
    });
    const look = ['history of ada', 'write ada', 'retractions'];
    expect(twice.log).toEqual(['retractions as known', ...look, ...look, ...look]);
    // Nobody is new the second time.
    expect(twice.given.map(({ fresh }) => fresh)).toEqual([['ada'], [], []]);
    const once = await run(bounced, { histories: { ada: series } });
    expect(once.log).toEqual(['retractions as known', ...look, ...look]);
    const unproved = await run(bounced, { histories: { ada: series.slice(1) } });
    expect(unproved.log).toEqual(['retractions as known', ...look]);
  });

  test('whom it lets go was never suppressed', async () => {
    const { changed, suppressed } = await run(bounced, {
      histories: { ada: series },
      applied: [{ changed: ['ada'], suppressed: ['ada'] }, { changed: ['ada'] }],
    });
    expect([changed, suppressed.size]).toEqual([1, 0]);
  });

  test('waits until prompt deliveries are recorded; where there is no time for that, the message comes back', async () => {
    const young = [
      event('ada', { ...SOFT, occurredAt: iso(-DAY) }),
      event('ada', { ...SOFT, occurredAt: iso(-1990), receivedAt: iso(-1990) }),
    ];
    const prompt = [one('1', young[1] as NormalisedEvent)];
    const look = ['history of ada', 'write ada', 'retractions'];
    const waited = await run(prompt, { histories: { ada: young }, time: 10 });
    expect([waited.log, waited.back]).toEqual([['retractions as known', ...look, ...look], []]);
    const beside = one('2', event('bob'));
    const hurried = await run([...prompt, beside], { histories: { ada: young }, time: 9 });
    expect(hurried.log).toEqual(['retractions as known', 'history of ada', 'write ada,bob', 'retractions']);
    expect([hurried.back, hurried.done]).toEqual([['1'], ['2']]);
    expect(takeFailures()).toEqual({ throttled: 0, other: 1 });
  });

  test('some time stays for it: two seconds, of little a fifth', async () => {
    const until = async (time: number) => (await run([one('1', event('ada'))], { time })).given[0]?.until;
    expect([await until(60_000), await until(10_000), await until(5000)]).toEqual([58_000, 8000, 4000]);
  });
});

describe('retractions', () => {
  const taken = (over: object = {}) =>
    ({
      id: 'r',
      actor: 'kim',
      note: 'n',
      at: iso(0),
      source: 'a',
      from: iso(-2 * DAY),
      until: iso(0),
      ...over,
    }) as Retraction;

  test('that are known are read as they are now: what they take back is not written', async () => {
    const { log, done } = await run([one('1', event('ada'))], { retracted: [[taken()]] });
    expect([log, done]).toEqual([['retractions as known', 'retractions', 'write '], ['1']]);
  });

  test('made meanwhile: whose evidence they take back is judged anew by the whole history, and nobody else', async () => {
    const [ada, bob] = [event('ada'), event('bob', { source: 'b' })];
    const { log, given } = await run([one('1', ada), one('2', bob)], {
      retracted: [[], [taken()]],
      histories: { ada: [ada] },
    });
    expect(log).toEqual([
      'retractions as known',
      'write ada,bob',
      'retractions',
      'history of ada, all that decides',
      'write ada',
      'retractions',
    ]);
    const [again] = [...(given[1]?.changes.values() ?? [])];
    expect(again?.judgements).toEqual([]);
    expect(
      again?.withdraws?.('complaint', { at: iso(-DAY), until: 1, fingerprint: 'x', source: 'a', event: 'x' }),
    ).toBe(true);
    expect(given[1]?.fresh).toEqual([]);
  });

  test('asked for by name: their people are judged by the whole history, of those reasons; with a series of theirs, of that too', async () => {
    const lifted = event('ada', { type: 'lifted', source: 'operator', reason: 'complaint', retraction: 'r' });
    const complaint = event('ada', { source: 'b' });
    const soft = [
      event('ada', { ...SOFT, occurredAt: iso(-2 * DAY), source: 'b', messageId: 'm1' }),
      event('ada', { ...SOFT, source: 'a', messageId: 'm2', occurredAt: iso(-DAY + 1) }),
    ];
    const history = [complaint, event('ada', { type: 'unsubscribed' }), ...soft];
    const reasons = async (...events: RecordedEvent[]) => {
      const { log, given } = await run(events, {
        histories: { ada: history },
        retracted: [[taken({ id: 'other', until: iso(-DAY) })]],
      });
      expect(log.slice(0, 3)).toEqual(['retractions as known', 'retractions', 'history of ada, all that decides']);
      expect(given[0]?.fresh).toEqual([]);
      return [...(given[0]?.changes.values() ?? [])].flatMap(({ judgements }) =>
        judgements.map(({ reason }) => reason),
      );
    };
    // What this process knows of retractions may be old.
    const unheard = await run([one('1', lifted)], { histories: { ada: history } });
    expect(unheard.log.slice(0, 3)).toEqual([
      'retractions as known',
      'retractions',
      'history of ada, all that decides',
    ]);
    expect(await reasons(one('1', lifted))).toEqual(['complaint']);
    expect(await reasons(one('1', lifted), one('1', soft[1] as NormalisedEvent))).toEqual([
      'complaint',
      'soft_bounces',
    ]);
  });
});

describe('where something fails', () => {
  test('an entry that was not written, or a history that was not read, gives back the messages that need it, and no others', async () => {
    const soft = event('bob', SOFT);
    const { back, done } = await run(
      [
        one('1', event('ada')),
        one('2', soft),
        one('3', event('cleo')),
        one('4', event('dan', { recipient: undefined })),
      ],
      { histories: { bob: new Error('x') }, applied: [{ failed: ['ada'] }] },
    );
    expect([back, done]).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(takeFailures()).toEqual({ throttled: 0, other: 1 });
  });

  const throttled = Object.assign(new Error('x'), { name: 'ThrottlingException' });

  test('retractions that cannot be read: who is new is written, and looked at once they can; who was heard of waits', async () => {
    const events = [
      one('1', event('ada')),
      one('2', event('bob', { type: 'opened' })),
      one('3', event('cleo'), 'seen'),
      one('4', event('dan', { type: 'lifted', source: 'operator', reason: 'complaint', retraction: 'r' })),
    ];
    const { back, done, log, given } = await run(events, { retracted: [throttled] });
    expect(log).toEqual(['retractions as known', 'write ada', 'retractions']);
    expect(given[0]?.fresh).toEqual(['ada']);
    expect([back, done]).toEqual([['1', '3', '4'], ['2']]);
    expect(takeFailures()).toEqual({ throttled: 2, other: 0 });

    const later = await run([one('1', event('ada'))], { retracted: [throttled, []] });
    expect([later.log, later.done]).toEqual([['retractions as known', 'write ada', 'retractions'], ['1']]);
  });

  test('what was written without them goes again, at the look after it or when its message has come back', async () => {
    const taken = { id: 'r', actor: 'kim', note: 'n', at: iso(0), source: 'a', from: iso(-2 * DAY), until: iso(0) };
    const ada = event('ada');
    const looks = ['history of ada, all that decides', 'write ada', 'retractions'];
    const goes = (change: Change | undefined) =>
      change?.withdraws?.('complaint', { at: iso(-DAY), until: 1, fingerprint: 'x', source: 'a', event: 'x' });
    const first = await run([one('1', ada)], { retracted: [throttled, [taken]], histories: { ada: [ada] } });
    expect(first.log).toEqual(['retractions as known', 'write ada', 'retractions', ...looks]);
    expect([first.done, goes([...(first.given[1]?.changes.values() ?? [])][0])]).toEqual([['1'], true]);

    const again = await run([one('1', ada, 'seen')], { retracted: [[taken]], histories: { ada: [ada] } });
    expect(again.log).toEqual(['retractions as known', 'retractions', ...looks]);
    expect([again.done, goes([...(again.given[0]?.changes.values() ?? [])][0])]).toEqual([['1'], true]);
  });

  test('a list of retractions, or an entry, that is not as we write it holds up those who need it', async () => {
    const odd = await run([one('1', event('ada'), 'seen'), one('2', event('bob', { type: 'opened' }))], {
      retracted: [['x' as unknown as Retraction]],
    });
    expect([odd.back, odd.done]).toEqual([['1'], ['2']]);
    const late = await run([one('1', event('ada', { type: 'delivered' })), one('2', event('bob'))], {
      entries: { ada: { soft_bounces: 'x' } as unknown as Reasons },
    });
    expect([late.back, late.done]).toEqual([[], ['1', '2']]);
  });

  test('what an entry has no room for is a dead letter of its event; what else its message holds is done', async () => {
    const [first, second, other] = [event('ada'), event('ada', { type: 'unsubscribed' }), event('bob')];
    const { messages, back } = await run(
      [one('1', first), one('1', second), one('1', other), one('2', event('cleo'))],
      {
        refused: ['ada'],
      },
    );
    const letter = ({ fingerprint }: NormalisedEvent) => ({
      reason: 'refused-by-table',
      detail: 'The entry of its recipient on the list has no room for it: 200 lists, or 400 KB.',
      raw: `raw ${fingerprint}`,
    });
    expect(messages.map(({ poison }) => poison)).toEqual([[letter(first), letter(second)], []]);
    expect(back).toEqual([]);
  });
});

test("a source's own policy judges its events", async () => {
  const fresh = policyOf(CONFIG)('c');
  expect(fresh.unsubscribe).toBe(15);
  const { given } = await run([one('1', event('ada', { type: 'unsubscribed', source: 'c' }))]);
  expect([...(given[0]?.changes.values() ?? [])][0]?.judgements[0]?.mark.until).toBe((NOW - DAY + 15 * DAY) / 1000);
});
