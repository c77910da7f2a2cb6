import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import {
  fold,
  type Judgement,
  MAX_SCOPES,
  type Mark,
  type Reason,
  type Reasons,
  settled,
  untilAfter,
  verdicts,
} from '../../../../lambda/domain/suppression/suppression.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();

let count = 0;
const mark = (second: number, until: number, over: Partial<Mark> = {}): Mark => ({
  at: at(second),
  until,
  fingerprint: String(count++).padStart(32, '0'),
  source: 'sendgrid',
  event: 'bounce',
  ...over,
});
const judge = (reason: Reason, given: Mark, scope?: string): Judgement => ({
  reason,
  mark: given,
  ...(scope && { scope }),
});
const state = (...judgements: Judgement[]): Reasons => fold({}, judgements);

/** Any evidence of any reason at few distinct times, so that ties happen. */
const judgement = fc
  .record({
    reason: fc.constantFrom<Reason>('hard_bounce', 'complaint', 'unsubscribe', 'manual'),
    scope: fc.constantFrom(undefined, 'sendgrid:asm:1'),
    second: fc.integer({ min: 0, max: 6 }),
    days: fc.constantFrom<number | 'forever'>(0, 1, 30, 'forever'),
    echo: fc.boolean(),
    print: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ reason, scope, second, days, echo, print }): Judgement => {
    const until = days === 0 ? 0 : untilAfter(at(second), days);
    const one = mark(second, until, {
      fingerprint: `${print}${days}${echo}${second}`,
      ...(echo && until > 0 && { echo: true as const }),
    });
    return judge(reason, one, reason === 'unsubscribe' ? scope : undefined);
  });

