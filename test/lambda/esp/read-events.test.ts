import { describe, expect, test } from '@jest/globals';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { type Progress, readEvents } from '../../../lambda/esp/read-events.ts';
import { type ApiContext, CursorLost, type EventPage, type EventsApi } from '../../../lambda/providers/api.ts';

/** A window of an ESP's events, read slice by slice: what is sent, what is counted, and where a run that was cut off goes on. */

const HOUR = 3_600_000;
const START = Date.UTC(2026, 4, 4);
const NOTHING: Progress = {
  trusted: START,
  to: START + 12 * HOUR,
  fetched: 0,
  missing: 0,
  passed: 0,
  unreadable: 0,
  open: [],
  border: [],
};
const context = {} as ApiContext;
/** A raw event is its fingerprint and its minute. */
const raw = (fingerprint: string, minute?: number): string => JSON.stringify([fingerprint, minute]);
const interpret = (text: string) => {
  if (text === 'unreadable') return { poison: 'x' };
  const [fingerprint, minute] = JSON.parse(text) as [string, number | null];
  const occurredAt =
    minute === null || minute === undefined
      ? {}
      : { occurredAt: new Date(START + Math.round(minute * 60_000)).toISOString() };
  return { events: [{ fingerprint, ...occurredAt } as NormalisedEvent] };
};

interface World {
  readonly pages: (call: number, from: number) => readonly (EventPage | Error)[];
  readonly api?: Partial<EventsApi>;
  readonly known?: readonly string[];
  readonly begun?: Partial<Progress>;
  readonly hours?: number;
}
async function run({ pages, api = {}, known = [], begun = {}, hours = 6 }: World) {
  const log: string[] = [];
  const reached: Progress[] = [];
  let calls = 0;
  const events = {
    ...{ reachDays: 30, settleMinutes: 0 },
    ...api,
    async *pages(_context: ApiContext, { from, to }: { from: number; to: number }) {
      log.push(`slice ${(from - START) / HOUR}-${(to - START) / HOUR}`);
      for (const page of pages(++calls, (from - START) / HOUR)) {
        if (page instanceof Error) throw page;
        yield page;
      }
    },
  } as EventsApi;
  const window = { from: START, to: START + hours * HOUR };
  const progress = { ...NOTHING, to: window.to, ...begun };
  const ended = await readEvents(events, context, window, progress, {
    interpret: interpret as never,
    recorded: async (some) => new Set(some.flatMap(({ fingerprint }, at) => (known.includes(fingerprint) ? [at] : []))),
    send: async (raws) => void log.push(`send ${raws.map((one) => JSON.parse(one)[0]).join()}`),
    reached: (one) => {
      reached.push(one);
      log.push(`reached ${one.open.join()}`);
    },
    lost: (sentence) => void log.push(sentence),
  });
  return { ended, log, reached };
}

test('slices of six hours, or of as many as the API says, to the end of the window; what is missing is written down before it is sent', async () => {
  const { ended, log } = await run({
    pages: (call) => (call === 1 ? [{ events: [raw('a', 1), raw('b', 2)], passed: 3 }, { events: [raw('c', 3)] }] : []),
    known: ['b'],
    hours: 8,
  });
  expect(log).toEqual([
    'slice 0-6',
    'reached a',
    'send a,b',
    'reached a,c',
    'send c',
    'reached ',
    'slice 6-8',
    'reached ',
  ]);
  expect(ended).toEqual({
    ...NOTHING,
    to: START + 8 * HOUR,
    trusted: START + 8 * HOUR,
    fetched: 3,
    missing: 2,
    passed: 3,
  });
  const shorter = await run({ pages: () => [], api: { sliceHours: 3 } });
  expect(shorter.log.filter((line) => line.startsWith('slice'))).toEqual(['slice 0-3', 'slice 3-6']);
});

test('a run that was cut off goes on where the last whole slice ended, from its counts, with what it had written down', async () => {
  const { ended, log, reached } = await run({
    pages: () => [{ events: [raw('a', 400)] }],
    known: ['a'],
    begun: { trusted: START + 6 * HOUR, fetched: 5, missing: 1, open: ['a'] },
    hours: 12,
  });
  // It may have been sent by the run before: it stays missing.
  expect(log).toEqual(['slice 6-12', 'reached a', 'send a', 'reached ']);
  expect(reached[0]).toMatchObject({ fetched: 5, missing: 1, trusted: START + 6 * HOUR });
  expect(ended).toMatchObject({ fetched: 6, missing: 2, trusted: START + 12 * HOUR });
});

