import { describe, expect, test } from '@jest/globals';
import { api } from '../../../../lambda/providers/postmark/api.ts';
import { listFile } from '../../../../lambda/providers/postmark/list-file.ts';
import { line, pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Postmark is asked and what is read out of its answers, as its documentation has them. */

const { events, lists, webhooks } = partsOf(api);
const STREAMS = {
  MessageStreams: [
    { ID: 'outbound', MessageStreamType: 'Transactional' },
    { ID: 'news', MessageStreamType: 'Broadcasts' },
    { ID: 'inbound', MessageStreamType: 'Inbound' },
    { MessageStreamType: 'Broadcasts' },
  ],
  TotalCount: 4,
};
const streams = (use: string) => ({
  ...{ use, what: 'list the message streams', method: 'GET', path: '/message-streams', holds: 'MessageStreams[]' },
});

test('host, token, rights and pace', () => {
  const right = 'the API token of this very server';
  expect(api).toMatchObject({
    base: 'https://api.postmarkapp.com',
    key: expect.stringContaining('Server API token'),
    rights: { events: right, lists: right, clear: right, push: right, webhook: right },
    perSecond: 5,
    retriesHours: 11,
  });
  const request = { use: 'events', what: 'ask', method: 'GET', path: '/' } as const;
  expect(api.authorise(request, 't1')).toEqual({ ...request, headers: { 'x-postmark-server-token': 't1' } });
});

describe('bounces', () => {
  const window = { from: Date.UTC(2026, 2, 1, 10), to: Date.UTC(2026, 2, 1, 16) };
  /** The dates may be read as US Eastern or as UTC. */
  const DATES = 'fromdate=2026-03-01T05%3A00%3A00&todate=2026-03-01T17%3A00%3A00';
  const page = (search: string) => ({
    ...{ use: 'events', what: 'read bounces', method: 'GET', path: `/bounces?${search}`, holds: 'Bounces[]' },
  });

  test('45 days back, a day at a time, read until nothing new comes', () => {
    expect(events).toMatchObject({ reachDays: 45, settleMinutes: 30, sliceHours: 24, shifts: true });
    expect(events.lacks).toMatch(/^Deliveries, opens, clicks/);
  });

  test('by offset up to the total; only those of the window, told as the webhook tells them', async () => {
    const { context, asked } = recorded([
      `{"TotalCount":5,"Bounces":[
        {"ID":692560173,"Type":"HardBounce","BouncedAt":"2026-03-01T05:00:00.0000000-05:00"},
        {"ID":90071992547409931,"Type":"SpamComplaint","RecordType":"Bounce","BouncedAt":"2026-03-01T15:59:59.9990000Z"}]}`,
      {
        TotalCount: 5,
        Bounces: [
          { ID: 3, Type: 'HardBounce', BouncedAt: '2026-03-01T16:00:00Z' },
          { ID: 4, Type: 'HardBounce', BouncedAt: '2026-03-01T09:59:59Z' },
        ],
      },
      { TotalCount: 5, Bounces: [{ ID: 5, Type: 'Transient' }] },
    ]);
    expect(await pagesOf(events.pages(context, window))).toEqual([
      {
        events: [
          '{"ID":692560173,"Type":"HardBounce","BouncedAt":"2026-03-01T05:00:00.0000000-05:00","RecordType":"Bounce"}',
          '{"ID":"90071992547409931","Type":"SpamComplaint","RecordType":"SpamComplaint","BouncedAt":"2026-03-01T15:59:59.9990000Z"}',
        ],
      },
      { events: ['{"ID":5,"Type":"Transient","RecordType":"Bounce"}'] },
    ]);
    expect(asked()).toEqual([
      page(`count=500&offset=0&${DATES}`),
      page(`count=500&offset=2&${DATES}`),
      page(`count=500&offset=4&${DATES}`),
    ]);
  });

  test('without a total, an empty page is the end', async () => {
    const { context, asked } = recorded([{ Bounces: [{ ID: 1 }] }, { Bounces: [] }]);
    expect(await pagesOf(events.pages(context, window))).toHaveLength(1);
    expect(asked()).toEqual([page(`count=500&offset=0&${DATES}`), page(`count=500&offset=1&${DATES}`)]);
  });

  test('no row beyond 10,000 is asked for', async () => {
    const Bounces = (many: number) => Array.from({ length: many }, () => ({ ID: 1 }));
    const { context, asked } = recorded([
      { TotalCount: 10_000, Bounces: Bounces(9600) },
      { TotalCount: 10_001, Bounces: Bounces(400) },
    ]);
    await pagesOf(events.pages(context, window));
    expect(asked()).toEqual([page(`count=500&offset=0&${DATES}`), page(`count=400&offset=9600&${DATES}`)]);
  });

  test('a window of more rows is halved; one hour of them is told', async () => {
    const full = { TotalCount: 10_001, Bounces: [{ ID: 1 }] };
    const { context, asked } = recorded([full, { TotalCount: 0, Bounces: [] }, full]);
    const two = { from: window.from, to: window.from + 2 * 3_600_000 };
    expect(await pagesOf(events.pages(context, two))).toEqual([
      {
        events: [],
        lost: 'Postmark shows no more than 10000 bounces of some hours: those from 2026-03-01T11:00:00Z on cannot be read.',
      },
    ]);
    expect(asked()).toEqual([
      page('count=500&offset=0&fromdate=2026-03-01T05%3A00%3A00&todate=2026-03-01T13%3A00%3A00'),
      page('count=500&offset=0&fromdate=2026-03-01T05%3A00%3A00&todate=2026-03-01T12%3A00%3A00'),
      page('count=500&offset=0&fromdate=2026-03-01T06%3A00%3A00&todate=2026-03-01T13%3A00%3A00'),
    ]);
  });
});

describe('suppressions', () => {
  const dump = (stream: string, search = '') => ({
    ...{ use: 'lists', what: 'read the suppressions', method: 'GET', holds: 'Suppressions[]' },
    path: `/message-streams/${stream}/suppressions/dump${search}`,
  });
  const jo = { address: 'jo@example.org', list: 'suppressions' };

  test('of every stream that sends', async () => {
    const { context, asked } = recorded([
      STREAMS,
      {
        Suppressions: [
          {
            ...{ EmailAddress: 'jo@example.org', SuppressionReason: 'HardBounce', Origin: 'Recipient' },
            CreatedAt: '2026-03-01T05:00:00-05:00',
          },
          { EmailAddress: 'jo@example.org', SuppressionReason: 'SpamComplaint', Origin: 'Recipient' },
        ],
      },
      {
        Suppressions: [
          { EmailAddress: 'jo@example.org', SuppressionReason: 'ManualSuppression', Origin: 'Recipient' },
          { EmailAddress: 'jo@example.org', SuppressionReason: 'ManualSuppression', Origin: 'Customer' },
          { EmailAddress: 'jo@example.org', SuppressionReason: 'ManualSuppression', Origin: 'Admin' },
          { EmailAddress: 'jo@example.org' },
          { SuppressionReason: 'HardBounce' },
        ],
      },
    ]);
    const manual = { ...jo, part: 'news', reason: 'manual' };
    expect(await pagesOf(lists.read(context))).toEqual([
      [
        {
          ...{ ...jo, part: 'outbound', reason: 'hard_bounce' },
          ...{ since: '2026-03-01T05:00:00-05:00', at: 1_772_359_200_000 },
        },
        { ...jo, part: 'outbound', reason: 'complaint', stays: "only Postmark's support lifts a spam complaint." },
      ],
      [{ ...jo, part: 'news', reason: 'unsubscribe', scope: 'stream:news' }, manual, manual, manual],
    ]);
    expect(asked()).toEqual([streams('lists'), dump('outbound'), dump('news')]);
  });

  test('of one address, and nobody else', async () => {
    const { context, asked } = recorded([
      STREAMS,
      { Suppressions: [{ EmailAddress: 'Jo+a@Example.org', SuppressionReason: 'HardBounce' }] },
      { Suppressions: [{ EmailAddress: 'other@example.org', SuppressionReason: 'HardBounce' }] },
    ]);
    expect(await lists.find(context, 'jo+a@example.org')).toEqual([
      { ...jo, address: 'Jo+a@Example.org', part: 'outbound', reason: 'hard_bounce' },
    ]);
    expect(asked()).toEqual([
      streams('lists'),
      dump('outbound', '?EmailAddress=jo%2Ba%40example.org'),
      dump('news', '?EmailAddress=jo%2Ba%40example.org'),
    ]);
  });

  test.each([
    ['Deleted', 'removed'],
    ['Failed', { refused: expect.stringContaining('only its support lifts') }],
  ])('200 says for each address what came of it: %s', async (Status, outcome) => {
    const { context, asked } = recorded([{ Suppressions: [{ EmailAddress: 'jo@example.org', Status }] }]);
    const one = { ...jo, part: 'news', reason: 'hard_bounce' } as const;
    expect(await lists.remove(context, one)).toEqual(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the suppressions', method: 'POST' },
        path: '/message-streams/news/suppressions/delete',
        json: { Suppressions: [{ EmailAddress: 'jo@example.org' }] },
      },
    ]);
  });

  test('an answer about nobody removed nothing, and without a stream nothing is asked', async () => {
    const { context } = recorded([{}]);
    expect(await lists.remove(context, { ...jo, part: 'news', reason: 'manual' })).toHaveProperty('refused');
    await expect(async () => lists.remove(context, { ...jo, reason: 'manual' })).rejects.toThrow('empty name');
  });

  test('50 addresses are added at once to every stream; what one of them refuses is told', async () => {
    const { context, asked } = recorded([
      STREAMS,
      { Suppressions: [{ EmailAddress: 'a@example.org', Status: 'Suppressed' }] },
      {
        Suppressions: [
          { EmailAddress: 'a@example.org', Status: 'Suppressed' },
          { EmailAddress: 'b@example.org', Status: 'Failed', Message: 'not an address' },
        ],
      },
    ]);
    expect(lists.add).toMatchObject({ atOnce: 50, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] });
    expect(await lists.add.send(context, ['a@example.org', 'b@example.org'])).toEqual(['b@example.org']);
    expect(asked()).toEqual([
      streams('push'),
      ...['outbound', 'news'].map((stream) => ({
        ...{ use: 'push', what: 'add to the suppressions', method: 'POST' },
        path: `/message-streams/${stream}/suppressions`,
        json: { Suppressions: [{ EmailAddress: 'a@example.org' }, { EmailAddress: 'b@example.org' }] },
      })),
    ]);
  });
});

