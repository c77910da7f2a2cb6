import { describe, expect, test } from '@jest/globals';
import type { RuntimeConfig } from '../../../../lambda/contract/config.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { judgeEvents, PROMPT, policyOf } from '../../../../lambda/handlers/process/judge.ts';
import type { RecordedEvent } from '../../../../lambda/handlers/process/record.ts';
import { tallyOf } from '../../../../lambda/handlers/process/tally.ts';
import { DEFAULT_POLICY } from '../../../../lib/settings/policy.ts';

/** What single events of a batch prove, and of whom more has to be read before it is known. */

const AT = Date.UTC(2026, 4, 4, 10);
const iso = (ms: number): string => new Date(ms).toISOString();
const event = (over: object = {}) =>
  ({
    ...{ fingerprint: 'a'.repeat(32), type: 'complained', source: 'news', provider: 'sendgrid', providerEvent: 'x' },
    ...{ recipient: 'ada@example.com', occurredAt: iso(AT - 60_000), receivedAt: iso(AT - 1000) },
    ...over,
  }) as NormalisedEvent;
const recorded = (over: object = {}, outcome: RecordedEvent['outcome'] = 'new', origin = 'live') =>
  ({
    message: { message: { origin, source: 'news' } },
    raw: '',
    event: event(over),
    outcome,
  }) as unknown as RecordedEvent;
const config = (policy: object = {}, own?: object) =>
  ({
    sources: { news: { provider: 'sendgrid', options: {}, ...(own && { policy: own }) } },
    policy: { ...DEFAULT_POLICY, ...policy },
  }) as unknown as RuntimeConfig;
const judge = (...events: readonly RecordedEvent[]) => judgeEvents(events, config(), AT);

const bounce = { type: 'bounced', bounceClass: 'soft', bounceCause: 'full' };
const delivery = { type: 'delivered' };

describe('what one event proves', () => {
  test('of somebody who is probably new', () => {
    const { judgements, fresh, unjudged } = judge(recorded());
    expect(judgements.get('ada@example.com')).toMatchObject([{ reason: 'complaint' }]);
    expect([[...fresh], unjudged]).toEqual([['ada@example.com'], 0]);
  });

  test('of somebody who is known: recorded before, by an echo, or taken back', () => {
    for (const one of [recorded({}, 'seen'), recorded({ echo: true })]) expect([...judge(one).fresh]).toEqual([]);
    const lifted = { type: 'lifted', source: 'operator', reason: 'complaint', retraction: 'r' };
    expect([...judge(recorded(), recorded(lifted)).retracted]).toEqual([['ada@example.com', new Set(['complaint'])]]);
    expect([...judge(recorded(), recorded(lifted)).fresh]).toEqual([]);
    const { retraction: _, ...byHand } = lifted;
    const { retracted, fresh } = judge(recorded(), recorded(byHand));
    expect([[...retracted], [...fresh]]).toEqual([[], []]);
    const { reason: _reason, ...nothing } = lifted;
    expect([...judge(recorded(nothing)).retracted]).toEqual([]);
    const scoped = recorded({ ...lifted, reason: 'unsubscribe', scope: 'list:1' });
    expect([...judge(recorded(lifted), scoped, recorded(lifted)).retracted]).toEqual([
      ['ada@example.com', new Set(['complaint', 'unsubscribe:list:1'])],
    ]);
  });

  test('several of one person stand side by side', () => {
    const other = { fingerprint: 'b'.repeat(32), recipient: 'bob@example.com' };
    const { judgements } = judge(recorded(), recorded({ fingerprint: 'c'.repeat(32) }), recorded(other));
    expect([...judgements].map(([person, all]) => [person, ...all.map(({ mark }) => mark.fingerprint[0])])).toEqual([
      ['ada@example.com', 'a', 'c'],
      ['bob@example.com', 'b'],
    ]);
  });

  test.each([
    ['that was not stored', recorded({}, 'failed')],
    ['that the table will never take', recorded({}, 'poison')],
    ['of an altered address', recorded({ recipientAltered: true })],
    ['that names nobody', recorded({ recipient: undefined })],
    ['without a time', recorded({ occurredAt: undefined })],
  ])('nothing, of one %s', (_name, one) => {
    const { judgements, fresh, series } = judge(one);
    expect([judgements.size, fresh.size, series.size]).toEqual([0, 0, 0]);
  });

  test('of nobody, or of no time, it counts: once, and of live events only', () => {
    const unjudged = (over: object, ...how: [RecordedEvent['outcome']?, string?]) =>
      judge(recorded(over, ...how)).unjudged;
    expect([unjudged({ recipient: undefined }), unjudged({ occurredAt: undefined })]).toEqual([1, 1]);
    expect([unjudged({ recipient: undefined }, 'seen'), unjudged({ recipient: undefined }, 'new', 'replay')]).toEqual([
      0, 0,
    ]);
    expect(unjudged({ type: 'delivered', recipient: undefined })).toBe(0);
    const tally = (count: number) =>
      tallyOf(
        {
          ...{ stored: { events: [], at: AT }, forged: new Map(), unarchived: 0, deadLetters: 0, failedMessages: 0 },
          ...{
            folded: { changed: 0, suppressed: new Set<string>(), unjudged: count },
            tableFailures: { throttled: 0, other: 0 },
          },
        },
        config(),
      );
    expect([tally(2).facts, tally(0).facts, tally(2).overall]).toEqual([{ unjudged: 2 }, {}, { UnknownEvents: 2 }]);
  });
});

