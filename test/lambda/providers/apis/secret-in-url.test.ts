import { describe, expect, test } from '@jest/globals';
import type { ListEntry } from '../../../../lambda/providers/api.ts';
import { api as elastic } from '../../../../lambda/providers/elastic-email/api.ts';
import { api as mailjet } from '../../../../lambda/providers/mailjet/api.ts';
import { api as smtp2go } from '../../../../lambda/providers/smtp2go/api.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What SMTP2GO, Elastic Email and Mailjet are asked, whose webhooks carry our secret, and what is read out of answers as documented. */

const LOST = [400, 404, 410, 422];
/** 2026-03-01T10:00:00Z. */
const AT = 1_772_359_200_000;
const url = 'https://hooks.example.com/webhooks/v1/esp';
const REASONS = ['hard_bounce', 'complaint', 'unsubscribe', 'manual'];
const request = { use: 'lists', what: 'x', method: 'GET', path: '/' } as const;

describe('smtp2go', () => {
  const TIME = '2026-03-01 10:00:00';
  const row = (more: object = {}) => ({
    ...{
      email_address: 'ada@example.com',
      suppression_type: 'bounce',
      timestamp: TIME,
      block_description: '',
      ...more,
    },
  });
  const entry: ListEntry = {
    ...{ address: 'ada@example.com', list: 'suppressions', part: 'bounce', reason: 'hard_bounce', since: TIME, at: AT },
  };
  const view = { use: 'lists', what: 'read the suppressions', method: 'POST', path: '/v3/suppression/view' };
  const suppression_types = ['manual', 'spam', 'unsubscribe', 'bounce', 'compliance'];
  const answer = (results: unknown, continue_token?: string) => ({ data: { results, continue_token } });

  test('where it is, and with which key', () => {
    expect(smtp2go).toMatchObject({
      ...{ base: 'https://api.smtp2go.com', key: 'API key (api-...)', perSecond: 0.8 },
      otherBases: ['https://us-api.smtp2go.com', 'https://eu-api.smtp2go.com', 'https://au-api.smtp2go.com'],
    });
    expect(smtp2go.rights).toEqual({
      lists: '/suppression/view',
      clear: '/suppression/view and /suppression/remove',
      push: '/suppression/view and /suppression/add',
      webhook: '/webhook/*',
    });
    expect(smtp2go.authorise(request, 'api-1')).toEqual({ ...request, headers: { 'x-smtp2go-api-key': 'api-1' } });
    expect(smtp2go.lists?.lacks).toBe('Blocks of whole domains.');
  });

  test('all reasons since a day before, page by page', async () => {
    const esp = recorded([answer([row()], 't-2'), answer([row({ email_address: 'bob@example.com' })])]);
    expect(await pagesOf(partsOf(smtp2go).lists.read(esp.context, AT))).toEqual([
      [entry],
      [{ ...entry, address: 'bob@example.com' }],
    ]);
    const json = { start_date: '2026-02-28T10:00:00Z', suppression_types };
    expect(esp.asked()).toEqual([
      { ...view, json },
      { ...view, json: { ...json, continue_token: 't-2' }, accepts: LOST },
    ]);
  });

  test('from the beginning, where no time is given; an empty page is the end; begun again where one is lost', async () => {
    const esp = recorded([answer([row()], 't-2'), status(400), answer([row()], 't-2'), answer([], 't-3')]);
    expect(await pagesOf(partsOf(smtp2go).lists.read(esp.context))).toEqual([[entry], [entry]]);
    expect(esp.asked()[0]?.json).toEqual({ start_date: '1999-12-31T00:00:00Z', suppression_types });
    expect(esp.asked()).toHaveLength(4);
  });

  test('by either name of the list, also where it is empty; an error is no list', async () => {
    const named = recorded([{ data: { suppressions: [row()] } }]);
    expect(await pagesOf(partsOf(smtp2go).lists.read(named.context))).toEqual([[entry]]);
    for (const empty of ['{"data":{"results": null}}', '{"data":{"suppressions" : []}}'])
      expect(await pagesOf(partsOf(smtp2go).lists.read(recorded([empty]).context))).toEqual([]);
    const error = recorded([{ data: { error: 'x', error_code: 'E' } }]);
    await expect(pagesOf(partsOf(smtp2go).lists.read(error.context))).rejects.toThrow('taken for none');
  });

  test.each([
    [{ suppression_type: 'bounce' }, {}],
    [{ suppression_type: 'spam' }, { part: 'spam', reason: 'complaint' }],
    [{ suppression_type: 'unsubscribe' }, { part: 'unsubscribe', reason: 'unsubscribe', scope: 'all' }],
    [{ suppression_type: 'manual' }, { part: 'manual', reason: 'manual' }],
    [{ suppression_type: 'compliance' }, { part: 'compliance', reason: 'manual' }],
    [
      { suppression_type: undefined, reason: 'spam' },
      { part: 'spam', reason: 'complaint' },
    ],
    [{ suppression_type: undefined }, { part: 'manual', reason: 'manual' }],
    [{ timestamp: '2026-03-01T10:00:00Z' }, { since: '2026-03-01T10:00:00Z' }],
  ])('an entry with %j', async (said, read) => {
    const esp = recorded([answer([row(said), row({ email_address: 'example.com' })])]);
    expect(await pagesOf(partsOf(smtp2go).lists.read(esp.context))).toEqual([[{ ...entry, ...read }]]);
  });

  test('one address, of all times', async () => {
    const [ada, bob] = [row({ email_address: 'Ada@example.com' }), row({ email_address: 'bob@example.com' })];
    const esp = recorded([answer([ada, bob], 't-2'), answer([row()])]);
    const found = await smtp2go.lists?.find(esp.context, 'ada@example.com');
    expect(found).toEqual([{ ...entry, address: 'Ada@example.com' }, entry]);
    const json = { start_date: '2000-01-01T00:00:00Z', suppression_types, email_address: 'ada@example.com' };
    expect(esp.asked()).toEqual([
      { ...view, json },
      { ...view, json: { ...json, continue_token: 't-2' }, accepts: LOST },
    ]);
  });

  test.each([
    [200, 'removed'],
    [404, 'gone'],
  ])('taken off by its reason, which it would not be without: %s', async (code, said) => {
    const esp = recorded([status(code, {})]);
    expect(await smtp2go.lists?.remove?.(esp.context, entry)).toBe(said);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the suppressions', method: 'POST', accepts: [404] },
        ...{ path: '/v3/suppression/remove', json: { email_address: 'ada@example.com', reasons: ['bounce'] } },
      },
    ]);
  });

  test('put there, one by one', async () => {
    const esp = recorded([{ data: {} }]);
    expect(smtp2go.lists?.add).toMatchObject({ atOnce: 1, reasons: REASONS });
    expect(await smtp2go.lists?.add?.send(esp.context, ['ada@example.com'])).toEqual([]);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the suppressions', method: 'POST', path: '/v3/suppression/add' },
        json: { email_address: 'ada@example.com', block_description: 'Quell' },
      },
    ]);
  });

  test.each([
    ['user:pass:word', { url: 'https://user:pass%3Aword@hooks.example.com/webhooks/v1/esp', headers: [] }],
    ['bearer:token-1', { url, headers: ['authorization: Bearer token-1'] }],
    ['header:X-Key:value-1', { url, headers: ['x-key: value-1'] }],
    ['query:key:value 1', { url: `${url}?key=value+1`, headers: [] }],
  ])('webhooks made, changed and removed with %s', async (secret, carried) => {
    const esp = recorded([{ data: {} }, { data: {} }, status(404)]);
    const hook = { id: '7', url };
    expect(await smtp2go.webhooks?.create(esp.context, { url, secret })).toBeUndefined();
    expect(await smtp2go.webhooks?.update(esp.context, hook, { url, secret })).toBeUndefined();
    await smtp2go.webhooks?.remove(esp.context, hook);
    const events = ['delivered', 'unsubscribe', 'spam', 'bounce', 'processed', 'reject', 'click', 'open'];
    const json = { ...carried, events, output_format: 'json' };
    const post = { use: 'webhook', method: 'POST' };
    expect(esp.asked()).toEqual([
      { ...post, what: 'make the webhook', path: '/v3/webhook/add', json, once: true },
      { ...post, what: 'change the webhook', path: '/v3/webhook/edit', json: { id: 7, ...json } },
      { ...post, what: 'remove the webhook', path: '/v3/webhook/remove', json: { id: 7 }, accepts: [404] },
    ]);
  });

  test('webhooks listed', async () => {
    const esp = recorded([{ data: [{ id: 7, url }, { id: 8 }, { url }] }]);
    expect(smtp2go.webhooks?.secret).toBe('chosen');
    expect(await smtp2go.webhooks?.list(esp.context)).toEqual([{ id: '7', url }]);
    expect(esp.asked()).toEqual([
      {
        use: 'webhook',
        what: 'list its webhooks',
        method: 'POST',
        path: '/v3/webhook/view',
        json: {},
        holds: 'data[]',
      },
    ]);
  });
});