describe('webhooks', () => {
  const url = 'https://hooks.example.com/webhooks/v1/postmark';
  const LIST = { use: 'webhook', what: 'list its webhooks', method: 'GET', path: '/webhooks', holds: 'Webhooks[]' };
  const settings = {
    Url: url,
    HttpHeaders: [],
    Triggers: {
      Open: { Enabled: true, PostFirstOpenOnly: false },
      Click: { Enabled: true },
      Delivery: { Enabled: true },
      Bounce: { Enabled: true, IncludeContent: false },
      SpamComplaint: { Enabled: true, IncludeContent: false },
      SubscriptionChange: { Enabled: true },
    },
  };
  const auth = { HttpAuth: { Username: 'quell', Password: 'a:b' } };

  test('are listed by id', async () => {
    const { context, asked } = recorded([
      { Webhooks: [{ ID: 7, Url: url, MessageStream: 'news' }, { ID: 8 }, { Url: url }] },
    ]);
    expect(webhooks.secret).toBe('chosen');
    expect(await webhooks.list(context)).toEqual([{ id: '7', url }]);
    expect(asked()).toEqual([LIST]);
  });

  test('are made for each stream that has none, and changed where there is one', async () => {
    const { context, asked } = recorded([
      {
        Webhooks: [
          { ID: 7, Url: `${url}?key=old` },
          { ID: 8, Url: `${url}/other`, MessageStream: 'news' },
        ],
      },
      STREAMS,
      {},
      {},
    ]);
    expect(await webhooks.create(context, { url, secret: 'quell:a:b' })).toBeUndefined();
    expect(asked()).toEqual([
      LIST,
      streams('webhook'),
      {
        ...{ use: 'webhook', what: 'change the webhook', method: 'PUT', path: '/webhooks/7' },
        json: { ...settings, ...auth },
      },
      {
        ...{ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/webhooks', once: true },
        json: { ...settings, ...auth, MessageStream: 'news' },
      },
    ]);
  });

  test.each([
    ['header:X-Quell:s3', { ...settings, HttpHeaders: [{ Name: 'x-quell', Value: 's3' }] }],
    ['query:key:s3', { ...settings, Url: `${url}?key=s3` }],
  ])('credentials %s', async (secret, json) => {
    const { context, asked } = recorded([
      { Webhooks: [{ ID: 7, Url: url, MessageStream: 'news' }] },
      { MessageStreams: [{ ID: 'news' }] },
      {},
    ]);
    expect(await webhooks.update(context, { id: '7', url }, { url, secret })).toBeUndefined();
    expect(asked().at(-1)).toEqual({
      ...{ use: 'webhook', what: 'change the webhook', method: 'PUT', path: '/webhooks/7', json },
    });
  });

  test('are removed by id', async () => {
    const { context, asked } = recorded([status(404)]);
    await webhooks.remove(context, { id: '7', url });
    expect(asked()).toEqual([
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: '/webhooks/7', accepts: [404] },
    ]);
  });
});

