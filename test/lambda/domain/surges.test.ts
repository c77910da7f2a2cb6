import { describe, expect, test } from '@jest/globals';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { campaignOf } from '../../../lambda/domain/surges/campaign.ts';
import { isSurge, subjectId, subjectsOf, usualOf } from '../../../lambda/domain/surges/surge.ts';
import { WaitingClicks } from '../../../lambda/domain/surges/waiting.ts';

const NOW = Date.parse('2026-05-04T10:30:00Z');
const click = (over: Partial<NormalisedEvent> = {}): NormalisedEvent => ({
  fingerprint: 'f',
  type: 'clicked',
  source: 'shop',
  provider: 'generic',
  providerEvent: 'click',
  recipient: 'ada@example.com',
  messageId: 'm1',
  url: 'https://shop.example/sale?ada=1#top',
  occurredAt: '2026-05-04T10:29:00.000Z',
  receivedAt: '2026-05-04T10:29:01.000Z',
  ...over,
});

describe('what a click counts for', () => {
  test.each<[string, Partial<NormalisedEvent>, object[]]>([
    [
      'its link without the query, and its campaign',
      { metadata: { Campaign: 'wrong', campaign: 'Spring', campaignId: '1' }, tags: ['green'] },
      [
        { kind: 'link', link: 'https://shop.example/sale' },
        { kind: 'campaign', source: 'shop', campaign: 'Spring' },
      ],
    ],
    [
      'a mail without a campaign',
      {},
      [
        { kind: 'link', link: 'https://shop.example/sale' },
        { kind: 'message', source: 'shop', messageId: 'm1' },
      ],
    ],
    ['a click of which neither is known', { url: undefined, messageId: undefined } as object, []],
  ])('%s', (_name, over, subjects) => {
    expect(subjectsOf(click(over))).toEqual(subjects);
  });

  test.each([
    [{ metadata: { CampaignId: 'x' }, tags: ['t'] }, 'x'],
    [{ metadata: { order_id: '1' }, tags: ['t', 'u'] }, 't'],
    [{}, undefined],
  ])('the campaign of %j', (over, campaign) => {
    expect(campaignOf(click(over))).toBe(campaign);
  });

  test('the same campaign at two sources is two; a link is a link', () => {
    const ids = (source: string) => subjectsOf(click({ source, tags: ['t'] })).map(subjectId);
    expect(ids('a')[0]).toBe(ids('b')[0]);
    expect(ids('a')[1]).not.toBe(ids('b')[1]);
  });
});

test.each([
  ['too few', 19, [], false],
  ['enough, of something new', 20, [], true],
  ['enough, and five times the usual', 50, [5, 15], true],
  ['enough, and usual', 49, [5, 15], false],
])('%s', (_name, clicks, before, surge) => {
  expect(isSurge(clicks, usualOf(before), 20)).toBe(surge);
});

describe('clicks that wait', () => {
  const times = (count: number, over: (n: number) => Partial<NormalisedEvent>) =>
    Array.from({ length: count }, (_, n) => click(over(n)));

  test('are counted by their own hour; what is over is not', () => {
    const waiting = new WaitingClicks();
    const tags = ['t'];
    const at = (occurredAt: string) => click({ tags, occurredAt });
    waiting.addAll(
      [
        at('2026-05-04T10:00:00.000Z'),
        at('2026-05-04T09:59:59.000Z'),
        at('2026-05-03T10:59:59.000Z'),
        // A clock that is ahead: not later than five minutes after the arrival.
        at('2027-01-01T00:00:00.000Z'),
        // Without a time of its own.
        (({ occurredAt: _, ...rest }) => rest)(click({ tags })),
      ],
      NOW,
    );
    expect(
      waiting
        .take(1)
        .filter(({ subject }) => subject.kind === 'link')
        .map(({ hour, clicks }) => [hour, clicks]),
    ).toEqual([
      ['2026-05-04T10', 3],
      ['2026-05-04T09', 1],
    ]);
    expect(waiting.take(1)).toEqual([]);
  });

  test('a wave costs a hundredth of a write for each event, and what surges in it is counted with every batch', () => {
    const waiting = new WaitingClicks();
    let [written, events, surging] = [0, 0, 0];
    for (let batch = 0; batch < 100; batch++) {
      const own = (n: number) => ({ messageId: `m${batch}-${n}`, url: `https://shop.example/${batch}/${n}` });
      waiting.addAll([...times(98, own), ...times(2, () => ({ url: 'https://shop.example/leak', tags: ['t'] }))], NOW);
      const taken = waiting.take(1000);
      events += 1000;
      written += taken.length;
      surging += taken.filter(({ subject }) => subject.kind === 'link' && subject.link.endsWith('/leak')).length;
    }
    expect(written).toBeLessThanOrEqual(events / 100);
    expect(surging).toBe(100);
  });
});
