import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { eventKey } from '../../../../lambda/domain/event/record.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { caller } from '../../../../lambda/esp/caller.ts';
import { type Progress, readEvents } from '../../../../lambda/esp/read-events.ts';
import type { EventsApi } from '../../../../lambda/providers/api.ts';
import { apiOf } from '../../../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { FAKE_ESPS } from '../../../support/esp/index.ts';
import type { Fault } from '../../../support/esp/server.ts';
import type { FakeEsp, Happening } from '../../../support/esp/story.ts';

const HOUR = 3_600_000;
const TO = Date.parse('2026-05-04T12:00:00Z');
const FROM = TO - 12 * HOUR;
const PATIENCE = { answer: 250, first: 1, longest: 60_000, tries: 12, pause: async () => {} };

const readerOf = (id: string) =>
  interpreter(id, { provider: PROVIDERS.get(id) as never, options: {}, dedupeGroup: id });
const keyOf = (event: NormalisedEvent): string => Object.values(eventKey(event)).join('\n');

/** A stack of which only the table is left: what is sent is read and recorded as `process` does. */
class Table {
  readonly keys = new Set<string>();
  readonly #read: ReturnType<typeof readerOf>;
  constructor(id: string) {
    this.#read = readerOf(id);
  }
  take(raws: readonly string[]): void {
    for (const key of this.keysOf(raws)) this.keys.add(key);
  }
  keysOf(raws: readonly string[]): string[] {
    return raws.flatMap((raw) => {
      const meaning = this.#read(raw, {}, { receivedAt: '2026-05-04T12:00:00.000Z' });
      if ('poison' in meaning) throw new Error(meaning.poison);
      return meaning.events.map(keyOf);
    });
  }
}

interface Run {
  readonly table: Table;
  saved: Progress;
  readonly lost: string[];
}

const begin = (id: string, from = FROM, to = TO): Run => ({
  table: new Table(id),
  saved: { trusted: from, to, fetched: 0, missing: 0, passed: 0, unreadable: 0, open: [], border: [] },
  lost: [],
});

/** One run from what is saved; `dies` is asked at every step and may throw. */
async function run(fake: FakeEsp, state: Run, dies: () => void = () => {}, key = fake.key): Promise<Progress> {
  const api = await apiOf(fake.provider);
  if (!api) throw new Error('no API');
  const call = caller({
    api: { ...api, perSecond: 1e6 },
    title: fake.provider,
    base: new URL(fake.api.url),
    key,
    say: () => {},
    patience: PATIENCE,
  });
  const window = { from: FROM, to: state.saved.to };
  const end = await readEvents(
    { ...(api.events as EventsApi), sliceHours: 6 },
    { call, now: Date.now(), domain: fake.domain, source: fake.provider, wait: async () => {} },
    window,
    state.saved,
    {
      interpret: readerOf(fake.provider),
      async recorded(events) {
        dies();
        return new Set(events.flatMap((event, at) => (state.table.keys.has(keyOf(event)) ? [at] : [])));
      },
      async send(raws) {
        dies();
        // Cut off in the middle: a part has gone.
        for (const [at, raw] of raws.entries()) {
          state.table.take([raw]);
          if (at % 2 === 1) dies();
        }
        dies();
      },
      reached(progress) {
        dies();
        state.saved = JSON.parse(JSON.stringify(progress)) as Progress;
      },
      lost: (sentence) => void state.lost.push(sentence),
    },
  );
  return end;
}

const TYPES = { postmark: ['bounced', 'complained'], scaleway: ['bounced', 'delivered'] } as Readonly<
  Record<string, Happening['type'][]>
>;
const happening = (id: string) =>
  fc.record({
    offset: fc.integer({ min: 0, max: 12 * 3600 - 1 }),
    type: fc.constantFrom(...(TYPES[id] ?? (['delivered', 'bounced', 'complained', 'opened'] as const))),
    person: fc.constantFrom('ada@example.com', 'Bob.B+tag@Example.org', 'ç@example.net'),
  });
