import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CannotKnow } from '../../../../lambda/domain/cannot-know.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { OutOfTime } from '../../../../lambda/esp/failures.ts';
import { compare, type Question, windowOf } from '../../../../lambda/handlers/reconcile/compare.ts';
import { compareEvents } from '../../../../lambda/handlers/reconcile/events.ts';
import { compareLists } from '../../../../lambda/handlers/reconcile/lists.ts';
import type { ApiContext, EventsApi, ListEntry, ListsApi, TimeWindow } from '../../../../lambda/providers/api.ts';
import { apiOf, EVENT_API_IDS } from '../../../../lambda/providers/apis.ts';

/** What the scheduled comparison asks ESPs and tables for, and what it makes of their answers. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TO = Date.UTC(2026, 4, 4, 10);
const context = { call: async () => ({}) } as unknown as ApiContext;

/** Tables that know some; `queries` are the times for which people's events were asked. */
function tables(known: (key: string) => boolean, heard: (who: string) => boolean = () => false) {
  const gets: { table: string; consistent: boolean; keys: string[] }[] = [];
  const queries: { who: string; from: number; to: number }[] = [];
  let [now, most] = [0, 0];
  const send = async ({ input }: { input: unknown }) => {
    const { RequestItems, ExpressionAttributeValues: values } = input as {
      RequestItems?: Record<string, { Keys: Record<string, { S: string }>[]; ConsistentRead: boolean }>;
      ExpressionAttributeValues: Record<string, { S: string }>;
    };
    if (!RequestItems) {
      most = Math.max(most, ++now);
      await null;
      now--;
      const who = values[':r']?.S ?? '';
      const at = (name: string) => Date.parse(values[name]?.S.replace('~', '') ?? '');
      queries.push({ who, from: at(':from'), to: at(':to') });
      return { Count: Number(heard(who)) };
    }
    const [[table, { Keys, ConsistentRead }] = ['', { Keys: [], ConsistentRead: true }]] = Object.entries(RequestItems);
    const nameOf = (key: Record<string, { S: string }>) =>
      Object.values(key)
        .map(({ S }) => S)
        .join(' ');
    gets.push({ table, consistent: ConsistentRead, keys: Keys.map(nameOf) });
    return { Responses: { [table]: Keys.filter((key) => known(nameOf(key))) } };
  };
  const config = { region: async () => 'eu-west-1', credentials: { accessKeyId: 'id', secretAccessKey: 's' } };
  const client = { send, config } as unknown as DynamoDBClient;
  return { tables: { client, events: 'events', suppression: 'list' }, gets, queries, sideBySide: () => most };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the time that is compared', () => {
  test('ends at a whole hour, after which the ESP has tried for as long as it does, and is two periods long', () => {
    expect(windowOf(TO + 59 * 60_000, 1, 8)).toEqual({ from: TO - 10 * HOUR, to: TO - 8 * HOUR });
    expect(windowOf(TO, 24, 24)).toEqual({ from: TO - 72 * HOUR, to: TO - 24 * HOUR });
  });

  test('is over in the API of every ESP by then', async () => {
    expect(EVENT_API_IDS.length).toBeGreaterThan(5);
    for (const id of EVENT_API_IDS) {
      const { events, retriesHours = 24 } = (await apiOf(id)) ?? {};
      expect([id, (events?.settleMinutes ?? Number.NaN) <= retriesHours * 60]).toEqual([id, true]);
    }
  });
});