describe('a series of soft bounces', () => {
  test('is looked at for who has one, where any source counts them', () => {
    expect([...judge(recorded(bounce)).series]).toEqual(['ada@example.com']);
    expect([...judge(recorded(bounce)).fresh]).toEqual(['ada@example.com']);
    const never = { softBounces: { ...DEFAULT_POLICY.softBounces, messages: 0 } };
    expect(judgeEvents([recorded(bounce)], config(never), AT).series.size).toBe(0);
    expect(
      judgeEvents([recorded(bounce)], config(never, { softBounces: DEFAULT_POLICY.softBounces }), AT).series.size,
    ).toBe(1);
  });

  const deliveries = (over: object, outcome?: RecordedEvent['outcome']) => [
    ...judge(recorded({ ...delivery, ...over }, outcome)).deliveries,
  ];

  test('is broken by a delivery that comes late, or again; one that is prompt needs no look', () => {
    const at = (age: number) => ({ occurredAt: iso(AT - age), receivedAt: iso(AT) });
    expect(deliveries(at(PROMPT))).toEqual([['ada@example.com', iso(AT - PROMPT)]]);
    expect(deliveries(at(PROMPT - 1))).toEqual([]);
    expect(deliveries(at(0))).toEqual([]);
    expect(deliveries(at(0), 'seen')).toEqual([['ada@example.com', iso(AT)]]);
    // By a clock that is ahead: it counts by its arrival.
    expect(deliveries({ occurredAt: iso(AT + 1), receivedAt: iso(AT) })).toEqual([['ada@example.com', iso(AT)]]);
  });

  test('by the earliest of several', () => {
    const late = (hours: number) => recorded({ ...delivery, occurredAt: iso(AT - hours * 3_600_000) });
    expect([...judge(late(2), late(3), late(1)).deliveries]).toEqual([['ada@example.com', iso(AT - 3 * 3_600_000)]]);
  });
});

test("a source's policy is the stack's with what it sets differently; of an unknown one the stack's", () => {
  const policy = policyOf(config({}, { complaint: 30 }));
  expect(policy('news')).toEqual({ ...DEFAULT_POLICY, complaint: 30 });
  expect(policy('news')).toBe(policy('news'));
  expect(policy('gone')).toEqual(DEFAULT_POLICY);
});
