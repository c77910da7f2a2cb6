import { describe, expect, test } from '@jest/globals';
import { api } from '../../../../lambda/providers/sendgrid/api.ts';
import { listFile } from '../../../../lambda/providers/sendgrid/list-file.ts';
import { line, pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What SendGrid is asked and what is read out of its answers, as its specification has them. */

const { events, lists, webhooks } = partsOf(api);

test('hosts, key, rights and pace', () => {
  expect(api).toMatchObject({
    base: 'https://api.sendgrid.com',
    otherBases: ['https://api.eu.sendgrid.com'],
    key: 'API key (SG....)',
    rights: {
      events: expect.stringContaining('Email Logs'),
      lists: 'Suppressions: Read Access',
      clear: 'Suppressions: Full Access',
      push: expect.stringContaining('Unsubscribe Groups'),
      webhook: expect.stringContaining('Event Notification'),
    },
    perSecond: 8,
  });
  const request = { use: 'events', what: 'ask', method: 'GET', path: '/' } as const;
  expect(api.authorise(request, 'SG.1')).toEqual({ ...request, headers: { authorization: 'Bearer SG.1' } });
});

describe('events', () => {
  const search = (from: string, to: string) => ({
    ...{ use: 'events', what: 'search the email logs', method: 'POST', path: '/v3/logs', holds: 'messages[]' },
    json: {
      query: `sg_message_id_created_at >= TIMESTAMP "2026-03-01T${from}Z" AND sg_message_id_created_at < TIMESTAMP "2026-03-01T${to}Z"`,
      limit: 1000,
    },
  });
  const look = (id: string) => ({
    ...{ use: 'events', what: 'read the events of a mail', method: 'GET', holds: 'events[]', accepts: [404] },
    path: `/v3/logs/${id}`,
  });
  const mails = (many: number, id = 'm') => ({
    messages: Array.from({ length: many }, (_, at) => ({ sg_message_id: `${id}${at}` })),
  });

  test('thirty days of logs, an hour at a time, mails of three days before with it', () => {
    expect(events).toMatchObject({ reachDays: 30, settleMinutes: 30, sliceHours: 1, mailDays: 3 });
    expect(events.lacks).toMatch(/three days before/);
  });

  test('each mail of the window once: its events with its ids and its custom arguments, as the webhook writes them', async () => {
    const { context, asked } = recorded([
      { messages: [{ sg_message_id: 'a/1' }, { sg_message_id: 'b' }, { sg_message_id: 'a/1' }, { to_email: 'x' }] },
      `{"to_email":"jo@example.org","sg_message_id":"a/1","events":[
        {"event":"processed","timestamp":1772359200,"custom_args":{"order":"7","event":"none"}},
        {"event":"received","timestamp":1772359199},
        {"event":"bounce","email":"own@example.org","sg_message_id":"own","timestamp":1772359201,"long":90071992547409931},
        {"event":"cancel_drop"}]}`,
      status(404, { errors: [] }),
    ]);
    const window = { from: Date.UTC(2026, 2, 1, 10, 0, 0, 900), to: Date.UTC(2026, 2, 1, 10, 59, 59, 100) };
    const jo = { email: 'jo@example.org', sg_message_id: 'a/1' };
    expect(
      (await pagesOf(events.pages(context, window))).map((page) => ({
        ...page,
        events: page.events.map((raw) => JSON.parse(raw)),
      })),
    ).toEqual([
      {
        events: [
          { order: '7', event: 'processed', ...jo, timestamp: 1772359200 },
          {
            event: 'bounce',
            email: 'own@example.org',
            sg_message_id: 'own',
            timestamp: 1772359201,
            long: '90071992547409931',
          },
        ],
        passed: 2,
      },
      { events: [], passed: 1 },
    ]);
    expect(asked()).toEqual([search('10:00:00', '11:00:00'), look('a%2F1'), look('b')]);
  });

  test('a search that is full is halved, to the second', async () => {
    const { context, asked } = recorded([mails(1000), mails(0), mails(1000), mails(1, 'x'), mails(0), { events: [] }]);
    const window = { from: Date.UTC(2026, 2, 1, 10), to: Date.UTC(2026, 2, 1, 10, 0, 5) };
    expect(await pagesOf(events.pages(context, window))).toEqual([{ events: [], passed: 0 }]);
    expect(asked()).toEqual([
      search('10:00:00', '10:00:05'),
      search('10:00:00', '10:00:02'),
      search('10:00:02', '10:00:05'),
      search('10:00:02', '10:00:03'),
      search('10:00:03', '10:00:05'),
      look('x0'),
    ]);
  });

  test('999 mails are all there are', async () => {
    const { context, asked } = recorded([mails(999), ...Array.from({ length: 999 }, () => ({ events: [] }))]);
    const window = { from: Date.UTC(2026, 2, 1, 10), to: Date.UTC(2026, 2, 1, 10, 0, 5) };
    expect(await pagesOf(events.pages(context, window))).toHaveLength(999);
    expect(asked()).toHaveLength(1000);
  });

  test('one second that is full alone is told, and what it lists is read', async () => {
    const full = { messages: [...mails(999).messages, { sg_message_id: 'm0' }] };
    const { context, asked } = recorded([full, ...Array.from({ length: 999 }, () => ({ events: [] }))]);
    const window = { from: Date.UTC(2026, 2, 1, 10), to: Date.UTC(2026, 2, 1, 10, 0, 1) };
    const [first, ...rest] = await pagesOf(events.pages(context, window));
    expect(first).toEqual({
      events: [],
      lost: 'SendGrid lists no more than 1000 mails of one second: others of 2026-03-01T10:00:00Z cannot be read.',
    });
    expect(rest).toHaveLength(999);
    expect(asked()).toHaveLength(1000);
  });
});

describe('suppressions', () => {
  const NAMES = ['bounces', 'spam_reports', 'invalid_emails', 'unsubscribes'];
  const WHAT = ['read its bounces', 'read its spam reports', 'read its invalid emails', 'read its unsubscribes'];
  const listed = (at: number, search: string) => ({
    ...{ use: 'lists', what: WHAT[at], method: 'GET', path: `/v3/suppression/${NAMES[at]}?${search}`, holds: '[]' },
  });
  const groups = { use: 'lists', what: 'read its unsubscribe groups', method: 'GET' };
  const jo = { address: 'jo@example.org' };
  const since = { since: '1772359200', at: 1_772_359_200_000 };

  test('say that blocks stand for nobody', () => {
    expect(lists.lacks).toMatch(/^Blocks/);
  });

  test('four lists by offset, and all groups at once', async () => {
    const { context, asked } = recorded([
      [{ email: 'jo@example.org', created: 1772359200, reason: '550', status: '5.1.1' }],
      [{ email: 'jo@example.org', created: 1772359200 }],
      [{ email: 'jo@example.org' }],
      [{ email: 'jo@example.org', created: 1772359200 }],
      [
        { email: 'jo@example.org', group_id: 77, created_at: 1772359200 },
        { email: 'jo@example.org' },
        { group_id: 77 },
      ],
    ]);
    expect(await pagesOf(lists.read(context))).toEqual([
      [{ ...jo, list: 'bounces', reason: 'hard_bounce', ...since }],
      [{ ...jo, list: 'spam_reports', reason: 'complaint', ...since }],
      [{ ...jo, list: 'invalid_emails', reason: 'hard_bounce' }],
      [{ ...jo, list: 'unsubscribes', reason: 'unsubscribe', scope: 'all', ...since }],
      [{ ...jo, list: 'groups', part: '77', reason: 'unsubscribe', scope: 'asm:77', ...since }],
    ]);
    expect(asked()).toEqual([
      listed(0, 'limit=500&offset=0'),
      listed(1, 'limit=500&offset=0'),
      listed(2, 'limit=500&offset=0'),
      listed(3, 'limit=500&offset=0'),
      { ...groups, path: '/v3/asm/suppressions', holds: '[]' },
    ]);
  });

  test('one address: what the filter gives of others is left out, and groups that it is in', async () => {
    const { context, asked } = recorded([
      [{ email: 'Jo+a@Example.org' }, { email: 'other@example.org' }],
      [],
      [],
      [{ email: 'jo+a@example.org', created: 1772359200 }],
      { suppressions: [{ id: 77, suppressed: true }, { id: 78, suppressed: false }, { id: 79 }] },
    ]);
    const address = 'jo+a@example.org';
    expect(await lists.find(context, address)).toEqual([
      { address: 'Jo+a@Example.org', list: 'bounces', reason: 'hard_bounce' },
      { address, list: 'unsubscribes', reason: 'unsubscribe', scope: 'all', ...since },
      { address, list: 'groups', part: '77', reason: 'unsubscribe', scope: 'asm:77' },
    ]);
    expect(asked()).toEqual([
      ...[0, 1, 2, 3].map((at) => listed(at, 'email=jo%2Ba%40example.org&limit=500')),
      { ...groups, path: '/v3/asm/suppressions/jo%2Ba%40example.org', holds: 'suppressions[]', accepts: [404] },
    ]);
  });

  test('no group knows it', async () => {
    expect(await lists.find(recorded([[], [], [], [], status(404)]).context, 'jo@example.org')).toEqual([]);
  });

  test.each([
    [{ list: 'bounces' }, '/v3/suppression/bounces/jo%40example.org', status(204), 'removed'],
    [{ list: 'spam_reports' }, '/v3/suppression/spam_reports/jo%40example.org', status(404), 'gone'],
    [{ list: 'invalid_emails' }, '/v3/suppression/invalid_emails/jo%40example.org', status(204), 'removed'],
    [{ list: 'unsubscribes' }, '/v3/asm/suppressions/global/jo%40example.org', status(204), 'removed'],
    [{ list: 'groups', part: '77' }, '/v3/asm/groups/77/suppressions/jo%40example.org', status(204), 'removed'],
  ])('an entry of %j is removed by the path of its list', async (where, path, answer, outcome) => {
    const { context, asked } = recorded([answer]);
    expect(await lists.remove(context, { ...jo, reason: 'unsubscribe', ...where })).toBe(outcome);
    const what = 'remove an entry of its lists';
    expect(asked()).toEqual([{ use: 'clear', what, method: 'DELETE', path, accepts: [404] }]);
  });

  test('of a group without a name nothing is removed', async () => {
    const { context, asked } = recorded([status(204)]);
    const one = { ...jo, list: 'groups', reason: 'unsubscribe' } as const;
    await expect(async () => lists.remove(context, one)).rejects.toThrow('empty name');
    expect(asked()).toEqual([]);
  });

  test('1,000 addresses are added at once to the global unsubscribes', async () => {
    const { context, asked } = recorded([{ recipient_emails: ['jo@example.org'] }]);
    expect(lists.add).toMatchObject({
      atOnce: 1000,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
    });
    expect(await lists.add.send(context, ['jo@example.org'])).toEqual([]);
    expect(asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to its global unsubscribes', method: 'POST', path: '/v3/asm/suppressions/global' },
        json: { recipient_emails: ['jo@example.org'] },
      },
    ]);
  });
});

