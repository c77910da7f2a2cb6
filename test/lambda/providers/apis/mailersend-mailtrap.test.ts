import { describe, expect, test } from '@jest/globals';
import { api as mailersend } from '../../../../lambda/providers/mailersend/api.ts';
import { api as mailtrap } from '../../../../lambda/providers/mailtrap/api.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What MailerSend and Mailtrap are asked and what is read out of their answers, as their documentation has them. */

describe('MailerSend', () => {
  const { lists, webhooks } = partsOf(mailersend);
  const DOMAIN = { domain: 'd1' };
  const page = (list: string, number: number) => ({
    ...{ use: 'lists', what: `read its ${list}`, method: 'GET', holds: 'data[]' },
    path: `/v1/suppressions/${list}?domain_id=d1&page=${number}&limit=100`,
  });
  const none = { data: [], links: { next: null } };
  const person = (id: string, email: string) => ({ id, recipient: { email } });

  test('host, token, rights and pace; there are no events to read', () => {
    expect(mailersend).toMatchObject({
      base: 'https://api.mailersend.com',
      key: 'API token',
      rights: {
        lists: 'Suppressions: Read access',
        clear: 'Suppressions: Full access',
        push: 'Suppressions: Full access',
        webhook: 'Webhooks: Full access',
      },
      perSecond: 1,
      domain: expect.stringContaining("domain's id"),
    });
    expect(mailersend.events).toBeUndefined();
    expect(lists.lacks).toMatch(/on hold/);
    const request = { use: 'lists', what: 'ask', method: 'GET', path: '/' } as const;
    expect(mailersend.authorise(request, 't1')).toEqual({ ...request, headers: { authorization: 'Bearer t1' } });
  });

  test('four lists of the domain by page number, one of more pages twice', async () => {
    const [a, b] = [
      { ...person('1', 'a@example.org'), created_at: '2026-03-01T10:00:00.000000Z' },
      person('2', 'b@example.org'),
    ];
    const { context, asked } = recorded(
      [
        { data: [a], links: { next: 'https://api.mailersend.com/v1/suppressions/hard-bounces?page=2' } },
        { data: [b], links: { next: null } },
        { data: [a], links: { next: 'https://api.mailersend.com/v1/suppressions/hard-bounces?page=2' } },
        { data: [b], links: { next: null } },
        { data: [person('3', 'c@example.org')], links: {} },
        { data: [person('4', 'd@example.org')], links: {} },
        {
          data: [
            { id: '5', pattern: 'e@example.org' },
            { id: '6', pattern: '*@example.org' },
            { id: '7', recipient: { email: 'f@example.org' }, pattern: 'g@example.org' },
            { id: '8' },
          ],
        },
      ],
      DOMAIN,
    );
    const of = { part: 'd1' };
    expect(await pagesOf(lists.read(context))).toEqual([
      [
        {
          ...{ address: 'a@example.org', list: 'hard-bounces', ...of, reason: 'hard_bounce', id: '1' },
          ...{ since: '2026-03-01T10:00:00.000000Z', at: 1_772_359_200_000 },
        },
      ],
      [{ address: 'b@example.org', list: 'hard-bounces', ...of, reason: 'hard_bounce', id: '2' }],
      [{ address: 'c@example.org', list: 'spam-complaints', ...of, reason: 'complaint', id: '3' }],
      [{ address: 'd@example.org', list: 'unsubscribes', ...of, reason: 'unsubscribe', scope: 'domain:d1', id: '4' }],
      [
        { address: 'e@example.org', list: 'blocklist', ...of, reason: 'manual', id: '5' },
        { address: 'f@example.org', list: 'blocklist', ...of, reason: 'manual', id: '7' },
      ],
    ]);
    expect(asked()).toEqual([
      page('hard-bounces', 1),
      page('hard-bounces', 2),
      page('hard-bounces', 1),
      page('hard-bounces', 2),
      page('spam-complaints', 1),
      page('unsubscribes', 1),
      page('blocklist', 1),
    ]);
  });

  test('one address on each of them', async () => {
    const both = { data: [person('1', 'Jo@Example.org'), person('2', 'an@example.org')] };
    const { context, asked } = recorded([both, none, none, none], DOMAIN);
    expect(await lists.find(context, 'jo@example.org')).toEqual([
      { address: 'Jo@Example.org', list: 'hard-bounces', part: 'd1', reason: 'hard_bounce', id: '1' },
    ]);
    expect(asked()).toHaveLength(4);
  });

  test.each([
    [status(204), 'removed'],
    [status(404), 'gone'],
  ])('an entry is removed by its id: %j', async (answer, outcome) => {
    const { context, asked } = recorded([answer], DOMAIN);
    const one = { address: 'jo@example.org', list: 'unsubscribes', reason: 'unsubscribe', id: '4' } as const;
    expect(await lists.remove(context, one)).toBe(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of its lists', method: 'DELETE', accepts: [404] },
        path: '/v1/suppressions/unsubscribes',
        json: { domain_id: 'd1', ids: ['4'] },
      },
    ]);
  });

  test('without an id nothing is asked: the list would be emptied', async () => {
    const { context, asked } = recorded([status(204)], DOMAIN);
    const one = { address: 'jo@example.org', list: 'blocklist', reason: 'manual' } as const;
    expect(await lists.remove(context, one)).toEqual({ refused: expect.stringContaining('by id only') });
    expect(asked()).toEqual([]);
  });

  test('100 addresses are added at once to the blocklist', async () => {
    const { context, asked } = recorded([{ data: [] }], DOMAIN);
    expect(lists.add).toMatchObject({ atOnce: 100, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] });
    expect(await lists.add.send(context, ['jo@example.org'])).toEqual([]);
    expect(asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the blocklist', method: 'POST', path: '/v1/suppressions/blocklist' },
        json: { domain_id: 'd1', recipients: ['jo@example.org'] },
      },
    ]);
  });

  test('webhooks of the domain are listed, made once, changed and removed; the secret is shown elsewhere', async () => {
    const url = 'https://hooks.example.com/webhooks/v1/mailersend';
    // One of the two opens, and of the two clicks: a first one fires both. On hold suppresses too.
    const events = [
      ...['activity.sent', 'activity.delivered', 'activity.soft_bounced', 'activity.hard_bounced', 'activity.deferred'],
      ...['activity.opened', 'activity.clicked', 'activity.unsubscribed', 'activity.spam_complaint'],
      ...['recipient.on_hold_added', 'recipient.on_hold_removed'],
    ];
    const answers = [{ data: [{ id: 'w1', url }, { id: 'w2' }, { url }] }, { data: { id: 'w1' } }, {}, status(404)];
    const { context, asked } = recorded(answers, DOMAIN);
    expect(webhooks.secret).toBe('apart');
    expect(await webhooks.list(context)).toEqual([{ id: 'w1', url }]);
    expect(await webhooks.create(context, { url, secret: '' })).toBeUndefined();
    expect(await webhooks.update(context, { id: 'w/1', url }, { url, secret: '' })).toBeUndefined();
    await webhooks.remove(context, { id: 'w/1', url });
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'list its webhooks', method: 'GET', holds: 'data[]' },
        path: '/v1/webhooks?domain_id=d1',
      },
      {
        ...{ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/v1/webhooks', once: true },
        json: { url, name: 'Quell', events, domain_id: 'd1', enabled: true },
      },
      {
        ...{ use: 'webhook', what: 'change the webhook', method: 'PUT', path: '/v1/webhooks/w%2F1' },
        json: { url, name: 'Quell', events, enabled: true },
      },
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: '/v1/webhooks/w%2F1', accepts: [404] },
    ]);
  });
});

