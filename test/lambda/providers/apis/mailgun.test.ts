import { describe, expect, test } from '@jest/globals';
import { CursorLost } from '../../../../lambda/providers/api.ts';
import { api } from '../../../../lambda/providers/mailgun/api.ts';
import { listFile } from '../../../../lambda/providers/mailgun/list-file.ts';
import { line, pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Mailgun is asked and what is read out of its answers, as its specification has them. */

const { events, lists, webhooks } = partsOf(api);
const AFTER_FIRST = { accepts: [400, 404, 410, 422] };
const DOMAIN = { domain: 'Mail.example.com' };

test('hosts, key, rights and pace', () => {
  expect(api).toMatchObject({
    base: 'https://api.mailgun.net',
    otherBases: ['https://api.eu.mailgun.net'],
    key: expect.stringContaining('API key'),
    rights: {
      events: expect.stringContaining('Analyst'),
      lists: expect.stringContaining('Support'),
      clear: expect.stringContaining('Support'),
      push: expect.stringContaining('Support'),
      webhook: expect.stringContaining('Developer'),
    },
    perSecond: 5,
    retriesHours: 8,
    domain: expect.stringContaining('sending domain'),
  });
  const request = { use: 'events', what: 'ask', method: 'GET', path: '/' } as const;
  // api:key-1 in base64.
  expect(api.authorise(request, 'key-1')).toEqual({ ...request, headers: { authorization: 'Basic YXBpOmtleS0x' } });
});

describe('events', () => {
  const window = { from: Date.UTC(2026, 2, 1, 10, 0, 0, 500), to: Date.UTC(2026, 2, 1, 16) };
  const page = (path: string) => ({ use: 'events', what: 'read events', method: 'GET', path, holds: 'items[]' });
  const FIRST = '/v3/Mail.example.com/events?begin=1772359200.5&end=1772380800&ascending=yes&limit=300';

  test('thirty days back, half an hour late', () => {
    expect(events).toMatchObject({ reachDays: 30, settleMinutes: 30 });
  });

  test('an item is the event-data as it was written; an empty page is the end, though it names a next one', async () => {
    const item =
      '{"event":"failed","id":"pl271FzxTTmGRW8Uj3dUWw","timestamp":1772359200.641820,"size":90071992547409931}';
    const { context, asked } = recorded(
      [
        `{"items":[${item}, {"event":"opened"}],"paging":{"next":"https://api.mailgun.net/v3/Mail.example.com/events/W3s"}}`,
        { items: [], paging: { next: 'https://api.mailgun.net/v3/Mail.example.com/events/W4s' } },
      ],
      DOMAIN,
    );
    expect(await pagesOf(events.pages(context, window))).toEqual([
      { events: [`{"event-data":${item}}`, '{"event-data":{"event":"opened"}}'] },
    ]);
    expect(asked()).toEqual([page(FIRST), { ...page('/v3/Mail.example.com/events/W3s'), ...AFTER_FIRST }]);
  });

  test('a page whose token has ended is told', async () => {
    const first = { items: [{ event: 'opened' }], paging: { next: 'https://api.mailgun.net/v3/x/events/W3s' } };
    await expect(pagesOf(events.pages(recorded([first, status(404)]).context, window))).rejects.toThrow(CursorLost);
  });
});

describe('suppressions', () => {
  const page = (list: string, path: string) => ({
    ...{ use: 'lists', what: `read its ${list}`, method: 'GET', path, holds: 'items[]' },
  });
  const end = { items: [], paging: { next: 'https://api.mailgun.net/v3/end' } };

  test('three lists of the domain, each by its pages', async () => {
    const { context, asked } = recorded(
      [
        {
          items: [{ address: 'a@example.org', code: '550', created_at: 'Sun, 01 Mar 2026 10:00:00 UTC' }],
          paging: { next: 'https://api.mailgun.net/v3/Mail.example.com/bounces?page=next&address=a%40example.org' },
        },
        status(410),
        end,
        { items: [{ address: 'b@example.org', created_at: '2026-03-01T10:00:00Z' }], paging: {} },
        {
          items: [
            { address: 'c@example.org', tags: ['*'] },
            { address: 'd@example.org', tags: ['news', '*'] },
            { address: 'e@example.org' },
            { address: 'f@example.org', tags: ['news'] },
          ],
          paging: {},
        },
      ],
      DOMAIN,
    );
    const of = { part: 'Mail.example.com' };
    const unsubscribe = { list: 'unsubscribes', ...of, reason: 'unsubscribe', scope: 'domain:mail.example.com' };
    expect(await pagesOf(lists.read(context))).toEqual([
      [
        {
          ...{ address: 'a@example.org', list: 'bounces', ...of, reason: 'hard_bounce' },
          ...{ since: 'Sun, 01 Mar 2026 10:00:00 UTC', at: 1_772_359_200_000 },
        },
      ],
      [
        {
          ...{ address: 'b@example.org', list: 'complaints', ...of, reason: 'complaint' },
          ...{ since: '2026-03-01T10:00:00Z', at: 1_772_359_200_000 },
        },
      ],
      // Who left one tag only still has the rest of the mail.
      [
        { address: 'c@example.org', ...unsubscribe },
        { address: 'd@example.org', ...unsubscribe },
        { address: 'e@example.org', ...unsubscribe },
      ],
    ]);
    expect(asked()).toEqual([
      page('bounces', '/v3/Mail.example.com/bounces?limit=1000'),
      {
        ...page('bounces', '/v3/Mail.example.com/bounces?page=next&address=a%40example.org'),
        ...AFTER_FIRST,
      },
      page('bounces', '/v3/Mail.example.com/bounces?limit=1000'),
      page('complaints', '/v3/Mail.example.com/complaints?limit=1000'),
      page('unsubscribes', '/v3/Mail.example.com/unsubscribes?limit=1000'),
    ]);
  });

  test('one address is looked up on each', async () => {
    const { context, asked } = recorded(
      [{ address: 'a+b@example.org' }, status(404, { address: 'a+b@example.org' }), { address: 'a+b@example.org' }],
      DOMAIN,
    );
    const of = { address: 'a+b@example.org', part: 'Mail.example.com' };
    expect(await lists.find(context, 'a+b@example.org')).toEqual([
      { ...of, list: 'bounces', reason: 'hard_bounce' },
      { ...of, list: 'unsubscribes', reason: 'unsubscribe', scope: 'domain:mail.example.com' },
    ]);
    expect(asked()).toEqual(
      ['bounces', 'complaints', 'unsubscribes'].map((list) => ({
        ...{ use: 'lists', what: 'look up an address on its lists', method: 'GET', holds: 'address' },
        path: `/v3/Mail.example.com/${list}/a%2Bb%40example.org`,
        accepts: [404],
      })),
    );
  });

  test.each([
    [{ message: 'Bounced addresses for this domain have been removed' }, 'removed'],
    [status(404), 'gone'],
  ])('an entry is removed by its address: %j', async (answer, outcome) => {
    const { context, asked } = recorded([answer], DOMAIN);
    const one = { address: 'jo@example.org', list: 'complaints', reason: 'complaint' } as const;
    expect(await lists.remove(context, one)).toBe(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of its lists', method: 'DELETE', accepts: [404] },
        path: '/v3/Mail.example.com/complaints/jo%40example.org',
      },
    ]);
  });

  test('without an address nothing is asked: the whole list would be emptied', async () => {
    const { context, asked } = recorded([{}], DOMAIN);
    const one = { address: '', list: 'bounces', reason: 'hard_bounce' } as const;
    await expect(async () => lists.remove(context, one)).rejects.toThrow('empty name');
    expect(asked()).toEqual([]);
  });

  test('1,000 addresses are added at once, as bounces', async () => {
    const { context, asked } = recorded([{ message: 'added' }], DOMAIN);
    expect(lists.add).toMatchObject({
      atOnce: 1000,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
    });
    expect(await lists.add.send(context, ['a@example.org', 'b@example.org'])).toEqual([]);
    expect(asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to its bounces', method: 'POST', path: '/v3/Mail.example.com/bounces' },
        json: [
          { address: 'a@example.org', error: 'suppressed by Quell' },
          { address: 'b@example.org', error: 'suppressed by Quell' },
        ],
      },
    ]);
  });
});