describe('the file of its list', () => {
  test('is known by its columns', () => {
    expect(listFile).toMatchObject({
      title: expect.stringContaining('Postmark'),
      columns: ['emailaddress', 'suppressionreason'],
    });
  });

  test.each([
    [{ suppressionreason: 'HardBounce', origin: 'Recipient' }, { reason: 'hard_bounce' }],
    [{ suppressionreason: 'SpamComplaint', origin: 'Recipient' }, { reason: 'complaint' }],
    [
      { suppressionreason: 'ManualSuppression', origin: 'Recipient' },
      { reason: 'unsubscribe', scope: 'pm:stream:x' },
    ],
    [{ suppressionreason: 'ManualSuppression', origin: 'Customer' }, { reason: 'manual' }],
    [{ suppressionreason: 'ManualSuppression' }, { reason: 'manual' }],
    [{ suppressionreason: '' }, { reason: 'complaint' }],
    [
      { suppressionreason: 'HardBounce', createdat: '2026-03-01' },
      { reason: 'hard_bounce', at: '2026-03-01T00:00:00.000Z' },
    ],
  ])('%j', (cells, read) => {
    const given = { reason: 'complaint', scope: 'pm:stream:x' } as const;
    expect(line(listFile, { emailaddress: 'jo@example.org', ...cells }, given)).toEqual({
      address: 'jo@example.org',
      ...read,
    });
  });
});
