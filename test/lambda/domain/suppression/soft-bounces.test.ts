import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeSoftBounces, type PastEvent, restsOnSeries } from '../../../../lambda/domain/suppression/soft-bounces.ts';
import { fold } from '../../../../lambda/domain/suppression/suppression.ts';
import { DEFAULT_POLICY } from '../../../../lib/settings/policy.ts';

const at = (day: number): string => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString();
let prints = 0;
const soft = (day: number, messageId = `m${day}`, over: Partial<PastEvent> = {}): PastEvent => ({
  at: at(day),
  fingerprint: String(prints++).padStart(32, '0'),
  type: 'bounced',
  bounceClass: 'soft',
  messageId,
  source: 's',
  providerEvent: 'soft_bounce',
  ...over,
});
const delivered = (day: number): PastEvent => ({ ...soft(day), type: 'delivered' });
const policy = { ...DEFAULT_POLICY, softBounces: { messages: 3, windowDays: 10, suppressDays: 7 } };
const judged = (history: PastEvent[]): string[] =>
  judgeSoftBounces(history, () => policy)
    .map(({ mark }) => mark.at)
    .sort();

describe('soft bounces are judged by history', () => {
  test('the third distinct message within the window suppresses, from its own time on', () => {
    expect(judged([soft(1), soft(2), soft(3)])).toEqual([at(3)]);
    expect(judgeSoftBounces([soft(1), soft(2), soft(3)], () => policy)[0]).toMatchObject({
      reason: 'soft_bounces',
      mark: { until: Date.parse(at(10)) / 1000 },
    });
  });

  test.each<[string, PastEvent[]]>([
    ['two are not enough', [soft(1), soft(2)]],
    ['three tries of one message are one', [soft(1, 'same'), soft(2, 'same'), soft(3, 'same')]],
    ['the window is left', [soft(1), soft(2), soft(11.5)]],
    ['a delivery between', [soft(1), soft(2), delivered(2.5), soft(3)]],
    ['an out-of-office reply is none', [soft(1), soft(2), soft(3, 'm', { autoReply: true })]],
    ['a block is none', [soft(1), soft(2), soft(3, 'm', { bounceClass: 'block' })]],
  ])('%s', (_name, history) => {
    expect(judged(history)).toEqual([]);
  });

  test('a delivery before the series does not matter', () => {
    expect(judged([delivered(0.5), soft(1), soft(2), soft(3)])).toEqual([at(3)]);
  });

  test.each<[string, PastEvent[], string[]]>([
    ['one that is just within the window counts', [soft(0.001), soft(2), soft(10)], [at(10)]],
    ['one that is a window old does not', [soft(0), soft(2), soft(10)], []],
    ['a delivery of the same moment ends nothing', [soft(1), soft(2), soft(3), delivered(3)], [at(3)]],
    ['one at the moment of an earlier bounce keeps that bounce', [soft(1), delivered(1), soft(2), soft(3)], [at(3)]],
    [
      'bounces of one moment are one series, each is judged',
      [soft(3, 'a'), soft(3, 'b'), soft(3, 'c')],
      [at(3), at(3), at(3)],
    ],
    [
      'without message ids each is a mail of its own',
      [1, 2, 3].map((day) => ({ ...soft(day), messageId: undefined as never })),
      [at(3)],
    ],
    ['an altered address is nobody', [soft(1), soft(2), soft(3, 'm', { recipientAltered: true })], []],
    [
      'nor does its delivery count',
      [soft(1), soft(2), { ...delivered(2.5), recipientAltered: true }, soft(3)],
      [at(3)],
    ],
    ['other events are passed over', [soft(1), soft(2), { ...soft(2.5), type: 'opened' as const }, soft(3)], [at(3)]],
  ])('%s', (_name, history, expected) => {
    expect(judged(history)).toEqual(expected);
  });

  test('each is judged by the policy of its source; bounces of a source that is switched off count for the others', () => {
    const off = { ...policy, softBounces: { ...policy.softBounces, messages: 0 } };
    const history = [soft(1, 'a', { source: 'off' }), soft(2, 'b', { source: 'off' }), soft(3, 'c')];
    const found = judgeSoftBounces(history, (source) => (source === 'off' ? off : policy));
    expect(found.map(({ mark }) => mark.at)).toEqual([at(3)]);
    expect(judgeSoftBounces(history, () => off)).toEqual([]);
  });

  test("the mark is the evidence, in the ESP's own word", () => {
    const last = soft(3);
    expect(judgeSoftBounces([soft(1), soft(2), last], () => policy)).toEqual([
      {
        reason: 'soft_bounces',
        mark: {
          at: at(3),
          until: Date.parse(at(10)) / 1000,
          fingerprint: last.fingerprint,
          source: 's',
          event: 'soft_bounce',
        },
      },
    ]);
  });

  test('what rests on a series is known from what was set by hand, and from lifts', () => {
    const mark = { at: at(1), until: 5, fingerprint: 'f', source: 's', event: 'e' };
    expect(restsOnSeries('soft_bounces', mark)).toBe(true);
    expect(restsOnSeries('hard_bounce', mark)).toBe(false);
    expect(restsOnSeries('soft_bounces', { ...mark, until: 0 })).toBe(false);
    expect(restsOnSeries('soft_bounces', { ...mark, source: 'operator' })).toBe(false);
  });

  test('property: however the events arrive, one by one or in groups, the end is the same', () => {
    const event = fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 6 }))
      .map(([day, message]) => ({ day, message }));
    fc.assert(
      fc.property(
        fc.uniqueArray(event, { maxLength: 12, selector: ({ day, message }) => `${day}/${message}` }),
        fc.array(fc.nat()),
        fc.nat(4),
        (events, keys, cut) => {
          const all = events.map(({ day, message }) =>
            soft(day, `m${message}`, { fingerprint: `${day}/${message}`.padStart(32, '0') }),
          );
          const end = (order: PastEvent[], groupSize: number) => {
            let reasons = {};
            for (let seen = 0; seen < order.length; seen += groupSize) {
              // Recorded first, then judged over all that is recorded by then.
              reasons = fold(
                reasons,
                judgeSoftBounces(order.slice(0, seen + groupSize), () => policy),
              );
            }
            return reasons;
          };
          const shuffled = all
            .map((item, index) => ({ item, key: keys[index] ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
          expect(end(shuffled, 1)).toEqual(end(all, Math.max(1, all.length)));
          expect(end(shuffled, cut + 1)).toEqual(end(all, 1));
        },
      ),
      { numRuns: 500 },
    );
  });
});
