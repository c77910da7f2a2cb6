import { describe, expect, test } from '@jest/globals';
import { api as brevo } from '../../../../lambda/providers/brevo/api.ts';
import { listFile } from '../../../../lambda/providers/brevo/list-file.ts';
import { api as mandrill } from '../../../../lambda/providers/mandrill/api.ts';
import { line, pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Brevo and Mandrill are asked and what is read out of their answers, as their documentation has them. */

describe('Brevo', () => {
  const { lists, webhooks } = partsOf(brevo);
  const page = (search: string) => ({
    ...{ use: 'lists', what: 'read the blocked contacts', method: 'GET' },
    path: `/v3/smtp/blockedContacts?${search}`,
  });
  const jo = { address: 'jo@example.org', list: 'blockedContacts' };

  test('host, key, rights and pace; there are no events to read', () => {
    const right = expect.stringContaining('an API key v3');
    expect(brevo).toMatchObject({
      base: 'https://api.brevo.com',
      key: expect.stringContaining('xkeysib-'),
      rights: { lists: right, clear: right, webhook: right },
      perSecond: 1,
      retriesHours: 12,
      resetHeader: 'x-sib-ratelimit-reset',
    });
    expect(brevo.events).toBeUndefined();
    expect(lists.add).toBeUndefined();
    expect(lists.lacks).toMatch(/campaigns/);
    const request = { use: 'lists', what: 'ask', method: 'GET', path: '/' } as const;
    expect(brevo.authorise(request, 'xkeysib-1')).toEqual({ ...request, headers: { 'api-key': 'xkeysib-1' } });
  });

  test('blocked contacts by offset, oldest first, from the day before to the day after', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ email: `${name}@example.org` }));
    const { context, asked } = recorded([{ contacts: [a, b] }, { contacts: [b, c] }, { contacts: [c] }], {
      now: Date.UTC(2026, 2, 10, 23),
    });
    const read = { list: 'blockedContacts', reason: 'manual' };
    expect(await pagesOf(lists.read(context, Date.UTC(2026, 2, 5)))).toEqual([
      [
        { address: 'a@example.org', ...read },
        { address: 'b@example.org', ...read },
      ],
      [{ address: 'c@example.org', ...read }],
    ]);
    const days = 'startDate=2026-03-04&endDate=2026-03-11';
    expect(asked()).toEqual([
      page(`limit=50&offset=0&sort=asc&${days}`),
      page(`limit=50&offset=1&sort=asc&${days}`),
      page(`limit=50&offset=2&sort=asc&${days}`),
    ]);
  });

  test.each([['{}'], [' { } '], ['{"contacts":[],"count":0}'], ['{"contacts" : null}']])(
    'an empty list: %s',
    async (text) => {
      const { context, asked } = recorded([text]);
      expect(await pagesOf(lists.read(context))).toEqual([]);
      expect(asked()).toEqual([page('limit=50&offset=0&sort=asc')]);
    },
  );

  test.each([['{"code":"unauthorized"}'], ['[]'], ['{},{}'], ['x {}']])('no list at all: %s', async (text) => {
    await expect(pagesOf(lists.read(recorded([text]).context))).rejects.toThrow('taken for none');
  });

  test.each([
    ['hardBounce', { reason: 'hard_bounce' }],
    ['contactFlaggedAsSpam', { reason: 'complaint' }],
    // As the webhook names it: all transactional mail.
    ['unsubscribedViaMA', { reason: 'unsubscribe', scope: 'stream:transactional' }],
    ['unsubscribedViaEmail', { reason: 'unsubscribe', scope: 'stream:transactional' }],
    ['unsubscribedViaApi', { reason: 'unsubscribe', scope: 'stream:transactional' }],
    ['adminBlocked', { reason: 'manual' }],
  ])('one address, %s', async (code, read) => {
    const entry = { email: 'Jo@Example.org', reason: { code, message: 'm' } };
    const told = { ...entry, senderEmail: 'shop@example.com', blockedAt: '2026-03-01T10:00:00.000Z' };
    const { context, asked } = recorded([{ contacts: [told] }]);
    expect(await lists.find(context, 'jo@example.org')).toEqual([
      {
        ...{ ...jo, address: 'Jo@Example.org', part: 'shop@example.com', ...read },
        ...{ since: '2026-03-01T10:00:00.000Z', at: 1_772_359_200_000 },
      },
    ]);
    expect(await lists.find(recorded([{ contacts: [told] }]).context, 'an@example.org')).toEqual([]);
    expect(asked()).toEqual([page('limit=50&offset=0&sort=asc')]);
  });

  test.each([
    [status(204), 'removed'],
    [status(404, { code: 'document_not_found' }), 'gone'],
  ])('is unblocked by its address: %j', async (answer, outcome) => {
    const { context, asked } = recorded([answer]);
    expect(await lists.remove(context, { ...jo, reason: 'manual' })).toBe(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'unblock a contact', method: 'DELETE', accepts: [404] },
        path: '/v3/smtp/blockedContacts/jo%40example.org',
      },
    ]);
  });

  describe('webhooks', () => {
    const url = 'https://hooks.example.com/webhooks/v1/brevo';
    // One of the two opens: both tell of the same.
    const settings = {
      ...{ url, description: 'Quell' },
      events: [
        ...['request', 'sent', 'delivered', 'hardBounce', 'softBounce', 'blocked', 'spam', 'invalid', 'deferred'],
        ...['click', 'opened', 'unsubscribed'],
      ],
    };
    const headers = [{ key: 'authorization', value: 'Basic cXVlbGw6YTpi' }];

    test.each([
      [{ webhooks: [{ id: 7, url }, { id: 8 }, { url }] }, [{ id: '7', url }]],
      [status(404, { code: 'document_not_found' }), []],
    ])('are listed, those of transactional mail: %j', async (answer, read) => {
      const { context, asked } = recorded([answer]);
      expect(webhooks.secret).toBe('chosen');
      expect(await webhooks.list(context)).toEqual(read);
      expect(asked()).toEqual([
        {
          ...{ use: 'webhook', what: 'list its webhooks', method: 'GET', holds: 'webhooks[]', accepts: [404] },
          path: '/v3/webhooks?type=transactional',
        },
      ]);
    });

    test('are made once, changed, and removed by id', async () => {
      const { context, asked } = recorded([{ id: 7 }, status(204), status(404)]);
      const wish = { url, secret: 'quell:a:b' };
      expect(await webhooks.create(context, wish)).toBeUndefined();
      expect(await webhooks.update(context, { id: '7', url }, wish)).toBeUndefined();
      await webhooks.remove(context, { id: '7', url });
      expect(asked()).toEqual([
        {
          ...{ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/v3/webhooks', once: true },
          json: { ...settings, headers, type: 'transactional' },
        },
        {
          ...{ use: 'webhook', what: 'change the webhook', method: 'PUT', path: '/v3/webhooks/7' },
          json: { ...settings, headers },
        },
        { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: '/v3/webhooks/7', accepts: [404] },
      ]);
    });

    test.each([
      ['bearer:t0ken', { ...settings, headers: [{ key: 'authorization', value: 'Bearer t0ken' }] }],
      ['header:X-Quell:s3', { ...settings, headers: [{ key: 'x-quell', value: 's3' }] }],
      ['query:key:s3', { ...settings, url: `${url}?key=s3`, headers: [] }],
    ])('credentials %s', async (secret, json) => {
      const { context, asked } = recorded([status(204)]);
      await webhooks.update(context, { id: '7', url }, { url, secret });
      expect(asked()[0]?.json).toEqual(json);
    });
  });

  describe('the file of its list', () => {
    test('is known by its columns', () => {
      expect(listFile).toMatchObject({
        title: expect.stringContaining('Brevo'),
        columns: ['email', ['blockedat', 'reasoncode']],
      });
    });

    test.each([
      [{ reasoncode: 'hardBounce' }, { reason: 'hard_bounce' }],
      [{ reasoncode: 'contactFlaggedAsSpam' }, { reason: 'complaint' }],
      [{ reasoncode: 'unsubscribedViaEmail' }, { reason: 'unsubscribe', scope: 'all' }],
      [{ 'reason.code': 'unsubscribedViaMA' }, { reason: 'unsubscribe', scope: 'all' }],
      [{ reason: 'unsubscribedViaApi' }, { reason: 'unsubscribe', scope: 'all' }],
      [{ reason: 'adminBlocked' }, { reason: 'manual' }],
      [{ blockedat: '2026-03-01T10:00:00Z' }, { reason: 'complaint', at: '2026-03-01T10:00:00.000Z' }],
    ])('%j', (cells, read) => {
      const given = { reason: 'complaint', scope: 'all' } as const;
      expect(line(listFile, { email: 'jo@example.org', ...cells }, given)).toEqual({
        address: 'jo@example.org',
        ...read,
      });
    });
  });
});

