import { describe, expect, test } from '@jest/globals';
import type { ListEntry } from '../../../../lambda/providers/api.ts';
import { api } from '../../../../lambda/providers/lettermint/api.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Lettermint is asked, and what is read out of answers as its SDKs describe them. */

const { events, lists } = partsOf(api);
const LOST = [400, 404, 410, 422];
const TEAM = 'a team token; a sending token is refused';
const TARGET = 'https://hooks.example.com/webhooks/v1/esp';
/** 2026-03-01T10:00:00Z. */
const AT = 1_772_359_200_000;
const CREATED = '2026-03-01T10:00:00Z';
const EVENTS = [
  'message.created',
  'message.sent',
  'message.delivered',
  'message.soft_bounced',
  'message.hard_bounced',
  'message.spam_complaint',
  'message.failed',
  'message.suppressed',
  'message.blocked',
  'message.policy_rejected',
  'message.unsubscribed',
  'message.opened',
  'message.clicked',
];
const row = (more: object = {}) => ({
  ...{ id: 's-1', type: 'email', value: 'ada@example.com', reason: 'hard_bounce', scope: 'team', created_at: CREATED },
  ...more,
});

test('where it is, and with which key', () => {
  expect(api).toMatchObject({ base: 'https://api.lettermint.co', key: 'team API token (lm_team_...)', perSecond: 2 });
  expect(api.rights).toEqual({ events: TEAM, lists: TEAM, clear: TEAM, push: TEAM, webhook: TEAM });
  expect(api.events).toMatchObject({ reachDays: 30, settleMinutes: 30, sliceHours: 744 });
  const request = { use: 'lists', what: 'x', method: 'GET', path: '/', headers: { a: 'b' } } as const;
  expect(api.authorise(request, 'lm_team_1')).toEqual({
    ...request,
    headers: { a: 'b', authorization: 'Bearer lm_team_1' },
  });
});

describe('events', () => {
  const window = { from: AT, to: AT + 3_600_000 };
  const payload = (id: string, timestamp?: string) => ({
    ...{ id, event: 'message.hard_bounced', ...(timestamp && { timestamp }) },
    data: { recipient: 'ada@example.com' },
  });
  const ours = { id: 'w-1', url: `${TARGET}?key=1` };

  test('deliveries that failed of the webhooks of this source, each with the body that was posted', async () => {
    const others = { id: 'w-2', url: 'https://hooks.example.com/webhooks/v1/other' };
    const esp = recorded([
      { data: [others, ours] },
      {
        data: [
          { id: 'd-1', status: 'failed' },
          { id: 'd-2', status: 'success' },
        ],
        next_cursor: 'c/2',
      },
      { id: 'd-1', status: 'failed', payload: payload('e-1', CREATED) },
      {
        data: [
          ...[
            { id: 'd-3', status: 'client_error' },
            { id: 'd-4', status: 'pending' },
          ],
          ...[
            { id: 'd-5', status: 'server_error' },
            { id: 'd-6', status: 'timeout' },
          ],
        ],
        meta: { next_cursor: null },
      },
      { data: { payload: payload('e-3') } },
      { payload: payload('e-5', '2026-03-01T11:00:00Z') },
      { payload: payload('e-6', '2026-03-01T09:59:59Z') },
    ]);
    expect(await pagesOf(events.pages(esp.context, window))).toEqual([
      {
        events: [
          '{"id":"e-1","event":"message.hard_bounced","timestamp":"2026-03-01T10:00:00Z","data":{"recipient":"ada@example.com"}}',
        ],
      },
      { events: ['{"id":"e-3","event":"message.hard_bounced","data":{"recipient":"ada@example.com"}}'] },
      { events: [] },
      { events: [] },
    ]);
    const get = { use: 'events', method: 'GET' };
    const list = { ...get, what: 'list the deliveries of the webhook', holds: 'data[]' };
    const read = { ...get, what: 'read a delivery of the webhook', accepts: [404] };
    expect(esp.asked()).toEqual([
      { ...get, what: 'list its webhooks', path: '/v1/webhooks?per_page=100', holds: 'data[]' },
      { ...list, path: '/v1/webhooks/w-1/deliveries?per_page=100' },
      { ...read, path: '/v1/webhooks/w-1/deliveries/d-1' },
      { ...list, path: '/v1/webhooks/w-1/deliveries?per_page=100&cursor=c%2F2', accepts: LOST },
      { ...read, path: '/v1/webhooks/w-1/deliveries/d-3' },
      { ...read, path: '/v1/webhooks/w-1/deliveries/d-5' },
      { ...read, path: '/v1/webhooks/w-1/deliveries/d-6' },
    ]);
  });

  test('what cannot be told from others is counted: no id, gone since, no event in it', async () => {
    const failed = [{ status: 'failed' }, ...['d-1', 'd-2'].map((id) => ({ id, status: 'failed' }))];
    const esp = recorded([{ data: [ours] }, { data: failed }, status(404), { payload: { id: 'e-1' } }]);
    const nothing = { events: [], passed: 1 };
    expect(await pagesOf(events.pages(esp.context, window))).toEqual([nothing, nothing, nothing]);
  });

  test('without a webhook of this source nothing can have been kept', async () => {
    const esp = recorded([{ data: [] }]);
    const [page, ...more] = await pagesOf(events.pages(esp.context, window));
    expect(page?.events).toEqual([]);
    expect(page?.lost).toContain('no webhook of this source');
    expect(more).toEqual([]);
  });

  test('a page that is lost is told: the window is read anew', async () => {
    const esp = recorded([
      { data: [ours] },
      { data: [{ id: 'd-2', status: 'success' }], next_cursor: '2' },
      status(410),
    ]);
    await expect(pagesOf(events.pages(esp.context, window))).rejects.toMatchObject({ name: 'CursorLost' });
  });
});