describe('events', () => {
  const WINDOW: TimeWindow = { from: TO - 12 * HOUR, to: TO };
  const print = (n: number): string => n.toString(16).padStart(32, '0');
  /** An event is its number. */
  const interpret = ((raw: string) => ({
    events: [{ fingerprint: print(Number(raw)), recipient: 'ada@example.com' } as NormalisedEvent],
  })) as never;
  /** Each slice is a page; an error comes in its place, or after it. */
  const api = (pages: (slice: TimeWindow, n: number) => readonly (string | Error)[] | Error, over: object = {}) => {
    const slices: TimeWindow[] = [];
    const own = {
      ...{ reachDays: 30, settleMinutes: 30 },
      ...over,
      async *pages(_context: ApiContext, slice: TimeWindow) {
        slices.push(slice);
        const told = pages(slice, slices.length);
        if (told instanceof Error) throw told;
        const [error] = told.filter((one) => one instanceof Error);
        yield { events: told.filter((one) => one !== error), ...('lost' in over && { lost: over.lost as string }) };
        if (error) throw error;
      },
    } as unknown as EventsApi;
    return { api: own, slices };
  };
  const known = (least: number) => tables((key) => Number(`0x${key.split('#')[1]}`) < least);
  const soon = Date.now() + 60_000;

  test('are read in parts of a slice, in any order, the last as short as the window ends, and asked for as cheaply as may be', async () => {
    const { api: own, slices } = api((_slice, n) => [String(n * 10), String(n * 10 + 1)]);
    const { tables: asked, gets } = known(31);
    const window = { ...WINDOW, from: TO - 4.5 * HOUR };
    const found = await compareEvents(own, context, window, soon, interpret, asked);
    expect(found).toEqual({ fetched: 10, missing: 5, share: 1, lost: [] });
    const parts = [4.5, 3.5, 2.5, 1.5, 0.5].map((hours) => TO - hours * HOUR);
    expect(slices.toSorted((a, b) => a.from - b.from)).toEqual(
      parts.map((from, at) => ({ from, to: parts[at + 1] ?? TO })),
    );
    expect(new Set(gets.map(({ table, consistent }) => `${table} ${consistent}`))).toEqual(new Set(['events false']));
    const day = api(() => [], { sliceHours: 24 });
    await compareEvents(day.api, context, WINDOW, soon, interpret, asked);
    expect(day.slices).toHaveLength(3);
  });

  test('in an order that is not that of time', async () => {
    const numbers = [0.9, 0.1, 0.5];
    jest.spyOn(Math, 'random').mockImplementation(() => numbers.shift() ?? 1);
    const { api: own, slices } = api(() => []);
    await compareEvents(own, context, { ...WINDOW, from: TO - 3 * HOUR }, soon, interpret, known(0).tables);
    expect(slices.map(({ from }) => (TO - from) / HOUR)).toEqual([2, 1, 3]);
  });

  test('that the table knows are not missing; what the API cannot tell is said once', async () => {
    const { api: own } = api((_slice, n) => [String(n)], { lost: 'A part is gone.' });
    const found = await compareEvents(own, context, WINDOW, soon, interpret, known(99).tables);
    expect(found).toEqual({ fetched: 12, missing: 0, share: 1, lost: ['A part is gone.'] });
  });

  test('of the first parts, where there is no time for all: what was found stands, and the share is told', async () => {
    const endingAfter = (parts: number, error: Error) => api((_slice, n) => (n > parts ? error : [String(n)])).api;
    const compared = (own: EventsApi, until = soon) =>
      compareEvents(own, context, WINDOW, until, interpret, known(3).tables);
    expect(await compared(endingAfter(3, new OutOfTime('x')))).toEqual({
      fetched: 3,
      missing: 1,
      share: 3 / 12,
      lost: [],
    });
    // Half of the first is something, too.
    const half = (least: number) =>
      compareEvents(
        api(() => ['5', '6', '7', new OutOfTime('x')]).api,
        context,
        WINDOW,
        soon,
        interpret,
        known(least).tables,
      );
    expect(await half(6)).toEqual({ fetched: 2, missing: 2, share: 0, lost: [] });
    await expect(half(8)).rejects.toThrow(OutOfTime);
    // Not even the first, or refused: that is no answer.
    await expect(compared(endingAfter(0, new OutOfTime('x')))).rejects.toThrow(OutOfTime);
    await expect(compared(endingAfter(3, new CannotKnow('x')))).rejects.toThrow(CannotKnow);
  });

  test('no more once the time is over: neither asked of the ESP nor of the table', async () => {
    let now = TO;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const run = async (late: (n: number) => number) => {
      now = TO;
      const { api: own, slices } = api((_slice, n) => {
        now = TO + late(n);
        return [String(n)];
      });
      const { tables: asked, gets } = known(0);
      const found = await compareEvents(own, context, WINDOW, TO + 1000, interpret, asked);
      return [slices.length, gets.length, found.share];
    };
    // Over while the third was read, and before it.
    expect(await run((n) => (n < 3 ? 0 : 1000))).toEqual([3, 2, 2 / 12]);
    expect(await run((n) => (n < 3 ? 999 : 1000))).toEqual([3, 2, 2 / 12]);
    jest.spyOn(Date, 'now').mockReturnValue(TO + 1000);
    const { api: own, slices } = api(() => []);
    expect(await compareEvents(own, context, WINDOW, TO + 1000, interpret, known(0).tables)).toMatchObject({
      share: 0,
    });
    expect(slices).toEqual([]);
  });
});