test('what cannot be read is counted; a page without anything new asks nobody', async () => {
  const { ended, log } = await run({
    pages: () => [{ events: ['unreadable'], lost: 'A part is gone.' }, { events: [] }],
  });
  expect(log).toEqual(['slice 0-6', 'A part is gone.', 'reached ']);
  expect(ended).toMatchObject({ unreadable: 1, fetched: 0, missing: 0 });
});

describe('what comes twice', () => {
  test('in a slice, or at the border of two, is one', async () => {
    const { ended, log } = await run({
      pages: (_call, from) =>
        from === 0
          ? [{ events: [raw('a', 1), raw('a', 1), raw('b', 360)] }]
          : [{ events: [raw('b', 360), raw('c', 361)] }],
      hours: 12,
    });
    expect(ended).toMatchObject({ fetched: 3, missing: 3 });
    expect(log.filter((line) => line.startsWith('send'))).toEqual(['send a,b', 'send c']);
  });

  test('after a restart is known by the border, which is two seconds wide on both sides, and holds what has no time', async () => {
    const end = 360;
    const { reached } = await run({
      pages: () => [
        {
          events: [
            raw('on', end),
            raw('early', end - 2 / 60),
            raw('late', end + 2 / 60),
            raw('none'),
            raw('before', end - 2.001 / 60),
            raw('after', end + 2.001 / 60),
          ],
        },
      ],
    });
    expect(reached.at(-1)?.border).toEqual(['on', 'early', 'late', 'none']);
    const again = await run({ pages: () => [{ events: [raw('on', end)] }], begun: { trusted: START, border: ['on'] } });
    expect(again.ended.fetched).toBe(0);
  });
});

describe('rows that move while they are read', () => {
  const shifts = { shifts: true } as const;

  test('are read until a pass brings nothing new; what cannot be told apart counts in the first', async () => {
    const pages = (call: number): EventPage[] => [
      { events: call < 3 ? [raw(`e${call}`, 1), 'unreadable'] : ['unreadable'], passed: 1 },
    ];
    const { ended, log } = await run({ pages, api: shifts });
    expect(log.filter((line) => line.startsWith('slice'))).toHaveLength(3);
    expect(ended).toMatchObject({ fetched: 2, passed: 1, unreadable: 1 });
    // An API whose rows stay is read once.
    expect((await run({ pages })).log.filter((line) => line.startsWith('slice'))).toHaveLength(1);
  });

  test('ten times at most: then it is said', async () => {
    const { log } = await run({ pages: (call) => [{ events: [raw(`e${call}`, 1)] }], api: shifts });
    expect(log.filter((line) => line.startsWith('slice'))).toHaveLength(10);
    expect(log.join()).toContain('The rows up to 2026-05-04T06:00:00.000Z keep moving');
  });
});

describe('pages that get lost', () => {
  test('are read again from the beginning of the slice, and counted once', async () => {
    const { ended, log } = await run({
      pages: (call) =>
        call === 1
          ? [{ events: [raw('a', 1)], passed: 1 }, new CursorLost('x')]
          : [{ events: [raw('a', 1), raw('b', 2)], passed: 1 }],
    });
    expect(log.filter((line) => line.startsWith('slice'))).toHaveLength(2);
    expect(ended).toMatchObject({ fetched: 2, missing: 2, passed: 1 });
  });

  test('five times: then it is given up; anything else at once', async () => {
    let calls = 0;
    const lost = run({
      pages: (call) => {
        calls = call;
        return [new CursorLost('x')];
      },
    });
    await expect(lost).rejects.toThrow('The pages keep getting lost');
    expect(calls).toBe(5);
    await expect(run({ pages: () => [new TypeError('x')] })).rejects.toThrow(TypeError);
  });
});

test('where the API goes by the time of mails, events of before the window, or at its end, are nobody asks for', async () => {
  const events = [raw('before', -1), raw('first', 0), raw('last', 359), raw('end', 360), raw('none')];
  const { ended } = await run({ pages: () => [{ events }], api: { mailDays: 3 } });
  expect(ended.fetched).toBe(3);
  expect((await run({ pages: () => [{ events }] })).ended.fetched).toBe(5);
});