describe('webhooks', () => {
  const url = 'https://hooks.example.com/webhooks/v1/mailgun?a=b';
  const wish = { url, secret: '' };
  const form = [
    ['url', url],
    ['event_types', 'accepted'],
    ['event_types', 'delivered'],
    ['event_types', 'opened'],
    ['event_types', 'clicked'],
    ['event_types', 'unsubscribed'],
    ['event_types', 'complained'],
    ['event_types', 'permanent_fail'],
    ['event_types', 'temporary_fail'],
  ];
  const KEY = {
    ...{ use: 'webhook', what: 'read the signing key', method: 'GET', path: '/v5/accounts/http_signing_key' },
  };

  test('are told by their URLs, each once', async () => {
    const { context, asked } = recorded(
      [{ webhooks: { delivered: { urls: [url, 'https://b.example/x'] }, opened: { urls: [url] }, clicked: null } }],
      DOMAIN,
    );
    expect(webhooks.secret).toBe('given');
    expect(await webhooks.list(context)).toEqual([
      { id: url, url },
      { id: 'https://b.example/x', url: 'https://b.example/x' },
    ]);
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'list its webhooks', method: 'GET', holds: 'webhooks' },
        path: '/v3/domains/Mail.example.com/webhooks',
      },
    ]);
  });

  test('are made once, with all events; the secret is the key of the account', async () => {
    const { context, asked } = recorded([{ message: 'created' }, { http_signing_key: 'key-2' }], DOMAIN);
    expect(await webhooks.create(context, wish)).toBe('key-2');
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'make the webhook', method: 'POST', form, once: true },
        path: '/v4/domains/Mail.example.com/webhooks',
      },
      KEY,
    ]);
  });

  test('are changed the same way, and as often as need be', async () => {
    const { context, asked } = recorded([{ message: 'changed' }, { http_signing_key: 'key-2' }], DOMAIN);
    expect(await webhooks.update(context, { id: url, url }, wish)).toBe('key-2');
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'change the webhook', method: 'PUT', form },
        path: '/v4/domains/Mail.example.com/webhooks',
      },
      KEY,
    ]);
  });

  test('are removed by their URL', async () => {
    const { context, asked } = recorded([status(404)], DOMAIN);
    await webhooks.remove(context, { id: url, url });
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'remove the webhook', method: 'DELETE', accepts: [404] },
        path: '/v4/domains/Mail.example.com/webhooks?url=https%3A%2F%2Fhooks.example.com%2Fwebhooks%2Fv1%2Fmailgun%3Fa%3Db',
      },
    ]);
  });
});