describe('Mandrill', () => {
  const { lists, webhooks } = partsOf(mandrill);
  const jo = { address: 'jo@example.org', list: 'denylist' };
  const rejects = (json: object) => ({
    ...{ use: 'lists', what: 'read the denylist', method: 'POST', path: '/api/1.3/rejects/list', holds: '[]', json },
  });

  test('host, key, rights and pace; there are no events to read', () => {
    expect(mandrill).toMatchObject({
      base: 'https://mandrillapp.com',
      key: expect.stringContaining('API key'),
      rights: {
        lists: expect.stringContaining('rejects/list'),
        clear: expect.stringContaining('rejects/delete'),
        push: expect.stringContaining('rejects/add'),
        webhook: expect.stringContaining('webhooks/*'),
      },
      perSecond: 3,
    });
    expect(mandrill.events).toBeUndefined();
    expect(lists.lacks).toMatch(/1,000 entries/);
  });

  test('the key goes into the body; a wrong one is told by a name, whatever the status', () => {
    const request = { use: 'lists', what: 'ask', method: 'POST', path: '/' } as const;
    expect(mandrill.authorise({ ...request, json: { a: 1 } }, 'k1')).toEqual({ ...request, json: { a: 1, key: 'k1' } });
    expect(mandrill.authorise(request, 'k1')).toEqual({ ...request, json: { key: 'k1' } });
    const refused = (json: unknown) => mandrill.keyRefused?.({ status: 500, text: '', json });
    expect(refused({ status: 'error', name: 'Invalid_Key' })).toBe(true);
    expect(refused({ status: 'error', name: 'PermissionError' })).toBe(true);
    expect(refused({ status: 'error', name: 'GeneralError' })).toBe(false);
    expect(refused(undefined)).toBe(false);
  });

  test('the denylist at once, without what has ended', async () => {
    const { context, asked } = recorded([
      [
        { email: 'jo@example.org', reason: 'hard-bounce', created_at: '2026-03-01 10:00:00' },
        { email: 'jo@example.org', reason: 'spam', created_at: '2026-03-01 10:00:00.123' },
        { email: 'jo@example.org', reason: 'unsub' },
        { email: 'jo@example.org', reason: 'unsub', subaccount: 'shop' },
        { email: 'jo@example.org', reason: 'soft-bounce', subaccount: 'shop' },
        { email: 'jo@example.org', reason: 'custom' },
        { reason: 'spam' },
      ],
    ]);
    expect(await pagesOf(lists.read(context))).toEqual([
      [
        { ...jo, reason: 'hard_bounce', since: '2026-03-01 10:00:00', at: 1_772_359_200_000 },
        { ...jo, reason: 'complaint', since: '2026-03-01 10:00:00.123', at: 1_772_359_200_123 },
        { ...jo, reason: 'unsubscribe', scope: 'all' },
        { ...jo, reason: 'unsubscribe', scope: 'subaccount:shop', part: 'shop' },
        { ...jo, reason: 'manual', part: 'shop' },
        { ...jo, reason: 'manual' },
      ],
    ]);
    expect(asked()).toEqual([rejects({ include_expired: false })]);
  });

  test('one address, and nobody else', async () => {
    const { context, asked } = recorded([[{ email: 'Jo@Example.org' }, { email: 'an@example.org' }]]);
    expect(await lists.find(context, 'jo@example.org')).toEqual([
      { ...jo, address: 'Jo@Example.org', reason: 'manual' },
    ]);
    expect(asked()).toEqual([rejects({ email: 'jo@example.org', include_expired: false })]);
  });

  test.each([
    [{ email: 'jo@example.org', deleted: true }, { part: 'shop' }, { subaccount: 'shop' }, 'removed'],
    [{ email: 'jo@example.org', deleted: false }, {}, {}, 'gone'],
  ])('is removed, of its subaccount: %j', async (answer, part, subaccount, outcome) => {
    const { context, asked } = recorded([answer]);
    expect(await lists.remove(context, { ...jo, reason: 'manual', ...part })).toBe(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the denylist', method: 'POST', path: '/api/1.3/rejects/delete' },
        json: { email: 'jo@example.org', ...subaccount },
      },
    ]);
  });

  test.each([
    [{ added: true }, []],
    [{ added: false }, ['jo@example.org']],
  ])('takes one address at a time, none that is allowlisted: %j', async (answer, refused) => {
    const { context, asked } = recorded([answer]);
    expect(lists.add).toMatchObject({ atOnce: 1, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] });
    expect(await lists.add.send(context, ['jo@example.org'])).toEqual(refused);
    expect(asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the denylist', method: 'POST', path: '/api/1.3/rejects/add' },
        json: { email: 'jo@example.org', comment: 'Quell' },
      },
    ]);
  });

  test('webhooks are listed, made once, changed and removed, and tell their key', async () => {
    const url = 'https://hooks.example.com/webhooks/v1/mandrill';
    const events = [
      ...['send', 'hard_bounce', 'soft_bounce', 'open', 'click', 'spam', 'unsub', 'reject', 'blacklist', 'whitelist'],
    ];
    const { context, asked } = recorded([
      [{ id: 42, url }, { id: 43 }, { url }],
      { id: 42, auth_key: 'k-made' },
      { id: 42, auth_key: 'k-kept' },
      status(404),
    ]);
    expect(webhooks.secret).toBe('given');
    expect(await webhooks.list(context)).toEqual([{ id: '42', url }]);
    expect(await webhooks.create(context, { url, secret: '' })).toBe('k-made');
    expect(await webhooks.update(context, { id: '42', url }, { url, secret: '' })).toBe('k-kept');
    await webhooks.remove(context, { id: '42', url });
    const of = { use: 'webhook', method: 'POST' };
    expect(asked()).toEqual([
      { ...of, what: 'list its webhooks', path: '/api/1.3/webhooks/list', holds: '[]' },
      {
        ...{ ...of, what: 'make the webhook', path: '/api/1.3/webhooks/add', once: true },
        json: { url, description: 'Quell', events },
      },
      {
        ...{ ...of, what: 'change the webhook', path: '/api/1.3/webhooks/update' },
        json: { id: 42, url, description: 'Quell', events },
      },
      { ...of, what: 'remove the webhook', path: '/api/1.3/webhooks/delete', json: { id: 42 }, accepts: [404] },
    ]);
  });
});
