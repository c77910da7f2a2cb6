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
    // The surest name first, whichever comes first in the data.
    [{ metadata: { 'campaign-id': '4', campaignid: '3', campaign_id: '2', campaign: '1' } }, '1'],
    [{ metadata: { campaign_name: '5', 'campaign-id': '4', campaignid: '3', campaign_id: '2' } }, '2'],
    [{ metadata: { campaign_name: '5', 'campaign-id': '4', campaignid: '3' } }, '3'],
    [{ metadata: { campaign_name: '5', 'Campaign-ID': '4' } }, '4'],
    [{ metadata: { Campaign_Name: '5' } }, '5'],
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

test('the usual is a mean, to a tenth; of a day without clicks there is none', () => {
  expect([[1, 2], [1, 1, 2], [10]].map(usualOf)).toEqual([1.5, 1.3, 10]);
  expect(usualOf([])).toBeUndefined();
});

test('neither a link nor a campaign can be read from its key', () => {
  for (const subject of subjectsOf(click({ tags: ['t'] }))) expect(subjectId(subject)).toMatch(/^[0-9a-f]{32}$/);
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

  test('a batch writes ten counters in any case, and one more for each hundred events that it has begun', () => {
    const waiting = new WaitingClicks();
    waiting.addAll(
      times(30, (n) => ({ messageId: `m${n}`, url: 'https://shop.example/' })),
      NOW,
    );
    expect([waiting.take(1), waiting.take(1001)].map(({ length }) => length)).toEqual([10, 11]);
  });

  test('five thousand subjects may wait; of more than that those with fewest clicks are forgotten', () => {
    const waiting = new WaitingClicks();
    const mail = (n: number) => ({ messageId: `m${n}`, url: 'https://shop.example/' });
    waiting.addAll([...times(5000, mail), ...times(1, () => mail(4999))], NOW);
    const kept = waiting.take(1e6);
    expect(kept).toHaveLength(5000);
    expect(kept.slice(0, 2).map(({ clicks, subject }) => [clicks, subject])).toEqual([
      [5001, { kind: 'link', link: 'https://shop.example/' }],
      [2, { kind: 'message', source: 'shop', messageId: 'm4999' }],
    ]);
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
