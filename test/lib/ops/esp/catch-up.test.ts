import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { eventKey } from '../../../../lambda/domain/event/record.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { caller } from '../../../../lambda/esp/caller.ts';
import { type Progress, readEvents } from '../../../../lambda/esp/read-events.ts';
import type { EventsApi } from '../../../../lambda/providers/api.ts';
import { apiOf, EVENT_API_IDS } from '../../../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { FAKE_ESPS } from '../../../support/esp/index.ts';
import { type Fault, fakeApi } from '../../../support/esp/server.ts';
import type { FakeEsp, Happening } from '../../../support/esp/story.ts';
import { type Cases, OTHER_ANSWERS, SURROUNDINGS } from '../../../support/surroundings/bad-days.ts';

const HOUR = 3_600_000;
const TO = Date.parse('2026-05-04T12:00:00Z');
const FROM = TO - 12 * HOUR;
const PATIENCE = { answer: 250, first: 1, longest: 60_000, most: 262_144, pause: async () => {} };

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
async function run(
  fake: FakeEsp,
  state: Run,
  dies: () => void = () => {},
  key = fake.key,
  tries = 12,
): Promise<Progress> {
  const api = await apiOf(fake.provider);
  if (!api) throw new Error('no API');
  const call = caller({
    api: { ...api, perSecond: 1e6 },
    title: fake.provider,
    base: new URL(fake.api.url),
    key,
    say: () => {},
    patience: { ...PATIENCE, tries },
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

/** Pages by tokens that may end; pages that may be empty although another follows. */
const TOKENS = new Set(['sparkpost', 'mailgun', 'lettermint']);
const BLANKS = new Set(['sparkpost', 'lettermint']);

/** The first call, one in the middle, and ten in a row, in one run: what is asked again is the next number. */
const LAST_BAD = 13;
const isBad = (n: number): boolean => n === 0 || n === 2 || (n >= 4 && n <= LAST_BAD);

/** Nine, an hour apart. */
const hourly = (id: string) =>
  Array.from({ length: 9 }, (_one, at) => ({
    offset: 3600 * at,
    type: TYPES[id]?.[0] ?? ('bounced' as const),
    person: 'ada@example.com',
  }));

test.each<[string, Fault]>([
  ['a hung answer', 'hang'],
  ['an answer that drips', 'drip'],
])('%s on the first call and in the middle is given up and waited out, whoever is asked', async (_name, fault) => {
  const runs = [...FAKE_ESPS].flatMap(([id, start]) => [0, 2].map((at) => ({ id, start, at })));
  // Side by side: each is waited for as long as an answer may take.
  const ends = runs.map(async ({ id, start, at }) => {
    const fake = await start();
    told(fake, hourly(id));
    fake.api.fault = (_asked, number) => (number === at ? fault : undefined);
    const state = begin(id);
    const { fetched, missing } = await run(fake, state);
    await fake.api.stop();
    return { id, at, fetched, missing, stored: state.table.keys.size };
  });
  expect(await Promise.all(ends)).toEqual(runs.map(({ id, at }) => ({ id, at, fetched: 9, missing: 9, stored: 9 })));
});

test('every ESP whose events can be read stands here, and every surrounding has a case', () => {
  expect([...FAKE_ESPS.keys()].sort()).toEqual([...EVENT_API_IDS].sort());
  expect(SURROUNDINGS.length).toBe(8);
});

describe.each([...FAKE_ESPS])('catch-up: %s', (id, start) => {
  let fake: FakeEsp;
  beforeAll(async () => {
    fake = await start();
  });
  afterAll(() => fake.api.stop());
  const calm = (): void => {
    fake.api.fault = () => undefined;
    fake.turned = () => {};
    if (fake.blank) fake.blank = false;
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
      { numRuns: process.env.NIGHTLY === undefined ? 12 : 400 },
    );
  }, 60_000);

  test.each<[string, Fault]>([
    ['500', { status: 500 }],
    ['503 with seconds', { status: 503, headers: { 'retry-after': '1' } }],
    ['a cut connection', 'reset'],
    ['half an answer', 'half'],
    ['a page of HTML', 'html'],
    ['an empty answer', 'empty'],
  ])(
    '%s on the first call, in the middle and ten times in a row is waited out',
    async (_name, fault) => {
      calm();
      told(fake, hourly(id));
      const first = fake.api.asked.length;
      fake.api.fault = (_asked, number) => (isBad(number - first) ? fault : undefined);
      const state = begin(id);
      const end = await run(fake, state);
      expect([end.fetched, end.missing, state.table.keys.size]).toEqual([9, 9, 9]);
      expect(fake.api.asked.length - first).toBeGreaterThan(LAST_BAD + 1);
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

  test('a redirect is not followed with the key', async () => {
    calm();
    told(fake, []);
    fake.api.fault = () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' } });
    await expect(run(fake, begin(id))).rejects.toThrow(/redirect/);
  });

  /** Nine events, and what the API does before the n-th request after the first; returns how the run ended and what came. */
  async function readWhile(happens: (n: number) => Fault | undefined, count = 9): Promise<Progress & Run> {
    const first = fake.api.asked.length;
    fake.api.fault = (_asked, number) => happens(number - first);
    const state = begin(id);
    const end = await run(fake, state);
    fake.api.fault = () => undefined;
    expect(state.table.keys.size).toBe(count);
    return { ...end, ...state };
  }
  const type = TYPES[id]?.[0] ?? 'bounced';
  const tellNine = (): void =>
    told(
      fake,
      Array.from({ length: 9 }, (_one, at) => ({ offset: 4000 * at, type, person: 'ada@example.com' })),
    );

  const CASES: Cases<void> = {
    async 'pages that shift'() {
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
      // What was read goes, and the rows behind it move up: none of them is passed over.
      for (const at of [1, 2, 3]) {
        calm();
        tellNine();
        let turned = 0;
        const rest = new Set(state.table.keysOf(fake.story.slice(1, -1).map(fake.webhook)));
        fake.turned = () => {
          if (++turned === at) for (const end of [0, -1]) fake.story.splice(end, 1);
        };
        const shrinking = begin(id);
        await run(fake, shrinking);
        expect([...rest].filter((key) => !shrinking.table.keys.has(key))).toEqual([]);
      }
    },
    async '429 with Retry-After'() {
      calm();
      tellNine();
      for (const after of ['1', new Date(Date.now() + 2000).toUTCString()])
        expect(
          await readWhile((n) => (isBad(n) ? { status: 429, headers: { 'retry-after': after } } : undefined)),
        ).toMatchObject({ fetched: 9, missing: 9 });
    },
    async '429 without a word'() {
      calm();
      tellNine();
      expect(await readWhile((n) => (isBad(n) ? { status: 429 } : undefined))).toMatchObject({
        fetched: 9,
        missing: 9,
      });
    },
    async 'index lag'() {
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
    },
    async 'expired cursors'() {
      expect([id, fake.forget !== undefined]).toEqual([id, TOKENS.has(id)]);
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
    },
    async 'auth failures'() {
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
    },
    async duplicates() {
      calm();
      tellNine();
      fake.story.push(...fake.story.map((one) => ({ ...one })));
      expect(await readWhile(() => undefined)).toMatchObject({ fetched: 9, missing: 9, unreadable: 0 });
    },
    async 'empty pages'() {
      calm();
      told(fake, []);
      expect(await run(fake, begin(id))).toMatchObject({ fetched: 0, missing: 0, unreadable: 0, trusted: TO });
      expect([id, fake.blank !== undefined]).toEqual([id, BLANKS.has(id)]);
      tellNine();
      let blanks = 0;
      fake.turned = () => {
        if (fake.blank !== undefined && ++blanks === 1) fake.blank = true;
      };
      expect(await readWhile(() => undefined)).toMatchObject({ fetched: 9, missing: 9 });
      expect(fake.blank ?? false).toBe(false);
    },
  };
  test.each(Object.entries(CASES))('%s', (_name, meet) => meet(), 20_000);

  test('a window that never ends, or an answer that is none, is an error and not an empty window; no other host learns the key', async () => {
    calm();
    tellNine();
    for (const text of OTHER_ANSWERS) {
      fake.api.fault = ({ path }) => (path.startsWith('/files') ? undefined : { status: 200, text });
      await expect(run(fake, begin(id), undefined, fake.key, 2)).rejects.toThrow(
        /something else than was asked for|no JSON|gave no id/,
      );
    }
    fake.api.fault = () => ({ status: 200, text: `["${'x'.repeat(300_000)}"]` });
    await expect(run(fake, begin(id))).rejects.toThrow('at once');

    // The same answer for ever, from the n-th on: nothing is asked without end.
    for (const nth of [0, 1, 2]) {
      calm();
      const first = fake.api.asked.length;
      fake.api.fault = (_asked, number) =>
        number - first > nth ? { status: 200, text: fake.api.said[first + nth] ?? '' } : undefined;
      const ended = await run(fake, begin(id)).catch((error: Error) => error);
      // One makes what is asked for meanwhile, and is looked after for ten minutes.
      expect(fake.api.asked.length - first).toBeLessThan(id === 'unisender-go' ? 400 : 150);
      if (ended instanceof Error)
        expect(ended.message).toMatch(/circle|something else|no JSON|not made the dump|keep getting/);
    }

    // What comes next is on another host.
    const stranger = await fakeApi(() => ({ json: {} }));
    const [host] = [stranger.url.slice('http://'.length)];
    for (const elsewhere of [`${stranger.url}/`, `//${host}/`, `https://a.example//${host}/`, `\\\\${host}/`]) {
      calm();
      const first = fake.api.asked.length;
      await run(fake, begin(id));
      const [said = ''] = fake.api.said.slice(first).filter((text) => /"(next|url)":/.test(text));
      fake.api.fault = ({ path }, number) =>
        said !== '' && number > first && !path.includes('create')
          ? { status: 200, text: said.replaceAll(/("(?:next|url)": ?")(?:https?:\/\/[^/"]+)?\//g, `$1${elsewhere}`) }
          : undefined;
      await run(fake, begin(id)).catch(() => {});
    }
    expect(stranger.asked.filter(({ headers }) => JSON.stringify(headers).includes(fake.key))).toEqual([]);
    expect(stranger.asked).toEqual([]);
    await stranger.stop();
  }, 20_000);
});