describe('webhooks', () => {
  const url = 'https://hooks.example.com/webhooks/v1/sendgrid';
  const ROOT = '/v3/user/webhooks/event/settings';
  const settings = {
    ...{ enabled: true, url, friendly_name: 'Quell', group_resubscribe: true, delivered: true },
    ...{ group_unsubscribe: true, spam_report: true, bounce: true, deferred: true, unsubscribe: true },
    ...{ processed: true, open: true, click: true, dropped: true },
  };
  const sign = (id: string) => ({
    ...{ use: 'webhook', what: 'switch its signature on', method: 'PATCH', path: `${ROOT}/signed/${id}` },
    json: { enabled: true },
  });

  test('are listed by id', async () => {
    const { context, asked } = recorded([{ max_allowed: 2, webhooks: [{ id: 'w1', url }, { id: 'w2' }, { url }] }]);
    expect(webhooks.secret).toBe('given');
    expect(await webhooks.list(context)).toEqual([{ id: 'w1', url }]);
    expect(asked()).toEqual([
      { use: 'webhook', what: 'list its webhooks', method: 'GET', path: `${ROOT}/all`, holds: 'webhooks[]' },
    ]);
  });

  test('are made once with all events, then signed: the secret is the public key', async () => {
    const { context, asked } = recorded([{ id: 'w1' }, { id: 'w1', public_key: 'MFkw' }]);
    expect(await webhooks.create(context, { url, secret: '' })).toBe('MFkw');
    expect(asked()).toEqual([
      { use: 'webhook', what: 'make the webhook', method: 'POST', path: ROOT, json: settings, once: true },
      sign('w1'),
    ]);
  });

  test('without an id none is signed: it would be the oldest one', async () => {
    const { context, asked } = recorded([{}, { public_key: 'MFkw' }]);
    await expect(webhooks.create(context, { url, secret: '' })).rejects.toThrow('empty name');
    expect(asked()).toHaveLength(1);
  });

  test('are changed, removed and tested by id', async () => {
    const { context, asked } = recorded([{}, { public_key: 'MFkw' }, status(404), status(204)]);
    const hook = { id: 'w/1', url };
    expect(await webhooks.update(context, hook, { url, secret: '' })).toBe('MFkw');
    await webhooks.remove(context, hook);
    // Its canned events are about this address.
    expect(await webhooks.test(context, hook)).toBe('example@test.com');
    expect(asked()).toEqual([
      { use: 'webhook', what: 'change the webhook', method: 'PATCH', path: `${ROOT}/w%2F1`, json: settings },
      sign('w%2F1'),
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: `${ROOT}/w%2F1`, accepts: [404] },
      {
        ...{ use: 'webhook', what: 'send its test', method: 'POST', path: '/v3/user/webhooks/event/test' },
        json: hook,
      },
    ]);
  });
});

