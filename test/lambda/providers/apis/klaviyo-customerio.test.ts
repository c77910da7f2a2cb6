import { describe, expect, test } from '@jest/globals';
import type { ListEntry } from '../../../../lambda/providers/api.ts';
import { api as customerio } from '../../../../lambda/providers/customerio/api.ts';
import { api as klaviyo } from '../../../../lambda/providers/klaviyo/api.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Klaviyo and Customer.io are asked, and what is read out of answers as their descriptions have them. */

const LOST = [400, 404, 410, 422];
/** 2026-03-01T10:00:00Z. */
const AT = 1_772_359_200_000;
const url = 'https://hooks.example.com/webhooks/v1/esp';
const REASONS = ['hard_bounce', 'complaint', 'unsubscribe', 'manual'];
const request = { use: 'lists', what: 'x', method: 'GET', path: '/' } as const;

describe('klaviyo', () => {
  const PROFILES =
    '/api/profiles?additional-fields%5Bprofile%5D=subscriptions&fields%5Bprofile%5D=email%2Csubscriptions&page%5Bsize%5D=100&filter=';
  const profile = (email: string, ...suppression: object[]) => ({
    ...{ type: 'profile', id: 'p-1' },
    attributes: { email, subscriptions: { email: { marketing: { suppression } } } },
  });
  const TIME = '2026-03-01T10:00:00+00:00';
  const said = (reason: string) => ({ reason, timestamp: TIME });
  const entry: ListEntry = {
    ...{ address: 'ada@example.com', list: 'suppressed profiles', part: 'USER_SUPPRESSED', reason: 'manual' },
    ...{ since: TIME, at: AT },
  };
  const asked = { use: 'lists', what: 'read the suppressed profiles', method: 'GET', holds: 'data[]' };

  test('where it is, and with which key', () => {
    expect(klaviyo).toMatchObject({ base: 'https://a.klaviyo.com', key: 'private API key (pk_...)', perSecond: 1 });
    expect(klaviyo.rights).toEqual({
      lists: 'profiles:read and subscriptions:read',
      clear: 'profiles:write and subscriptions:write',
      push: 'profiles:write and subscriptions:write',
      webhook: 'webhooks:read and webhooks:write (Advanced KDP customers and app partners)',
    });
    expect(klaviyo.authorise({ ...request, headers: { a: 'b' } }, 'pk_1')).toEqual({
      ...request,
      headers: { a: 'b', authorization: 'Klaviyo-API-Key pk_1', revision: '2026-07-15' },
    });
  });

  test('suppressed profiles since then, page by page; the next page is asked for at our base', async () => {
    const next = 'https://elsewhere.example/api/profiles?page%5Bcursor%5D=c-2';
    const esp = recorded([
      { data: [profile('ada@example.com', said('USER_SUPPRESSED'))], links: { next } },
      {
        data: [profile('bob@example.com', said('USER_SUPPRESSED')), profile('new@example.com')],
        links: { next: null },
      },
    ]);
    expect(await pagesOf(partsOf(klaviyo).lists.read(esp.context, AT))).toEqual([
      [entry],
      [{ ...entry, address: 'bob@example.com' }],
    ]);
    const filter = 'greater-than%28subscriptions.email.marketing.suppression.timestamp%2C2026-03-01T09%3A59%3A59Z%29';
    expect(esp.asked()).toEqual([
      { ...asked, path: PROFILES + filter },
      { ...asked, path: '/api/profiles?page%5Bcursor%5D=c-2', accepts: LOST },
    ]);
  });

  test('all, where no time is given; begun again where a page is lost', async () => {
    const data = [profile('ada@example.com', said('USER_SUPPRESSED'))];
    const esp = recorded([{ data, links: { next: '/api/profiles?2' } }, status(400), { data }]);
    expect(await pagesOf(partsOf(klaviyo).lists.read(esp.context))).toEqual([[entry], [entry]]);
    const filter = 'greater-than%28subscriptions.email.marketing.suppression.timestamp%2C1999-12-31T23%3A59%3A59Z%29';
    expect(esp.asked().map(({ path }) => path)).toEqual([PROFILES + filter, '/api/profiles?2', PROFILES + filter]);
  });

  const stays = 'by API Klaviyo lifts only what was suppressed by hand.';
  test.each([
    ['HARD_BOUNCE', { reason: 'hard_bounce', stays }],
    ['INVALID_EMAIL', { reason: 'hard_bounce', stays }],
    ['SPAM_COMPLAINT', { reason: 'complaint', stays }],
    ['UNSUBSCRIBE', { reason: 'unsubscribe', scope: 'all', stays }],
    ['USER_SUPPRESSED', { reason: 'manual' }],
    ['OTHER', { reason: 'manual', stays }],
  ])('suppressed by %s', async (word, read) => {
    const esp = recorded([{ data: [profile('ada@example.com', said(word))] }]);
    expect(await pagesOf(partsOf(klaviyo).lists.read(esp.context))).toEqual([[{ ...entry, part: word, ...read }]]);
  });

  test('one address, with each reason that it stands there for', async () => {
    const rows = [
      profile('Ada"1@example.com', said('USER_SUPPRESSED'), said('HARD_BOUNCE')),
      profile('b@example.com', said('X')),
    ];
    const last = [profile('ada"1@example.com', said('INVALID_EMAIL'))];
    const esp = recorded([{ data: rows, links: { next: '/api/profiles?2' } }, { data: last }]);
    const found = await klaviyo.lists?.find(esp.context, 'ada"1@example.com');
    expect(found?.map(({ address, part }) => [address, part])).toEqual([
      ['Ada"1@example.com', 'USER_SUPPRESSED'],
      ['Ada"1@example.com', 'HARD_BOUNCE'],
      ['ada"1@example.com', 'INVALID_EMAIL'],
    ]);
    expect(esp.asked()[0]).toEqual({
      ...asked,
      path: `${PROFILES}equals%28email%2C%22ada%5C%221%40example.com%22%29`,
    });
  });

  test('lifted and put there by a job', async () => {
    const esp = recorded([status(202), status(202)]);
    expect(await klaviyo.lists?.remove?.(esp.context, entry)).toBe('removed');
    expect(klaviyo.lists?.add).toMatchObject({ atOnce: 100, reasons: REASONS });
    expect(await klaviyo.lists?.add?.send(esp.context, ['ada@example.com', 'bob@example.com'])).toEqual([]);
    const ada = { type: 'profile', attributes: { email: 'ada@example.com' } };
    const bob = { type: 'profile', attributes: { email: 'bob@example.com' } };
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'lift a suppression', method: 'POST' },
        path: '/api/profile-suppression-bulk-delete-jobs',
        json: {
          data: { type: 'profile-suppression-bulk-delete-job', attributes: { profiles: { data: [ada] } } },
        },
      },
      {
        ...{ use: 'push', what: 'add to the suppressed profiles', method: 'POST' },
        path: '/api/profile-suppression-bulk-create-jobs',
        json: {
          data: { type: 'profile-suppression-bulk-create-job', attributes: { profiles: { data: [ada, bob] } } },
        },
      },
    ]);
  });

  test('webhooks are told by the URL in their name, where it is ours', async () => {
    const data = [
      { id: 'w-1', attributes: { name: `Quell ${url}`, endpoint_url: 'https://hooks.example.com/...' } },
      { id: 'w-2', attributes: { name: 'Quell of ours', endpoint_url: 'https://other.example/' } },
      { id: 'w-3', attributes: { name: `My Quell ${url}` } },
      { attributes: { endpoint_url: url } },
    ];
    const esp = recorded([{ data }]);
    expect(await klaviyo.webhooks?.list(esp.context)).toEqual([
      { id: 'w-1', url },
      { id: 'w-2', url: 'https://other.example/' },
    ]);
    expect(esp.asked()).toEqual([
      { use: 'webhook', what: 'list its webhooks', method: 'GET', path: '/api/webhooks', holds: 'data[]' },
    ]);
  });

  test('made, changed and removed: with each topic that is about mail and that our page names', async () => {
    const topics = [
      ...['received_email', 'opened_email', 'clicked_email', 'bounced_email', 'dropped_email', 'marked_email_as_spam'],
      ...['unsubscribed_from_email_marketing', 'subscribed_to_email_marketing'],
      ...['manually_suppressed_from_email_marketing', 'manually_unsuppressed_from_email_marketing'],
    ].map((word) => `event:klaviyo.${word}`);
    const others = ['updated_email_preferences', 'received_sms', 'clicked_sms', 'subscribed_to_list'].map(
      (word) => `event:klaviyo.${word}`,
    );
    const known = { data: [...others, ...topics].map((id) => ({ type: 'webhook-topic', id })) };
    const esp = recorded([known, { data: { id: 'w-1' } }, known, { data: { id: 'w-1' } }, status(404)]);
    const [hook, wish] = [
      { id: 'w-1', url },
      { url, secret: 'a-secret-of-ours-0001' },
    ];
    expect(klaviyo.webhooks?.secret).toBe('chosen');
    expect(await klaviyo.webhooks?.create(esp.context, wish)).toBeUndefined();
    expect(await klaviyo.webhooks?.update(esp.context, hook, wish)).toBeUndefined();
    await klaviyo.webhooks?.remove(esp.context, hook);
    const list = {
      ...{ use: 'webhook', what: 'list the topics of webhooks', method: 'GET', path: '/api/webhook-topics' },
      holds: 'data[]',
    };
    const data = {
      type: 'webhook',
      attributes: { name: `Quell ${url}`, endpoint_url: url, secret_key: 'a-secret-of-ours-0001' },
      relationships: { 'webhook-topics': { data: topics.map((id) => ({ type: 'webhook-topic', id })) } },
    };
    const path = '/api/webhooks/w-1';
    expect(esp.asked()).toEqual([
      list,
      { use: 'webhook', what: 'make the webhook', method: 'POST', path: '/api/webhooks', json: { data }, once: true },
      list,
      { use: 'webhook', what: 'change the webhook', method: 'PATCH', path, json: { data: { ...data, id: 'w-1' } } },
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] },
    ]);
  });
});