describe('the files of its lists', () => {
  test('are known by their columns', () => {
    expect(listFile).toMatchObject({
      title: expect.stringContaining('Mailgun'),
      columns: ['address', ['createdat', 'code', 'error', 'tags', 'tag']],
    });
  });

  const jo = { address: 'jo@example.org' };
  const bounce = (said: object) => ({
    ...{ ...jo, reason: 'hard_bounce' },
    webhook: {
      provider: 'mailgun',
      raw: JSON.stringify({
        'event-data': { event: 'failed', severity: 'permanent', reason: 'bounce', 'delivery-status': said },
      }),
    },
  });

  test.each([
    [
      { code: '550', error: 'no such user', createdat: 'Sun, 01 Mar 2026 10:00:00 UTC' },
      { ...bounce({ code: '550', message: 'no such user' }), at: '2026-03-01T10:00:00.000Z' },
    ],
    [{ code: '550' }, bounce({ code: '550', message: '' })],
    [{ error: 'no such user' }, bounce({ code: '', message: 'no such user' })],
    [
      { tags: '*', createdat: '2026-03-01T10:00:00Z' },
      { ...jo, reason: 'unsubscribe', scope: 'all', at: '2026-03-01T10:00:00.000Z' },
    ],
    [{ tag: '*' }, { ...jo, reason: 'unsubscribe', scope: 'all' }],
    [
      { createdat: '2026-03-01T10:00:00Z' },
      { ...jo, reason: 'unsubscribe', scope: 'all', at: '2026-03-01T10:00:00.000Z' },
    ],
  ])('columns %j', (cells, read) => {
    expect(line(listFile, { ...jo, ...cells }, { reason: 'unsubscribe', scope: 'all' })).toEqual(read);
  });

  test.each(['tags', 'tag'])('%s say unsubscribe, whatever reason was named', (column) => {
    const named = { reason: 'complaint', scope: 'all' } as const;
    expect(line(listFile, { ...jo, [column]: '*' }, named)).toEqual({ ...jo, reason: 'unsubscribe', scope: 'all' });
  });

  test('a line that gives no reason takes the one that was named, and none is no line', () => {
    expect(line(listFile, jo, { reason: 'complaint' })).toEqual({ ...jo, reason: 'complaint' });
    expect(() => line(listFile, jo)).toThrow('--reason');
  });
});