describe('the files of its lists', () => {
  const jo = { address: 'jo@example.org' };

  test('are known by their columns', () => {
    expect(listFile).toMatchObject({ title: expect.stringContaining('SendGrid'), columns: ['email', 'created'] });
  });

  test.each([
    [{ created: '1772359200' }, { at: '2026-03-01T10:00:00.000Z' }, { status: '', reason: '' }],
    [{ status: '5.1.1', reason: '550 no such user' }, {}, { status: '5.1.1', reason: '550 no such user' }],
  ])('a bounce, columns %j', (cells, read, said) => {
    expect(line(listFile, { email: 'jo@example.org', ...cells }, { reason: 'hard_bounce' })).toEqual({
      ...{ ...jo, reason: 'hard_bounce', ...read },
      webhook: { provider: 'sendgrid', raw: JSON.stringify({ event: 'bounce', type: 'bounce', ...said }) },
    });
  });

  test('an unsubscribe has the scope that was named', () => {
    expect(line(listFile, { email: 'jo@example.org' }, { reason: 'unsubscribe', scope: 'all' })).toMatchObject({
      ...{ ...jo, reason: 'unsubscribe', scope: 'all' },
    });
  });

  test('a group is of the source that was named', () => {
    const cells = { email: 'jo@example.org', groupid: '77', created: '1772359200' };
    expect(line(listFile, cells, { sourceName: 'shop' })).toEqual({
      ...{ ...jo, reason: 'unsubscribe', scope: 'shop:asm:77', at: '2026-03-01T10:00:00.000Z' },
    });
    expect(() => line(listFile, cells)).toThrow('--source-name');
  });

  test('a line without a group needs a reason', () => {
    expect(() => line(listFile, { email: 'jo@example.org' })).toThrow('--reason');
  });
});