describe('lists', () => {
  const WINDOW: TimeWindow = { from: TO - DAY, to: TO };
  const soon = Date.now() + 60_000;
  const entry = (address: string, over: Partial<ListEntry> = {}) =>
    ({ address, list: 'x', reason: 'hard_bounce', at: TO - HOUR, ...over }) as ListEntry;
  function lists(...pages: ListEntry[][]) {
    const asked: unknown[] = [];
    let read = 0;
    const own = {
      async *read(_context: ApiContext, since: number) {
        asked.push(since);
        for (const page of pages) {
          read++;
          yield page;
        }
      },
    } as unknown as ListsApi;
    return { own, asked, read: () => read };
  }

  test('are of the time: people who came onto them in it by an event, in their usual spelling, each once', async () => {
    const { own, asked } = lists(
      [
        entry('First@Example.com', { at: WINDOW.from }),
        entry('first@example.com'),
        entry('before@example.com', { at: WINDOW.from - 1 }),
      ],
      [
        entry('last@example.com', { at: TO - 1 }),
        entry('after@example.com', { at: TO }),
        entry('hand@example.com', { reason: 'manual' }),
        { address: 'timeless@example.com', list: 'x', reason: 'complaint' },
        entry('no address'),
      ],
    );
    const { tables: given, gets } = tables(() => false);
    expect(await compareLists(own, context, WINDOW, soon, given)).toEqual({
      fetched: 2,
      missing: 2,
      share: 1,
      lost: [],
    });
    expect(asked).toEqual([WINDOW.from]);
    expect(gets.map((get) => ({ ...get, keys: get.keys.toSorted() }))).toEqual([
      { table: 'list', consistent: false, keys: ['first@example.com', 'last@example.com'] },
    ]);
  });

  test('whoever stands on ours, or of whom an event came within a day of it, is not missing', async () => {
    const { own } = lists([entry('listed@example.com'), entry('heard@example.com'), entry('lost@example.com')]);
    const { tables: given, queries } = tables(
      (key) => key === 'listed@example.com',
      (who) => who === 'heard@example.com',
    );
    expect(await compareLists(own, context, WINDOW, soon, given)).toMatchObject({ fetched: 3, missing: 1 });
    const around = { from: TO - HOUR - DAY, to: TO - HOUR + DAY };
    expect(queries.toSorted((a, b) => a.who.localeCompare(b.who))).toEqual([
      { who: 'heard@example.com', ...around },
      { who: 'lost@example.com', ...around },
    ]);
  });

  test('people are asked about ten at a time', async () => {
    const people = Array.from({ length: 21 }, (_none, n) => entry(`p${n}@example.com`));
    const { tables: given, queries, sideBySide } = tables(() => false);
    expect(await compareLists(lists(people).own, context, WINDOW, soon, given)).toMatchObject({
      fetched: 21,
      missing: 21,
    });
    expect([queries.length, sideBySide()]).toEqual([21, 10]);
  });

  describe('and a table that does not answer any more', () => {
    /** Answers so many questions, and hangs; `ended` are those that were told to end. */
    function hanging(answers: number) {
      const { tables: given, gets, queries } = tables(() => false);
      const { send } = given.client as unknown as { send: (command: unknown) => Promise<unknown> };
      let [asked, ended] = [0, 0];
      const hung = (command: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
        if (asked++ < answers) return send(command);
        abortSignal.addEventListener('abort', () => ended++);
        return new Promise(() => {});
      };
      const client = { send: hung } as unknown as DynamoDBClient;
      return { tables: { ...given, client }, gets, queries, ended: () => ended };
    }
    const people = Array.from({ length: 40 }, (_none, n) => entry(`p${n}@example.com`));

    test('ends in time: what was counted until then stands, and the share of it is told', async () => {
      // The list, and two times ten people.
      const { tables: given, ended } = hanging(21);
      const found = await compareLists(lists(people).own, context, WINDOW, Date.now() + 1000, given);
      expect(found).toEqual({ fetched: 40, missing: 20, share: 0.5, lost: [] });
      expect(ended()).toBe(10);
    });

    test.each([0, 1])('is no answer where nobody was looked up (it answered %i)', async (answers) => {
      const { tables: given } = hanging(answers);
      const compared = compareLists(lists(people).own, context, WINDOW, Date.now() + 100, given);
      await expect(compared).rejects.toThrow(OutOfTime);
      await expect(compared).rejects.toThrow('no time left to ask the table');
    });

    test('of events too: what was found before it stands', async () => {
      const own = {
        ...{ reachDays: 30, settleMinutes: 30 },
        async *pages() {
          yield { events: ['1'] };
        },
      } as unknown as EventsApi;
      const interpret = (() => ({
        events: [{ fingerprint: '1'.padStart(32, '0'), recipient: 'ada@example.com' } as NormalisedEvent],
      })) as never;
      const compared = (answers: number) =>
        compareEvents(own, context, WINDOW, Date.now() + 1000, interpret, hanging(answers).tables);
      expect(await compared(2)).toMatchObject({ missing: 1, share: 2 / 24 });
      await expect(compared(0)).rejects.toThrow(OutOfTime);
    });

    test('is not asked at all once the time is over', async () => {
      const { tables: given, gets } = hanging(99);
      await expect(compareLists(lists(people).own, context, WINDOW, Date.now() - 1, given)).rejects.toThrow(OutOfTime);
      expect(gets).toEqual([]);
    });
  });

  test('twenty thousand people say enough: no further page is read', async () => {
    const people = (from: number, count: number) =>
      Array.from({ length: count }, (_none, n) => entry(`p${from + n}@example.com`));
    const { own, read } = lists(people(0, 19_999), people(19_999, 1), people(20_000, 1));
    expect(await compareLists(own, context, WINDOW, soon, tables(() => true).tables)).toMatchObject({
      fetched: 20_000,
    });
    expect(read()).toBe(2);
  });

  test('an ESP without one cannot be compared so', async () => {
    for (const own of [undefined, {} as ListsApi])
      await expect(compareLists(own, context, WINDOW, soon, tables(() => false).tables)).rejects.toThrow(CannotKnow);
  });
});

