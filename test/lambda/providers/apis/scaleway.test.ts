import { describe, expect, test } from '@jest/globals';
import { CannotKnow } from '../../../../lambda/domain/cannot-know.ts';
import type { ListEntry } from '../../../../lambda/providers/api.ts';
import { api } from '../../../../lambda/providers/scaleway/api.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Scaleway is asked, and what is read out of answers as its SDK describes them. */

const { events, lists } = partsOf(api);
const ROOT = '/transactional-email/v1alpha1/regions/fr-par';
const domain = 'd-1';
/** 2026-03-01T10:00:00Z. */
const AT = 1_772_359_200_000;
const CREATED = '2026-03-01T10:00:00Z';

test('where it is, and with which key', () => {
  expect(api).toMatchObject({
    ...{ base: 'https://api.scaleway.com', key: 'secret key of an API key', perSecond: 3 },
    domain: "the domain's id, as its page in Transactional Email shows it",
  });
  expect(api.rights).toEqual({
    ...{ events: 'TransactionalEmailReadOnly', lists: 'TransactionalEmailReadOnly' },
    ...{ clear: 'TransactionalEmailFullAccess', push: 'TransactionalEmailFullAccess' },
  });
  expect(api.events).toMatchObject({ reachDays: 30, settleMinutes: 30, sliceHours: 168, shifts: true });
  const request = { use: 'lists', what: 'x', method: 'GET', path: '/' } as const;
  expect(api.authorise(request, 'secret-1')).toEqual({ ...request, headers: { 'x-auth-token': 'secret-1' } });
});

describe('events', () => {
  const window = { from: AT, to: AT + 3_600_000 };
  const hooks = { webhooks: [{ id: 'w-1' }] };
  const inner = (id: string, created_at?: string) =>
    JSON.stringify({ id, type: 'email_mailbox_not_found', ...(created_at && { created_at }) });
  const event = (data: unknown, created_at?: string) => ({ id: 'o-1', status: 'failed', data, created_at });
  const list = {
    ...{ use: 'events', what: 'list the webhooks of the domain', method: 'GET', holds: 'webhooks[]' },
    path: `${ROOT}/webhooks?domain_id=d-1&page_size=100`,
  };
  const page = (hook: string, number: number) => ({
    ...{ use: 'events', what: 'read the events of the webhook', method: 'GET', holds: 'webhook_events[]' },
    path: `${ROOT}/webhooks/${hook}/events?order_by=created_at_desc&page=${number}&page_size=100`,
  });

  test('what the webhooks of the domain were sent, newest first, until they are older than the window', async () => {
    const esp = recorded(
      [
        { webhooks: [{ id: 'w-1' }, { name: 'no id' }, { id: 'w/2' }] },
        {
          webhook_events: [
            event(inner('e-1', '2026-03-01T11:00:00Z'), '2026-03-01T11:00:02Z'),
            event(inner('e-2', '2026-03-01T10:59:59Z'), '2026-03-01T11:00:01Z'),
            event(inner('e-3', CREATED), CREATED),
          ],
        },
        {
          webhook_events: [
            event(inner('e-4'), CREATED),
            event(inner('e-5', '2026-03-01T09:59:58Z'), '2026-03-01T09:59:59Z'),
          ],
        },
        { webhook_events: [] },
      ],
      { domain },
    );
    expect(await pagesOf(events.pages(esp.context, window))).toEqual([
      {
        events: [
          '{"id":"e-2","type":"email_mailbox_not_found","created_at":"2026-03-01T10:59:59Z"}',
          '{"id":"e-3","type":"email_mailbox_not_found","created_at":"2026-03-01T10:00:00Z"}',
        ],
        passed: 0,
      },
      { events: ['{"id":"e-4","type":"email_mailbox_not_found"}'], passed: 0 },
      { events: [], passed: 0 },
    ]);
    expect(esp.asked()).toEqual([list, page('w-1', 1), page('w-1', 2), page('w%2F2', 1)]);
  });

  test('what is no event is counted', async () => {
    const sent = [event(undefined), event('{"type":"unknown_type"}'), event('<html>'), event({ id: 'e-1' })];
    const esp = recorded([hooks, { webhook_events: sent }, { webhook_events: [] }], { domain });
    const nothing = { events: [], passed: 0 };
    expect(await pagesOf(events.pages(esp.context, window))).toEqual([{ events: [], passed: 4 }, nothing]);
  });

  test('the same page again and again is no list', async () => {
    const same = { webhook_events: [event(inner('e-1', CREATED), CREATED)] };
    const esp = recorded([hooks, ...Array.from({ length: 20 }, () => same)], { domain });
    await expect(pagesOf(events.pages(esp.context, window))).rejects.toThrow(CannotKnow);
    // The first, and ten more that bring nothing new are borne.
    expect(esp.asked()).toHaveLength(1 + 12);
  });
});

