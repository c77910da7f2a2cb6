import { describe, expect, test } from '@jest/globals';
import type { PolicyConfig } from '../../../../lambda/contract/config.ts';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import {
  pastEvent,
  reconsidered,
  seriesChange,
  withoutRetracted,
} from '../../../../lambda/domain/suppression/history.ts';
import { type Retraction, retractionOf } from '../../../../lambda/domain/suppression/retraction.ts';
import { judgeSoftBounces } from '../../../../lambda/domain/suppression/soft-bounces.ts';
import { type Change, type Reasons, settled, verdicts } from '../../../../lambda/domain/suppression/suppression.ts';
import { DEFAULT_POLICY } from '../../../../lib/settings/policy.ts';

const at = (day: number): string => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString();
const event = (day: number, over: Partial<NormalisedEvent> = {}): NormalisedEvent => ({
  fingerprint: `${day}`.padStart(32, '0'),
  type: 'bounced',
  bounceClass: 'soft',
  source: 'a',
  provider: 'generic',
  providerEvent: 'bounce',
  recipient: 'ada@example.com',
  messageId: `m${day}`,
  occurredAt: at(day),
  receivedAt: at(day),
  ...over,
});
const hard = (day: number, source: string, cause?: 'mailbox') =>
  event(day, { bounceClass: 'hard', source, ...(cause && { bounceCause: cause }) });
const POLICY: PolicyConfig = { ...DEFAULT_POLICY, softBounces: { messages: 2, windowDays: 10, suppressDays: 7 } };
const policyOf = () => POLICY;
const KEYS = new Set(['hard_bounce', 'soft_bounces']);
const BY = { actor: 'kim', note: 'why', at: at(40) };
const WINDOW: Retraction = { id: 'w', source: 'a', from: at(2), until: at(4), ...BY };
const IMPORT: Retraction = { id: 'i', importId: 'i1', ...BY };
const entryAfter = (reasons: Reasons, change: Change): Reasons =>
  settled(reasons, change.judgements, change.withdraws).reasons;

describe('what a retraction takes back', () => {
  const mark = { at: at(2), until: 5, source: 'a' };
  test.each<[string, object, string | undefined]>([
    ['its beginning', {}, 'w'],
    ['its middle', { at: at(3) }, 'w'],
    ['not its end', { at: at(4) }, undefined],
    ['nothing before', { at: at(1.99) }, undefined],
    ['nothing of another source', { source: 'b' }, undefined],
    ['no lift', { until: 0 }, undefined],
    ['an import', { source: 'operator', importId: 'i1' }, 'i'],
    ['the lifts of an import', { source: 'operator', importId: 'i1', until: 0 }, 'i'],
    ['no other import', { source: 'operator', importId: 'i2' }, undefined],
  ])('%s', (_name, over, id) => {
    expect(retractionOf('hard_bounce', { ...mark, ...over }, [IMPORT, WINDOW])?.id).toBe(id);
  });

  test('judgements that fall under it are left out', () => {
    const judgement = (day: number) => ({
      reason: 'complaint' as const,
      mark: { at: at(day), until: 5, fingerprint: 'f', source: 'a', event: 'e' },
    });
    expect(withoutRetracted([judgement(3), judgement(5)], [WINDOW])).toEqual([judgement(5)]);
    const all = [judgement(3)];
    expect(withoutRetracted(all, [])).toBe(all);
  });
});

describe('a history is judged again', () => {
  test('a late delivery takes back what rested on the series, and nothing else', () => {
    const series = [event(1), event(2)];
    const before = entryAfter({}, seriesChange(series, policyOf, []));
    expect(before.soft_bounces).toMatchObject([{ at: at(2) }]);
    expect(entryAfter(before, seriesChange([...series, event(1.5, { type: 'delivered' })], policyOf, []))).toEqual({});
    // What the table has forgotten stays.
    expect(entryAfter(before, seriesChange([event(20), event(21, { type: 'delivered' })], policyOf, []))).toEqual(
      before,
    );
  });

  test('what the retracted evidence outlasted comes back, with its own end', () => {
    const history = [hard(1, 'b'), hard(3, 'a', 'mailbox')];
    const reasons = entryAfter({}, reconsidered(history, policyOf, [], KEYS));
    expect(verdicts(reasons).suppressedUntil).toBe(FOREVER);
    const left = entryAfter(reasons, reconsidered(history, policyOf, [WINDOW], KEYS));
    expect(left.hard_bounce).toMatchObject([{ source: 'b', until: Date.parse(at(31)) / 1000 }]);
  });

  test('a series goes with the bounce it cannot do without, although its own mark lies outside the window', () => {
    const history = [event(3), event(5)];
    const reasons = entryAfter({}, reconsidered(history, policyOf, [], KEYS));
    expect(reasons.soft_bounces).toMatchObject([{ at: at(5) }]);
    expect(entryAfter(reasons, reconsidered(history, policyOf, [WINDOW], KEYS))).toEqual({});
    // Of a reason that nobody asked about nothing goes.
    expect(entryAfter(reasons, reconsidered(history, policyOf, [WINDOW], new Set(['hard_bounce'])))).toEqual(reasons);
  });

  test('a person of whom nothing else is known is free', () => {
    const history = [hard(3, 'a', 'mailbox')];
    const reasons = entryAfter({}, reconsidered(history, policyOf, [], KEYS));
    expect(entryAfter(reasons, reconsidered(history, policyOf, [WINDOW], KEYS))).toEqual({});
  });

  test('soft bounces of the window never were, its deliveries are believed', () => {
    expect(reconsidered([event(1), event(3)], policyOf, [WINDOW], KEYS).judgements).toEqual([]);
    expect(reconsidered([event(1), event(5)], policyOf, [WINDOW], KEYS).judgements).toHaveLength(1);
    expect(
      reconsidered([event(1), event(3, { type: 'delivered' }), event(5)], policyOf, [WINDOW], KEYS).judgements,
    ).toEqual([]);
  });

  test('marks of the window go although their events are forgotten', () => {
    const reasons: Reasons = {
      hard_bounce: [{ at: at(3), until: FOREVER, fingerprint: 'x', source: 'a', event: 'bounce' }],
      complaint: [{ at: at(3), until: FOREVER, fingerprint: 'y', source: 'b', event: 'spam' }],
    };
    expect(Object.keys(entryAfter(reasons, reconsidered([], policyOf, [WINDOW], KEYS)))).toEqual(['complaint']);
  });
});

test('in a series no time lies after its arrival', () => {
  expect(pastEvent(event(5, { receivedAt: at(4) }))?.at).toBe(at(4));
  expect(pastEvent(event(5, { receivedAt: at(6) }))?.at).toBe(at(5));
  const { occurredAt: _occurredAt, ...untimed } = event(5);
  expect(pastEvent(untimed)).toBeUndefined();
});

test.each(['0', '3'])(
  'a bounce at the very moment of a delivery (%s) belongs to the series after it',
  (fingerprint) => {
    const [at, later] = ['2026-01-08T00:00:00.000Z', '2026-01-08T00:00:00.001Z'];
    const past = { source: 'a', providerEvent: 'x', type: 'bounced', bounceClass: 'soft' } as const;
    const policy = { softBounces: { messages: 2, windowDays: 4, suppressDays: 3 } } as PolicyConfig;
    const proved = judgeSoftBounces(
      [
        { ...past, type: 'delivered', fingerprint, at },
        { ...past, fingerprint: '1', at },
        { ...past, fingerprint: '2', at: later },
      ],
      () => policy,
    );
    expect(proved.map(({ mark }) => mark.fingerprint)).toEqual(['2']);
  },
);