describe('Mailtrap', () => {
  const { lists, webhooks } = partsOf(mailtrap);
  const page = (search: string) => ({
    ...{ use: 'lists', what: 'read the suppressions', method: 'GET', path: `/api/suppressions${search}`, holds: '[]' },
  });
  const AFTER_FIRST = { accepts: [400, 404, 410, 422] };
  const jo = { address: 'jo@example.org', list: 'suppressions' };
  const many = (length: number) => Array.from({ length }, (_, at) => ({ id: `u${at}`, email: `${at}@example.org` }));

  test('host, token, rights and pace; there are no events to read', () => {
    expect(mailtrap).toMatchObject({
      base: 'https://mailtrap.io',
      key: 'API token',
      rights: {
        lists: 'Viewer of the sending domains',
        clear: 'Admin of the sending domains',
        webhook: 'Admin of the account',
      },
    });
    // Ten a minute are six seconds each, and one to spare.
    expect(1 / mailtrap.perSecond).toBeCloseTo(7);
    expect(mailtrap.events).toBeUndefined();
    expect(lists.add).toBeUndefined();
    const request = { use: 'lists', what: 'ask', method: 'GET', path: '/' } as const;
    expect(mailtrap.authorise(request, 't1')).toEqual({ ...request, headers: { authorization: 'Bearer t1' } });
  });

  test('a full page of 1,000 has one after its last id; begun again where that is gone', async () => {
    const { context, asked } = recorded([many(1000), status(422), many(1000), many(999)]);
    const pages = await pagesOf(lists.read(context, Date.UTC(2026, 2, 1, 10)));
    expect(pages.map(({ length }) => length)).toEqual([1000, 1000, 999]);
    const from = '?start_time=2026-03-01T10%3A00%3A00.000Z';
    expect(asked()).toEqual([
      page(from),
      { ...page(`${from}&last_id=u999`), ...AFTER_FIRST },
      page(from),
      { ...page(`${from}&last_id=u999`), ...AFTER_FIRST },
    ]);
  });

  test.each([
    [
      { type: 'hard bounce', sending_stream: 'bulk', created_at: '2026-03-01T10:00:00Z' },
      { reason: 'hard_bounce', part: 'bulk', since: '2026-03-01T10:00:00Z', at: 1_772_359_200_000 },
    ],
    [{ type: 'spam complaint' }, { reason: 'complaint' }],
    [
      { type: 'unsubscription', sending_stream: 'bulk' },
      { reason: 'unsubscribe', part: 'bulk', scope: 'stream:bulk' },
    ],
    [
      { type: 'unsubscription', sending_stream: 'any' },
      { reason: 'unsubscribe', part: 'any', scope: 'all' },
    ],
    [{ type: 'unsubscription' }, { reason: 'unsubscribe', scope: 'all' }],
    [
      { type: 'manual import', sending_stream: 'any' },
      { reason: 'manual', part: 'any' },
    ],
    [{}, { reason: 'manual' }],
  ])('an entry: %j', async (told, read) => {
    const { context, asked } = recorded([[{ id: 'u1', email: 'jo@example.org', ...told }, { id: 'u2' }]]);
    expect(await pagesOf(lists.read(context))).toEqual([[{ ...jo, id: 'u1', ...read }]]);
    expect(asked()).toEqual([page('')]);
  });

  test('one address, and nobody else: a filter that it does not know it ignores', async () => {
    const { context, asked } = recorded([[{ email: 'Jo+a@Example.org' }, { email: 'an@example.org' }]]);
    expect(await lists.find(context, 'jo+a@example.org')).toEqual([
      { ...jo, address: 'Jo+a@Example.org', reason: 'manual' },
    ]);
    expect(asked()).toEqual([page('?email=jo%2Ba%40example.org')]);
  });

  test.each([
    [status(204), 'removed'],
    [status(404), 'gone'],
  ])('an entry is removed by its id: %j', async (answer, outcome) => {
    const { context, asked } = recorded([answer]);
    expect(await lists.remove(context, { ...jo, reason: 'manual', id: 'u/1' })).toBe(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove a suppression', method: 'DELETE', accepts: [404] },
        path: '/api/suppressions/u%2F1',
      },
    ]);
  });

  test('without an id nothing is asked', async () => {
    const { context, asked } = recorded([status(204)]);
    expect(await lists.remove(context, { ...jo, reason: 'manual' })).toHaveProperty('refused');
    expect(asked()).toEqual([]);
  });

  test('webhooks are listed, made once, changed and removed; the secret is told once, when one is made', async () => {
    const url = 'https://hooks.example.com/webhooks/v1/mailtrap';
    const event_types = [
      ...[
        'delivery',
        'open',
        'click',
        'soft_bounce',
        'bounce',
        'spam_complaint',
        'unsubscribe',
        'suspension',
        'reject',
      ],
    ];
    const { context, asked } = recorded([
      { data: [{ id: 9, url }, { id: 10 }, { url }] },
      { data: { id: 9, signing_secret: 's-made' } },
      { signing_secret: 's-bare' },
      { data: { id: 9, signing_secret: 's-other' } },
      status(404),
    ]);
    expect(webhooks.secret).toBe('given');
    expect(await webhooks.list(context)).toEqual([{ id: '9', url }]);
    expect(await webhooks.create(context, { url, secret: '' })).toBe('s-made');
    expect(await webhooks.create(context, { url, secret: '' })).toBe('s-bare');
    expect(await webhooks.update(context, { id: '9', url }, { url, secret: '' })).toBeUndefined();
    await webhooks.remove(context, { id: '9', url });
    const made = {
      ...{ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/api/webhooks', once: true },
      json: {
        webhook: {
          ...{ url, webhook_type: 'email_sending', payload_format: 'json', event_types },
          sending_stream: 'transactional',
        },
      },
    };
    expect(asked()).toEqual([
      { use: 'webhook', what: 'list its webhooks', method: 'GET', path: '/api/webhooks', holds: 'data[]' },
      made,
      made,
      {
        ...{ use: 'webhook', what: 'change the webhook', method: 'PATCH', path: '/api/webhooks/9' },
        json: { webhook: { url, payload_format: 'json', event_types, active: true } },
      },
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: '/api/webhooks/9', accepts: [404] },
    ]);
  });
});