describe('suppressions', () => {
  const asked = { use: 'lists', what: 'read its suppressions', method: 'GET', holds: 'data[]' };

  test('all, page by page', async () => {
    const esp = recorded([
      { data: [row()], next_cursor: '2' },
      { data: [row({ id: 's-2' })], meta: {} },
    ]);
    const entry: ListEntry = {
      ...{ address: 'ada@example.com', list: 'suppressions', part: 'team', reason: 'hard_bounce' },
      ...{ id: 's-1', since: CREATED, at: AT },
    };
    expect(await pagesOf(lists.read(esp.context))).toEqual([[entry], [{ ...entry, id: 's-2' }]]);
    expect(esp.asked()).toEqual([
      { ...asked, path: '/v1/suppressions?per_page=100' },
      { ...asked, path: '/v1/suppressions?per_page=100&cursor=2', accepts: LOST },
    ]);
  });

  test('begun again where a page is lost', async () => {
    const esp = recorded([{ data: [row()], meta: { next_cursor: '2' } }, status(404), { data: [row()] }]);
    expect(await pagesOf(lists.read(esp.context))).toHaveLength(2);
  });

  test.each([
    [{ reason: 'hard_bounce' }, { reason: 'hard_bounce' }],
    [{ reason: 'spam_complaint' }, { reason: 'complaint' }],
    [{ reason: 'unsubscribe' }, { reason: 'unsubscribe', scope: 'all' }],
    [{ reason: 'manual' }, { reason: 'manual' }],
    [{ scope: 'route' }, { reason: 'hard_bounce', part: 'route' }],
    [
      { scope: 'global' },
      { reason: 'hard_bounce', part: 'global', stays: "it is on Lettermint's own list, for all its customers." },
    ],
  ])('an entry with %j', async (said, read) => {
    const [page] = await pagesOf(lists.read(recorded([{ data: [row(said)] }]).context));
    expect(page).toEqual([
      { address: 'ada@example.com', list: 'suppressions', part: 'team', id: 's-1', since: CREATED, at: AT, ...read },
    ]);
  });

  test('domains and extensions are nobody', async () => {
    const data = [row({ type: 'domain', value: 'example.com' }), row({ type: 'extension', value: '.example' })];
    expect(await pagesOf(lists.read(recorded([{ data }]).context))).toEqual([[]]);
  });

  test('one address', async () => {
    const data = [row({ value: 'Ada+1@Example.com' }), row({ value: 'ada@example.com' })];
    const esp = recorded([{ data, next_cursor: '2' }, { data: [row({ value: 'ada+1@example.com' })] }]);
    const found = await lists.find(esp.context, 'ada+1@example.com');
    expect(found?.map(({ address }) => address)).toEqual(['Ada+1@Example.com', 'ada+1@example.com']);
    const path = '/v1/suppressions?value=ada%2B1%40example.com&per_page=100';
    expect(esp.asked()).toEqual([
      { ...asked, path },
      { ...asked, path: `${path}&cursor=2`, accepts: LOST },
    ]);
  });

  const entry: ListEntry = { address: 'ada@example.com', list: 'suppressions', reason: 'manual' };

  test.each([
    [204, 'removed'],
    [404, 'gone'],
    [403, { refused: 'Lettermint does not let this entry go.' }],
  ])('taken off by its id: %s', async (code, said) => {
    const esp = recorded([status(code)]);
    expect(await lists.remove(esp.context, { ...entry, id: 's/1' })).toEqual(said);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of its suppressions', method: 'DELETE' },
        ...{ path: '/v1/suppressions/s%2F1', accepts: [403, 404] },
      },
    ]);
  });

  test('without an id nothing is asked', async () => {
    const refused = 'Lettermint gives no id of this entry, and removes by id only.';
    expect(await lists.remove(recorded().context, entry)).toEqual({ refused });
  });

  test('put there for the whole team, a hundred at once', async () => {
    const esp = recorded([{ created: 2, skipped: 0 }]);
    const emails = ['ada@example.com', 'bob@example.com'];
    expect(lists.add).toMatchObject({
      ...{ atOnce: 100, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] },
    });
    expect(await lists.add.send(esp.context, emails)).toEqual([]);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to its suppressions', method: 'POST', path: '/v1/suppressions' },
        json: { emails: ['ada@example.com', 'bob@example.com'], reason: 'manual', scope: 'team' },
      },
    ]);
  });
});