describe('blocklist', () => {
  const row = (more: object = {}) => ({
    ...{ id: 'b-1', email: 'ada@example.com', type: 'mailbox_not_found', created_at: CREATED, custom: false, ...more },
  });
  const entry: ListEntry = {
    ...{ address: 'ada@example.com', list: 'blocklist', part: 'd-1', reason: 'hard_bounce' },
    ...{ id: 'b-1', since: CREATED, at: AT },
  };
  const page = (number: number) => ({
    ...{ use: 'lists', what: 'read the blocklist', method: 'GET', holds: 'blocklists[]' },
    path: `${ROOT}/blocklists?domain_id=d-1&page=${number}&page_size=100`,
  });
  const all = (rows: readonly object[]) => recorded([{ blocklists: rows }, { blocklists: [] }], { domain });

  test('all of the domain, until a page is empty', async () => {
    const esp = all([row()]);
    expect(await pagesOf(lists.read(esp.context))).toEqual([[entry]]);
    expect(esp.asked()).toEqual([page(1), page(2)]);
  });

  test.each([
    [{ type: 'mailbox_not_found' }, 'hard_bounce'],
    [{ type: 'mailbox_full' }, 'manual'],
    [{ custom: true }, 'manual'],
    [{ custom: undefined }, 'hard_bounce'],
  ])('an entry with %j', async (said, reason) => {
    const pages = await pagesOf(lists.read(all([row(said)]).context));
    expect(pages).toEqual([[{ ...entry, reason }]]);
  });

  test('one address is looked for in all of them', async () => {
    const esp = all([row({ email: 'bob@example.com' }), row({ email: 'Ada@example.com' })]);
    const found = await lists.find(esp.context, 'ada@example.com');
    expect(found).toEqual([{ ...entry, address: 'Ada@example.com' }]);
  });

  test.each([
    [204, 'removed'],
    [404, 'gone'],
  ])('taken off by its id: %s', async (code, said) => {
    const esp = recorded([status(code)], { domain });
    expect(await lists.remove(esp.context, { ...entry, id: 'b/1' })).toBe(said);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the blocklist', method: 'DELETE' },
        ...{ path: `${ROOT}/blocklists/b%2F1`, accepts: [404] },
      },
    ]);
  });

  test('without an id nothing is asked', async () => {
    const { id: _, ...nameless } = entry;
    const refused = 'Scaleway gives no id of this entry, and removes by id only.';
    expect(await lists.remove(recorded().context, nameless)).toEqual({ refused });
  });

  test('put there, a hundred at once', async () => {
    const esp = recorded([{ blocklists: [] }], { domain });
    expect(lists.add).toMatchObject({
      ...{ atOnce: 100, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] },
    });
    expect(await lists.add.send(esp.context, ['ada@example.com', 'bob@example.com'])).toEqual([]);
    const emails = ['ada@example.com', 'bob@example.com'];
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the blocklist', method: 'POST', path: `${ROOT}/blocklists` },
        json: { domain_id: 'd-1', emails, type: 'mailbox_not_found', reason: 'Quell' },
      },
    ]);
  });
});