describe('customerio', () => {
  const row = (email: string, more: object = {}) => ({
    ...{ email, created: 1_772_359_200, reason: '550 5.1.1 user unknown', status: '5.1.1', ...more },
  });
  const entry: ListEntry = {
    ...{ address: 'ada@example.com', list: 'bounces', reason: 'hard_bounce', since: '1772359200', at: AT },
  };
  const page = (name: string, what: string, offset: number) => ({
    ...{ use: 'lists', what, method: 'GET', holds: 'suppressions[]' },
    path: `/v1/esp/suppression/${name}?limit=1000&offset=${offset}`,
  });
  const THREE = [
    page('bounces', 'read its bounces', 0),
    page('spam_reports', 'read its spam reports', 0),
    page('invalid_emails', 'read its invalid emails', 0),
  ];
  const none = { suppressions: [] };

  test('where it is, and with which key', () => {
    expect(customerio).toMatchObject({
      ...{ base: 'https://api.customer.io', otherBases: ['https://api-eu.customer.io'], perSecond: 5 },
      ...{ key: 'App API key (not a Track key)', retriesHours: 168 },
    });
    const key = 'App API key';
    expect(customerio.rights).toEqual({ lists: key, clear: key, push: key, webhook: key });
    expect(customerio.authorise(request, 'app-1')).toEqual({ ...request, headers: { authorization: 'Bearer app-1' } });
  });

  test('three lists, each by an offset that begins with the last row; blocks are nobody', async () => {
    const [ada, bob] = [row('ada@example.com'), row('bob@example.com')];
    const esp = recorded([{ suppressions: [ada, bob] }, { suppressions: [bob] }, { suppressions: [ada] }, none]);
    expect(await pagesOf(partsOf(customerio).lists.read(esp.context))).toEqual([
      [entry, { ...entry, address: 'bob@example.com' }],
      [{ ...entry, list: 'spam_reports', reason: 'complaint' }],
    ]);
    expect(esp.asked()).toEqual([THREE[0], page('bounces', 'read its bounces', 1), ...THREE.slice(1)]);
  });

  test('an invalid address will never take mail; what somebody put there is no event', async () => {
    const uploaded = row('bob@example.com', { reason: 'Uploaded manually via api.customer.io' });
    const esp = recorded([{ suppressions: [uploaded] }, none, { suppressions: [row('ada@example.com')] }]);
    expect(await pagesOf(partsOf(customerio).lists.read(esp.context))).toEqual([
      [{ ...entry, address: 'bob@example.com', reason: 'manual' }],
      [{ ...entry, list: 'invalid_emails' }],
    ]);
  });

  test('one address: its lists are looked through where it stands on any', async () => {
    const search = {
      ...{ use: 'lists', what: 'look up an address on its lists', method: 'GET', holds: 'suppressions[]' },
      path: '/v1/esp/search_suppression/ada%2B1%40example.com',
    };
    const free = recorded([none]);
    expect(await customerio.lists?.find(free.context, 'ada+1@example.com')).toEqual([]);
    expect(free.asked()).toEqual([search]);
    const ada = row('ada+1@example.com');
    const esp = recorded([
      { suppressions: [ada] },
      { suppressions: [ada] },
      { suppressions: [row('b@example.com')] },
      none,
    ]);
    expect(await customerio.lists?.find(esp.context, 'ada+1@example.com')).toEqual([
      { ...entry, address: 'ada+1@example.com' },
    ]);
    expect(esp.asked()).toEqual([search, ...THREE]);
  });

  test.each([
    [200, 'removed'],
    [404, 'gone'],
  ])('taken off the list where it stands: %s', async (code, said) => {
    const esp = recorded([status(code, {})]);
    expect(await customerio.lists?.remove?.(esp.context, { ...entry, list: 'spam_reports' })).toBe(said);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of its lists', method: 'DELETE', accepts: [404] },
        path: '/v1/esp/suppression/spam_reports/ada%40example.com',
      },
    ]);
  });

  test('put on its bounces, one by one; nobody is no address', async () => {
    const esp = recorded([{}]);
    expect(customerio.lists?.add).toMatchObject({ atOnce: 1, reasons: REASONS });
    expect(await customerio.lists?.add?.send(esp.context, ['ada@example.com'])).toEqual([]);
    const path = '/v1/esp/suppression/bounces/ada%40example.com';
    expect(esp.asked()).toEqual([{ use: 'push', what: 'add to its bounces', method: 'POST', path }]);
    await expect(customerio.lists?.add?.send(esp.context, [])).rejects.toThrow('empty name');
  });

  test('webhooks: listed, made, changed and removed', async () => {
    const hooks = [{ id: 12, endpoint: url }, { id: 13 }, { endpoint: url }];
    const esp = recorded([{ reporting_webhooks: hooks }, { id: 12 }, { id: 12 }, status(404)]);
    const [hook, wish] = [
      { id: '12', url },
      { url, secret: '' },
    ];
    expect(customerio.webhooks?.secret).toBe('apart');
    expect(await customerio.webhooks?.list(esp.context)).toEqual([hook]);
    expect(await customerio.webhooks?.create(esp.context, wish)).toBeUndefined();
    expect(await customerio.webhooks?.update(esp.context, hook, wish)).toBeUndefined();
    await customerio.webhooks?.remove(esp.context, hook);
    const json = {
      ...{ name: 'Quell', endpoint: url, disabled: false, full_resolution: true, with_content: false },
      events: [
        ...['customer_subscribed', 'customer_unsubscribed', 'customer_subscription_preferences_changed'],
        ...['email_attempted', 'email_sent', 'email_delivered', 'email_bounced', 'email_dropped', 'email_deferred'],
        ...['email_failed', 'email_undeliverable', 'email_opened', 'email_clicked', 'email_converted'],
        ...['email_unsubscribed', 'email_spammed'],
      ],
    };
    const [root, path] = ['/v1/reporting_webhooks', '/v1/reporting_webhooks/12'];
    expect(esp.asked()).toEqual([
      { use: 'webhook', what: 'list its webhooks', method: 'GET', path: root, holds: 'reporting_webhooks[]' },
      { use: 'webhook', what: 'make the webhook', method: 'POST', path: root, json, once: true },
      { use: 'webhook', what: 'change the webhook', method: 'PUT', path, json },
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path, accepts: [404] },
    ]);
  });
});