describe('an ESP', () => {
  const asked: { url: URL; headers: Record<string, string> }[] = [];
  let answer: () => unknown = () => [];
  beforeEach(() => {
    asked.length = 0;
    answer = () => [];
    jest.spyOn(globalThis, 'fetch').mockImplementation((async (
      url: URL,
      { headers }: { headers: Record<string, string> },
    ) => {
      asked.push({ url, headers });
      const json = answer();
      return new Response(JSON.stringify(json));
    }) as unknown as typeof fetch);
  });
  const question = (provider: string, over: Partial<Question> = {}, config: object = {}): Question => ({
    ...{ source: 'news', key: ' key-0123456789\n', now: TO + 60_000, hours: 1, until: Date.now() + 60_000 },
    ...{ config: { provider, options: {}, ...config }, tables: tables(() => false).tables },
    ...over,
  });

  test('that tells no events is asked for its list: with its key, at its base, for the time after its retries', async () => {
    const window = { from: TO - 26 * HOUR, to: TO - 24 * HOUR };
    const created_at = new Date(window.from).toISOString();
    answer = () => [{ id: '1', type: 'hard bounce', email: 'ada@example.com', created_at }];
    expect(await compare(question('mailtrap'))).toEqual({ ...window, fetched: 1, missing: 1, share: 1, lost: [] });
    expect(asked.map(({ url }) => url.origin)).toEqual(['https://mailtrap.io']);
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer key-0123456789' });
    await compare(question('mailtrap', {}, { api: { base: 'http://127.0.0.1:9' } }));
    expect(asked[1]?.url.origin).toBe('http://127.0.0.1:9');
  });

  test('that tells events is asked for them; they are known by the group that its source shares', async () => {
    const event = {
      type: 'bounce',
      event_id: '1',
      rcpt_to: 'ada@example.com',
      timestamp: new Date(TO - 9 * HOUR).toISOString(),
    };
    answer = () => ({ results: [event], links: {} });
    const keys = async (config: object) => {
      const own = tables(() => true);
      const found = await compare(question('sparkpost', { tables: own.tables }, config));
      expect(found).toMatchObject({ from: TO - 10 * HOUR, to: TO - 8 * HOUR, missing: 0, fetched: 2, share: 1 });
      return own.gets[0]?.keys;
    };
    expect(await keys({ dedupeGroup: 'g' })).not.toEqual(await keys({}));
    expect(await keys({ dedupeGroup: 'news' })).toEqual(await keys({}));
    expect(asked[0]?.url.origin).toBe('https://api.sparkpost.com');
  });

  test('that is AWS is asked as this function, in its Region, or where the SDK would ask', async () => {
    answer = () => ({ SuppressedDestinationSummaries: [] });
    await compare(question('ses', { key: '' }));
    expect(asked[0]?.url.origin).toBe('https://email.eu-west-1.amazonaws.com');
    expect(asked[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-west-1\/ses\//);
    process.env.AWS_ENDPOINT_URL_SESV2 = 'http://127.0.0.1:9';
    try {
      await compare(question('ses', { key: '' }));
    } finally {
      delete process.env.AWS_ENDPOINT_URL_SESV2;
    }
    expect(asked[1]?.url.origin).toBe('http://127.0.0.1:9');
  });

  test.each<[string, Question, string]>([
    ['has no API', question('generic'), 'This ESP has no API that can be asked.'],
    ['is none', question('nobody'), 'This ESP has no API that can be asked.'],
    ['keeps its data by domain', question('mailgun'), 'the settings say none'],
    ['has a key that is none', question('mailtrap', { key: 'a b' }), 'ops secrets set --api-key'],
    ['has an empty key', question('mailtrap', { key: ' ' }), 'ops secrets set --api-key'],
  ])('that %s is not asked: it says why', async (_name, of, why) => {
    await expect(compare(of)).rejects.toThrow(CannotKnow);
    await expect(compare(of)).rejects.toThrow(why);
    expect(asked).toEqual([]);
  });

  test('has a quarter of a minute for one answer, of 32 MB, and no more time than there is', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(TO);
    const limits: number[] = [];
    const limit = AbortSignal.timeout;
    jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => (limits.push(ms) > 0 ? limit.call(AbortSignal, ms) : limit(ms)));
    const ask = (until: number) => compare(question('mailtrap', { until: TO + until }));
    await ask(60_000);
    await ask(14_999);
    expect(limits).toEqual([15_000, 14_999]);
    await expect(ask(0)).rejects.toThrow(OutOfTime);
    const part = new Uint8Array(1024 * 1024);
    const body = [...Array(32).fill(part), new Uint8Array(1)];
    jest.spyOn(globalThis, 'fetch').mockResolvedValue({ status: 200, headers: new Headers(), body } as never);
    await expect(ask(60_000)).rejects.toThrow('more than 32 MB');
  });

  test('that keeps its data by domain is asked by that of its source', async () => {
    answer = () => ({ items: [], paging: {} });
    await compare(question('mailgun', {}, { api: { domain: 'mail.example.com' } }));
    expect(asked[0]?.url.pathname).toContain('/mail.example.com/');
  });
});