describe('webhooks', () => {
  const { webhooks: hooks } = partsOf(api);
  const hook = { id: 'w-1', url: TARGET };
  const wish = { url: TARGET, secret: '' };

  test('listed with what tells them apart', async () => {
    const esp = recorded([
      { data: [hook, { id: 'w-2' }, { url: TARGET }], next_cursor: '2' },
      { data: [{ ...hook, id: 3 }] },
    ]);
    expect(await hooks.list(esp.context)).toEqual([hook, { id: '3', url: TARGET }]);
    const asked = { use: 'webhook', what: 'list its webhooks', method: 'GET', holds: 'data[]' };
    expect(esp.asked()).toEqual([
      { ...asked, path: '/v1/webhooks?per_page=100' },
      { ...asked, path: '/v1/webhooks?per_page=100&cursor=2', accepts: LOST },
    ]);
    expect(hooks.secret).toBe('given');
  });

  test.each([
    [{ id: 'w-1', secret: 'whsec_1' }, 'whsec_1'],
    [{ data: { secret: 'whsec_2' } }, 'whsec_2'],
    [{ id: 'w-1' }, undefined],
  ])('made: %j', async (answer, secret) => {
    const esp = recorded([answer]);
    expect(await hooks.create(esp.context, wish)).toBe(secret);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/v1/webhooks', once: true },
        json: { name: 'Quell', url: TARGET, enabled: true, include_machine_events: true, events: EVENTS },
      },
    ]);
  });

  test('changed, and its secret asked for where the answer has none', async () => {
    const change = {
      ...{ use: 'webhook', what: 'change the webhook', method: 'PUT', path: '/v1/webhooks/w-1' },
      json: { url: TARGET, enabled: true, include_machine_events: true, events: EVENTS },
    };
    const told = recorded([{ secret: 'whsec_1' }]);
    expect(await hooks.update(told.context, hook, wish)).toBe('whsec_1');
    expect(told.asked()).toEqual([change]);
    const silent = recorded([{ id: 'w-1' }, { data: { secret: 'whsec_2' } }]);
    expect(await hooks.update(silent.context, hook, wish)).toBe('whsec_2');
    expect(silent.asked()).toEqual([
      change,
      { use: 'webhook', what: 'read the secret of the webhook', method: 'GET', path: '/v1/webhooks/w-1' },
    ]);
  });

  test('removed, and tested', async () => {
    const esp = recorded([status(404), {}]);
    await hooks.remove(esp.context, hook);
    expect(await hooks.test(esp.context, hook)).toBeUndefined();
    expect(esp.asked()).toEqual([
      { use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: '/v1/webhooks/w-1', accepts: [404] },
      { use: 'webhook', what: 'test the webhook', method: 'POST', path: '/v1/webhooks/w-1/test' },
    ]);
  });
});
