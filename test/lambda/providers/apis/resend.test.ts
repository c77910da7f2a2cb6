import { describe, expect, test } from '@jest/globals';
import { api } from '../../../../lambda/providers/resend/api.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Resend is asked and what is read out of its answers, as its specification has them. */

const { lists, webhooks } = partsOf(api);

test('host, key, rights and pace; there are no events to read', () => {
  const right = 'Full access';
  expect(api).toMatchObject({
    base: 'https://api.resend.com',
    key: 'API key (re_...)',
    rights: { lists: right, clear: right, push: right, webhook: right },
    perSecond: 2,
    retriesHours: 28,
    resetHeader: 'ratelimit-reset',
  });
  expect(api.events).toBeUndefined();
  const request = { use: 'lists', what: 'ask', method: 'GET', path: '/' } as const;
  expect(api.authorise(request, 're_1')).toEqual({ ...request, headers: { authorization: 'Bearer re_1' } });
});

describe('suppressions', () => {
  const page = (path: string) => ({
    ...{ use: 'lists', what: 'read the suppressions', method: 'GET', path, holds: 'data[]' },
  });
  const AFTER_FIRST = { accepts: [400, 404, 410, 422] };
  const jo = { address: 'jo@example.org', list: 'suppressions' };

  test('page by page after the last id, begun again where that is gone', async () => {
    const one = { id: 's1', email: 'jo@example.org', origin: 'bounce', created_at: '2026-03-01 10:00:00.123456+00' };
    const { context, asked } = recorded([
      { object: 'list', has_more: true, data: [{ ...one, id: 's0' }, one] },
      status(404, { name: 'not_found' }),
      { has_more: true, data: [one] },
      { has_more: false, data: [{ id: 's2', email: 'jo@example.org', origin: 'complaint' }, { id: 's3' }] },
    ]);
    const read = { ...jo, reason: 'hard_bounce', since: '2026-03-01 10:00:00.123456+00', at: 1_772_359_200_123 };
    expect(await pagesOf(lists.read(context))).toEqual([
      [
        { ...read, id: 's0' },
        { ...read, id: 's1' },
      ],
      [{ ...read, id: 's1' }],
      [{ ...jo, reason: 'complaint', id: 's2' }],
    ]);
    expect(asked()).toEqual([
      page('/suppressions?limit=100'),
      { ...page('/suppressions?limit=100&after=s1'), ...AFTER_FIRST },
      page('/suppressions?limit=100'),
      { ...page('/suppressions?limit=100&after=s1'), ...AFTER_FIRST },
    ]);
  });

  test.each([
    ['bounce', 'hard_bounce'],
    ['complaint', 'complaint'],
    ['manual', 'manual'],
    [undefined, 'manual'],
  ])('one address, origin %s', async (origin, reason) => {
    const { context, asked } = recorded([{ email: 'jo@example.org', origin }]);
    expect(await lists.find(context, 'jo+a@example.org')).toEqual([{ ...jo, reason }]);
    expect(asked()).toEqual([
      {
        ...{ use: 'lists', what: 'look up an address in the suppressions', method: 'GET', holds: 'email' },
        path: '/suppressions/jo%2Ba%40example.org',
        accepts: [404],
      },
    ]);
  });

  test('an address that is not there', async () => {
    const { context } = recorded([status(404, { name: 'not_found', email: 'jo@example.org' })]);
    expect(await lists.find(context, 'jo@example.org')).toEqual([]);
  });

  test.each([
    [{ deleted: true }, 'removed'],
    [status(404), 'gone'],
  ])('is removed by its address: %j', async (answer, outcome) => {
    const { context, asked } = recorded([answer]);
    expect(await lists.remove(context, { ...jo, reason: 'manual', id: 's1' })).toBe(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the suppressions', method: 'DELETE', accepts: [404] },
        path: '/suppressions/jo%40example.org',
      },
    ]);
  });

  test('takes one address at a time', async () => {
    const { context, asked } = recorded([{ id: 's1' }]);
    expect(lists.add).toMatchObject({ atOnce: 1, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] });
    expect(await lists.add.send(context, ['jo@example.org'])).toEqual([]);
    expect(asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the suppressions', method: 'POST', path: '/suppressions' },
        json: { email: 'jo@example.org' },
      },
    ]);
  });
});

describe('webhooks', () => {
  const url = 'https://hooks.example.com/webhooks/v1/resend';
  const events = [
    ...['email.sent', 'email.delivered', 'email.delivery_delayed', 'email.bounced', 'email.complained'],
    ...['email.opened', 'email.clicked', 'email.failed', 'email.suppressed', 'contact.updated'],
  ];

  test('are listed by id', async () => {
    const { context, asked } = recorded([{ data: [{ id: 'w1', endpoint: url }, { id: 'w2' }, { endpoint: url }] }]);
    expect(webhooks.secret).toBe('given');
    expect(await webhooks.list(context)).toEqual([{ id: 'w1', url }]);
    expect(asked()).toEqual([
      { use: 'webhook', what: 'list its webhooks', method: 'GET', path: '/webhooks', holds: 'data[]' },
    ]);
  });

  test('are made once, and tell their secret', async () => {
    const { context, asked } = recorded([{ id: 'w1', signing_secret: 'whsec_1' }]);
    expect(await webhooks.create(context, { url, secret: '' })).toBe('whsec_1');
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/webhooks', once: true },
        json: { endpoint: url, events },
      },
    ]);
  });

  test('are changed and switched on, and their secret is read', async () => {
    const { context, asked } = recorded([{ id: 'w1' }, { id: 'w1', signing_secret: 'whsec_1' }]);
    expect(await webhooks.update(context, { id: 'w/1', url }, { url, secret: '' })).toBe('whsec_1');
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'change the webhook', method: 'PATCH', path: '/webhooks/w%2F1' },
        json: { endpoint: url, events, status: 'enabled' },
      },
      { use: 'webhook', what: 'read its signing secret', method: 'GET', path: '/webhooks/w%2F1' },
    ]);
  });

  test('are removed by id', async () => {
    const { context, asked } = recorded([status(404)]);
    await webhooks.remove(context, { id: 'w1', url });
    expect(asked()).toEqual([
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: '/webhooks/w1', accepts: [404] },
    ]);
  });
});