describe('elastic-email', () => {
  const TIME = '2026-03-01T10:00:00';
  const row = (Email = 'ada@example.com') => ({ Email, FriendlyErrorMessage: '', ErrorCode: 550, DateUpdated: TIME });
  const entry: ListEntry = { address: 'ada@example.com', list: 'bounces', reason: 'hard_bounce', since: TIME, at: AT };
  const page = (name: string, query: string) => ({
    ...{ use: 'lists', what: `read its ${name}`, method: 'GET', holds: '[]' },
    path: `/v4/suppressions/${name}?${query}`,
  });

  test('where it is, and with which key', () => {
    expect(elastic).toMatchObject({ base: 'https://api.elasticemail.com', key: 'API key', perSecond: 5 });
    expect(elastic.rights).toEqual({
      ...{ lists: 'View Suppressions and View Contacts', clear: 'Modify Suppressions', push: 'Modify Suppressions' },
      webhook: 'Modify Web Notifications',
    });
    const headers = { 'x-elasticemail-apikey': 'key-1' };
    expect(elastic.authorise(request, 'key-1')).toEqual({ ...request, headers });
  });

  test('three lists, each by an offset that begins with the last row', async () => {
    const bob = row('bob@example.com');
    const esp = recorded([[row(), bob], [bob], [row()], [row()]]);
    expect(await pagesOf(partsOf(elastic).lists.read(esp.context))).toEqual([
      [entry, { ...entry, address: 'bob@example.com' }],
      [{ ...entry, list: 'complaints', reason: 'complaint' }],
      [{ ...entry, list: 'unsubscribes', reason: 'unsubscribe', scope: 'all' }],
    ]);
    expect(esp.asked()).toEqual([
      page('bounces', 'limit=500&offset=0'),
      page('bounces', 'limit=500&offset=1'),
      page('complaints', 'limit=500&offset=0'),
      page('unsubscribes', 'limit=500&offset=0'),
    ]);
  });

  test('one address is searched for on each of them', async () => {
    const esp = recorded([[row('Ada@example.com'), row('ada@example.com.example')], [], [row()]]);
    expect(await elastic.lists?.find(esp.context, 'ada@example.com')).toEqual([
      { ...entry, address: 'Ada@example.com' },
      { ...entry, list: 'unsubscribes', reason: 'unsubscribe', scope: 'all' },
    ]);
    expect(esp.asked()).toEqual([
      page('bounces', 'search=ada%40example.com&limit=500'),
      page('complaints', 'search=ada%40example.com&limit=500'),
      page('unsubscribes', 'search=ada%40example.com&limit=500'),
    ]);
  });

  test.each([
    [200, 'removed'],
    [404, 'gone'],
  ])('taken off all of them: %s', async (code, said) => {
    const esp = recorded([status(code, {})]);
    expect(await elastic.lists?.remove?.(esp.context, entry)).toBe(said);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an address from its lists', method: 'DELETE', accepts: [404] },
        path: '/v4/suppressions/ada%40example.com',
      },
    ]);
  });

  test('put among the unsubscribes, 500 at once', async () => {
    const esp = recorded([{}]);
    expect(elastic.lists?.add).toMatchObject({ atOnce: 500, reasons: REASONS });
    const json = ['ada@example.com', 'bob@example.com'];
    expect(await elastic.lists?.add?.send(esp.context, ['ada@example.com', 'bob@example.com'])).toEqual([]);
    const path = '/v4/suppressions/unsubscribes';
    expect(esp.asked()).toEqual([{ use: 'push', what: 'add to its unsubscribes', method: 'POST', path, json }]);
  });

  test('webhooks: listed by either spelling of the id, made, changed and removed', async () => {
    const hooks = [{ PublicID: 'p-1', URL: url }, { PublicId: 'p-2', URL: url }, { PublicID: 'p-3' }, { URL: url }];
    const esp = recorded([hooks, {}, {}, status(404)]);
    const hook = { id: 'p-1', url };
    expect(elastic.webhooks?.secret).toBe('chosen');
    expect(await elastic.webhooks?.list(esp.context)).toEqual([hook, { id: 'p-2', url }]);
    expect(await elastic.webhooks?.create(esp.context, { url, secret: 'query:token:t-1' })).toBeUndefined();
    expect(await elastic.webhooks?.update(esp.context, hook, { url, secret: 'user:word' })).toBeUndefined();
    await elastic.webhooks?.remove(esp.context, hook);
    const json = {
      ...{ Name: 'Quell', URL: `${url}?token=t-1`, NotifyOncePerEmail: false, IsEnabled: true },
      ...{ NotificationForSent: true, NotificationForOpened: true, NotificationForClicked: true },
      ...{ NotificationForUnsubscribed: true, NotificationForAbuseReport: true, NotificationForError: true },
    };
    const basic = { ...json, URL: 'https://user:word@hooks.example.com/webhooks/v1/esp' };
    const [root, path] = ['/v4/webhook', '/v4/webhook/p-1'];
    expect(esp.asked()).toEqual([
      { use: 'webhook', what: 'list its webhooks', method: 'GET', path: root, holds: '[]' },
      { use: 'webhook', what: 'make the webhook', method: 'POST', path: root, json, once: true },
      { use: 'webhook', what: 'change the webhook', method: 'PUT', path, json: basic },
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] },
    ]);
  });
});