const told = (fake: FakeEsp, picks: readonly { offset: number; type: Happening['type']; person: string }[]): void => {
  fake.story.length = 0;
  for (const [at, { offset, type, person }] of picks.entries()) {
    const time = FROM + offset * 1000;
    fake.story.push({ at: time, shownAt: 0, type, recipient: person, id: at + 1 });
  }
};

describe.each([...FAKE_ESPS])('catch-up: %s', (id, start) => {
  let fake: FakeEsp;
  beforeAll(async () => {
    fake = await start();
  });
  afterAll(() => fake.api.stop());
  const calm = (): void => {
    fake.api.fault = () => undefined;
    fake.turned = () => {};
    fake.now = () => Date.now();
  };

  test('the webhook form and the API form of one event have one fingerprint and one key', async () => {
    calm();
    told(
      fake,
      (TYPES[id] ?? (['delivered', 'bounced', 'complained', 'opened'] as const)).map((type, at) => ({
        type,
        offset: at * 61,
        person: 'Ada@example.com',
      })),
    );
    const state = begin(id);
    state.table.take(fake.story.map(fake.webhook));
    const size = state.table.keys.size;
    const end = await run(fake, state);
    expect({
      fetched: end.fetched,
      missing: end.missing,
      unreadable: end.unreadable,
      size: state.table.keys.size,
    }).toEqual({ fetched: size, missing: 0, unreadable: 0, size });
    expect(size).toBe(fake.story.length);
  });

  test('every event exactly once in any overlap with the webhook, cut off anywhere and resumed, and what was missing is counted exactly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening(id), { maxLength: 25 }),
        fc.array(fc.boolean(), { minLength: 25, maxLength: 25 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
        async (picks, came, deaths) => {
          calm();
          told(fake, picks);
          const state = begin(id);
          const early = fake.story.filter((_one, at) => came[at]).map(fake.webhook);
          state.table.take(early);
          const before = state.table.keys.size;
          const all = new Set(state.table.keysOf(fake.story.map(fake.webhook)));
          for (const death of deaths) {
            let left = death;
            const dies = (): void => {
              if (left-- === 0) throw new Error('killed');
            };
            await run(fake, state, dies).catch((error: Error) => expect(error.message).toBe('killed'));
            if (state.saved.trusted >= TO) state.saved = { ...state.saved, trusted: state.saved.trusted };
          }
          const end = await run(fake, state);
          expect(state.table.keys).toEqual(all);
          expect(end.missing).toBe(all.size - before);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  test('what is added while it is read, older and newer, moves rows and costs none of those that were there', async () => {
    calm();
    told(
      fake,
      Array.from({ length: 12 }, (_one, at) => ({
        offset: 600 * (at + 1),
        type: TYPES[id]?.[0] ?? 'delivered',
        person: 'ada@example.com',
      })),
    );
    const state = begin(id);
    const there = state.table.keysOf(fake.story.map(fake.webhook));
    let turns = 0;
    fake.turned = () => {
      if (++turns > 2) return;
      const type = TYPES[id]?.[0] ?? 'delivered';
      fake.story.push({ at: TO - 1000 * turns, shownAt: 0, type, recipient: 'new@example.com', id: 500 + turns * 2 });
      fake.story.push({
        at: FROM + 1000 * turns,
        shownAt: 0,
        type,
        recipient: 'late@example.com',
        id: 600 + turns * 2,
      });
    };
    await run(fake, state);
    for (const key of there) expect(state.table.keys).toContain(key);
    // What came late is there once the window is read again: reading again is free.
    calm();
    state.saved = begin(id).saved;
    await run(fake, state);
    expect(state.table.keys).toEqual(new Set(state.table.keysOf(fake.story.map(fake.webhook))));
  });

  test.each<[string, Fault]>([
    ['429 with seconds', { status: 429, headers: { 'retry-after': '1' } }],
    ['429 with a date', { status: 429, headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() } }],
    ['429 without a word', { status: 429 }],
    ['500', { status: 500 }],
    ['503 with seconds', { status: 503, headers: { 'retry-after': '1' } }],
    ['a hung answer', 'hang'],
    ['a cut connection', 'reset'],
    ['half an answer', 'half'],
    ['a page of HTML', 'html'],
    ['an empty answer', 'empty'],
  ])(
    '%s on the first call, in the middle and ten times in a row is waited out',
    async (_name, fault) => {
      for (const broken of [
        (n: number) => n === 0,
        (n: number) => n === 2,
        ...(fault === 'hang' ? [] : [(n: number) => n >= 1 && n <= 10]),
      ]) {
        calm();
        told(
          fake,
          Array.from({ length: 9 }, (_one, at) => ({
            offset: 3600 * at,
            type: TYPES[id]?.[0] ?? 'bounced',
            person: 'ada@example.com',
          })),
        );
        const first = fake.api.asked.length;
        fake.api.fault = (_asked, number) => (broken(number - first) ? fault : undefined);
        const state = begin(id);
        const end = await run(fake, state);
        expect([end.fetched, end.missing, state.table.keys.size]).toEqual([9, 9, 9]);
      }
    },
    20_000,
  );

  test('a wait longer than anybody waits ends the run with its mark kept; the next one ends it', async () => {
    calm();
    told(
      fake,
      Array.from({ length: 9 }, (_one, at) => ({
        offset: 4700 * at,
        type: TYPES[id]?.[0] ?? 'bounced',
        person: 'ada@example.com',
      })),
    );
    const state = begin(id);
    const first = fake.api.asked.length;
    fake.api.fault = (_asked, number) =>
      number - first >= 3 ? { status: 429, headers: { 'retry-after': '7200' } } : undefined;
    await expect(run(fake, state)).rejects.toThrow('to wait 120 minutes');
    calm();
    const end = await run(fake, state);
    expect([end.missing, state.table.keys.size]).toEqual([9, 9]);
  });

  test('a wrong key and one without the right are told apart, tried once, and quoted nowhere', async () => {
    calm();
    told(fake, []);
    for (const [key, status] of [
      ['wrong-key-12345', 401],
      [fake.poorKey, 403],
    ] as const) {
      const first = fake.api.asked.length;
      const error = await run(fake, begin(id), undefined, key).catch((one: Error) => one);
      expect(error).toMatchObject({ name: 'CannotKnow', message: expect.stringContaining(`(${status})`) });
      expect((error as Error).message).not.toContain(key);
      expect((error as Error).message).toMatch(/Needed: .*(API key|token)/);
      expect(fake.api.asked.length).toBe(first + 1);
    }
  });

  test('a redirect is not followed with the key', async () => {
    calm();
    told(fake, []);
    fake.api.fault = () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' } });
    await expect(run(fake, begin(id))).rejects.toThrow(/redirect/);
  });

  test('a page whose token has ended costs nothing: its slice is read from the beginning', async () => {
    calm();
    const type = TYPES[id]?.[0] ?? 'bounced';
    const person = 'ada@example.com';
    told(
      fake,
      Array.from({ length: 20 }, (_one, at) => ({ offset: 600 * (at + 1), type, person })),
    );
    let turns = 0;
    fake.turned = () => {
      if (++turns === 2) fake.forget?.();
    };
    const state = begin(id);
    const end = await run(fake, state);
    expect([end.fetched, end.missing, state.table.keys.size]).toEqual([20, 20, 20]);
  });

  test('an empty window is read, and is empty', async () => {
    calm();
    told(fake, []);
    expect(await run(fake, begin(id))).toMatchObject({ fetched: 0, missing: 0, unreadable: 0, trusted: TO });
  });

  test('an event that the API shows late is not lost to a window that ends before it', async () => {
    calm();
    told(fake, [{ offset: 12 * 3600 - 60, type: TYPES[id]?.[0] ?? 'bounced', person: 'ada@example.com' }]);
    fake.story[0] = { ...(fake.story[0] as Happening), shownAt: TO + 20 * 60_000 };
    fake.now = () => TO + 10 * 60_000;
    const api = await apiOf(id);
    const settled = fake.now() - (api?.events?.settleMinutes ?? 0) * 60_000;
    // The window ends where the ESP has settled: before the event, which the next run reads.
    expect(settled).toBeLessThan(fake.story[0].at);
    fake.now = () => TO + 40 * 60_000;
    const state = begin(id);
    expect((await run(fake, state)).fetched).toBe(1);
  });
});