describe('merging suppression evidence', () => {
  test('property: any permutation, repetition and split over two processors ends equal', () => {
    fc.assert(
      fc.property(fc.array(judgement, { maxLength: 12 }), fc.array(fc.nat()), fc.nat(12), (all, shuffle, cut) => {
        const expected = fold({}, all);
        const shuffled = all.map((item, index) => ({ item, key: shuffle[index] ?? 0 })).sort((a, b) => a.key - b.key);
        const order = shuffled.map(({ item }) => item);
        expect(fold({}, [...order, ...all])).toEqual(expected);
        // One processor at a time, each folding into what the other stored.
        expect(fold(fold(fold({}, order.slice(cut)), order.slice(0, cut)), order)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('property: what is stored twice over is stored once, and stays small', () => {
    fc.assert(
      fc.property(fc.array(judgement, { maxLength: 30 }), (all) => {
        const once = fold({}, all);
        expect(fold(once, all)).toEqual(once);
        for (const marks of Object.values(once)) expect(marks.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  test('the latest word wins by event time, whatever arrives last', () => {
    const bounce = judge('hard_bounce', mark(5, FOREVER));
    const lift = judge('hard_bounce', mark(9, 0));
    expect(verdicts(state(bounce, lift)).suppressedUntil).toBe(0);
    expect(verdicts(state(lift, bounce)).suppressedUntil).toBe(0);
    expect(verdicts(state(lift, judge('hard_bounce', mark(10, FOREVER)))).suppressedUntil).toBe(FOREVER);
  });

  test('of equal times suppressing wins, then the smaller fingerprint', () => {
    const set = mark(5, FOREVER, { fingerprint: 'b' });
    expect(verdicts(state(judge('complaint', mark(5, 0)), judge('complaint', set))).suppressedUntil).toBe(FOREVER);
    const twin = mark(5, FOREVER, { fingerprint: 'a' });
    expect(state(judge('complaint', set), judge('complaint', twin)).complaint?.[0]?.fingerprint).toBe('a');
  });

  test('later weaker evidence does not shorten what earlier evidence proved, until that is lifted', () => {
    const strong = judge('hard_bounce', mark(1, FOREVER));
    const weak = judge('hard_bounce', mark(3, untilAfter(at(3), 30)));
    expect(verdicts(state(strong, weak)).suppressedUntil).toBe(FOREVER);
    expect(verdicts(state(strong, weak, judge('hard_bounce', mark(2, 0)))).suppressedUntil).toBe(untilAfter(at(3), 30));
  });

  test("an echo of the ESP's list is never set over a lift, and is kept as it was said first", () => {
    const late = judge('complaint', mark(20, FOREVER, { echo: true }));
    const early = judge('complaint', mark(10, FOREVER, { echo: true }));
    expect(state(late, early).complaint).toEqual([early.mark]);
    expect(verdicts(state(judge('complaint', mark(1, 0)), late)).suppressedUntil).toBe(0);
    expect(state(judge('complaint', mark(1, 0)), late).complaint?.[0]?.until).toBe(0);
  });

  test.each<[string, Mark[], number]>([
    ['an echo for ever after evidence that ended', [mark(1, 500), mark(9, FOREVER, { echo: true })], FOREVER],
    ['evidence for a while after an echo for ever', [mark(9, 900), mark(1, FOREVER, { echo: true })], FOREVER],
    ['evidence for ever beside an echo for a while', [mark(1, FOREVER), mark(9, 900, { echo: true })], FOREVER],
    ['a lift over any echo, and evidence after it', [mark(5, 0), mark(6, 600), mark(9, FOREVER, { echo: true })], 600],
    ['a lift alone', [mark(5, 0), mark(9, FOREVER, { echo: true })], 0],
  ])("the ESP's list counts by how long it lasts: %s", (_name, marks, until) => {
    const judgements = marks.map((one) => judge('hard_bounce', one));
    for (const order of [judgements, judgements.toReversed()])
      expect(verdicts(state(...order)).suppressedUntil).toBe(until);
  });

  test('an echo that is repeated renews nothing, a stronger one counts', () => {
    const day = (second: number, days: number) => mark(second, untilAfter(at(second), days), { echo: true });
    const [first, again, longer] = [day(1, 30), day(9, 30), day(5, 31)];
    expect(state(judge('manual', again), judge('manual', first)).manual).toEqual([first]);
    expect(state(judge('manual', longer), judge('manual', first)).manual).toEqual([longer]);
    const twin = { ...first, fingerprint: '0' };
    expect(state(judge('manual', first), judge('manual', twin)).manual).toEqual([twin]);
  });

  test('evidence of the time of a lift stands, an older piece goes', () => {
    const lift = judge('complaint', mark(5, 0));
    expect(verdicts(state(judge('complaint', mark(5, 600)), lift)).suppressedUntil).toBe(600);
    expect(verdicts(state(judge('complaint', mark(4, 600)), lift)).suppressedUntil).toBe(0);
    const later = judge('complaint', mark(6, 0));
    expect(state(lift, later).complaint).toEqual([later.mark]);
  });

  test('what is withdrawn goes, with its reason where nothing else is left', () => {
    const reasons = state(
      judge('soft_bounces', mark(1, 500)),
      judge('manual', mark(1, 500)),
      judge('manual', mark(2, 0)),
    );
    const { reasons: left } = settled(reasons, [judge('complaint', mark(3, 700))], (_key, { until }) => until === 500);
    expect(Object.keys(left)).toEqual(['complaint', 'manual']);
    expect(left.manual).toMatchObject([{ until: 0 }]);
  });

  test('a person has a bounded number of scopes; what is one more is refused, what is known is not', () => {
    const leave = (n: number) => judge('unsubscribe', mark(n, FOREVER), `s:list:${n}`);
    const all = Array.from({ length: MAX_SCOPES + 2 }, (_none, n) => leave(n));
    const { reasons, refused } = settled({}, all);
    expect([Object.keys(reasons).length, MAX_SCOPES]).toEqual([200, 200]);
    expect(refused).toEqual(all.slice(MAX_SCOPES));
    const back = judge('unsubscribe', mark(999, 0), 's:list:0');
    expect(settled(reasons, [back, judge('unsubscribe', mark(1, 5)), judge('complaint', mark(1, 5))]).refused).toEqual(
      [],
    );
  });

  test('a lifted reason stays as a tombstone', () => {
    expect(state(judge('manual', mark(5, FOREVER)), judge('manual', mark(6, 0))).manual).toMatchObject([
      { at: at(6), until: 0 },
    ]);
  });
});

test('an end is counted in whole seconds from the second of the event, and never passes for ever', () => {
  expect(untilAfter('2026-01-01T00:00:00.999Z', 1)).toBe(Date.UTC(2026, 0, 2) / 1000);
  expect(untilAfter('2026-01-01T00:00:00.000Z', 0.5)).toBe(Date.UTC(2026, 0, 1, 12) / 1000);
  expect(untilAfter('2026-01-01T00:00:00.000Z', 'forever')).toBe(FOREVER);
  expect(untilAfter('9999-12-31T00:00:00.000Z', 30)).toBe(FOREVER);
});

describe('what readers compare with the clock', () => {
  test('every reason stops marketing, unsubscribes leave transactional mail alone, scopes stop their own list', () => {
    expect(verdicts(state(judge('unsubscribe', mark(1, FOREVER))))).toEqual({
      suppressedUntil: FOREVER,
      transactionalUntil: 0,
      scopes: {},
    });
    expect(verdicts(state(judge('complaint', mark(1, FOREVER))))).toEqual({
      suppressedUntil: FOREVER,
      transactionalUntil: FOREVER,
      scopes: {},
    });
    expect(verdicts(state(judge('unsubscribe', mark(1, FOREVER), 'sendgrid:asm:1')))).toEqual({
      suppressedUntil: 0,
      transactionalUntil: 0,
      scopes: { 'sendgrid:asm:1': FOREVER },
    });
  });

  test('a resubscribe lifts its own scope and no other reason', () => {
    const reasons = state(
      judge('unsubscribe', mark(1, FOREVER), 's:list:1'),
      judge('unsubscribe', mark(1, FOREVER), 's:list:2'),
      judge('complaint', mark(1, FOREVER)),
      judge('unsubscribe', mark(2, 0), 's:list:1'),
    );
    expect(verdicts(reasons)).toEqual({
      suppressedUntil: FOREVER,
      transactionalUntil: FOREVER,
      scopes: { 's:list:2': FOREVER },
    });
  });
});