describe('mailjet', () => {
  const ROOT = '/v3/REST/eventcallbackurl';
  const settings = (EventType: string) => ({
    ...{ EventType, Url: 'https://user:word@hooks.example.com/webhooks/v1/esp' },
    ...{ IsBackup: false, Status: 'alive', Version: 2 },
  });
  const wish = { url, secret: 'user:word' };

  test('where it is, and with which key', () => {
    expect(mailjet).toMatchObject({
      ...{ base: 'https://api.mailjet.com', otherBases: ['https://api.us.mailjet.com'], perSecond: 3 },
      key: 'API key and secret key, as key:secret',
    });
    expect(mailjet.rights).toEqual({ webhook: 'the key of the (sub)account that sends' });
    expect(mailjet.authorise(request, 'key:secret')).toEqual({
      ...request,
      headers: { authorization: 'Basic a2V5OnNlY3JldA==' },
    });
    expect(mailjet.events ?? mailjet.lists).toBeUndefined();
  });

  test('callbacks are listed with the event of each', async () => {
    const Data = [
      { ID: 5, Url: url, EventType: 'spam' },
      { Url: url, EventType: 'open' },
      { ID: 6, EventType: 'open' },
    ];
    // More digits than a number holds.
    const long = '{"ID":9007199254740993,"Url":"https://other.example/","EventType":"open"}';
    const esp = recorded([JSON.stringify({ Count: 4, Data }).replace(']', `,${long}]`)]);
    expect(mailjet.webhooks?.secret).toBe('chosen');
    expect(await mailjet.webhooks?.list(esp.context)).toEqual([
      { id: '5 spam', url },
      { id: '9007199254740993 open', url: 'https://other.example/' },
    ]);
    expect(esp.asked()).toEqual([
      { use: 'webhook', what: 'list its callbacks', method: 'GET', path: `${ROOT}?Limit=1000`, holds: 'Data[]' },
    ]);
  });

  test('one is made for each event', async () => {
    const esp = recorded([{}, {}, {}, {}, {}, {}, {}]);
    expect(await mailjet.webhooks?.create(esp.context, wish)).toBeUndefined();
    const make = { use: 'webhook', what: 'make a callback', method: 'POST', path: ROOT, once: true };
    expect(esp.asked()).toEqual([
      { ...make, json: settings('open') },
      { ...make, json: settings('click') },
      { ...make, json: settings('bounce') },
      { ...make, json: settings('spam') },
      { ...make, json: settings('blocked') },
      { ...make, json: settings('unsub') },
      { ...make, json: settings('sent') },
    ]);
  });

  test('changed and removed by its number', async () => {
    const esp = recorded([{}, status(404)]);
    const hook = { id: '5 spam', url };
    expect(await mailjet.webhooks?.update(esp.context, hook, wish)).toBeUndefined();
    await mailjet.webhooks?.remove(esp.context, hook);
    const json = settings('spam');
    expect(esp.asked()).toEqual([
      { use: 'webhook', what: 'change a callback', method: 'PUT', path: `${ROOT}/5`, json },
      { use: 'webhook', what: 'remove a callback', method: 'DELETE', path: `${ROOT}/5`, accepts: [404] },
    ]);
  });
});
