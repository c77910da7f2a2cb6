import { describe, expect, test } from '@jest/globals';
import { CursorLost } from '../../../../lambda/providers/api.ts';
import { api } from '../../../../lambda/providers/sparkpost/api.ts';
import { listFile } from '../../../../lambda/providers/sparkpost/list-file.ts';
import { line, pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What SparkPost is asked and what is read out of its answers, as its reference has them. */

const { events, lists, webhooks } = partsOf(api);
const AFTER_FIRST = { accepts: [400, 404, 410, 422] };

test('hosts, key, rights and pace', () => {
  expect(api).toMatchObject({
    base: 'https://api.sparkpost.com',
    otherBases: ['https://api.eu.sparkpost.com'],
    key: 'API key',
    rights: {
      events: 'Message Events: Read-only',
      lists: 'Suppression Lists: Read-only',
      clear: 'Suppression Lists: Read/Write',
      push: 'Suppression Lists: Read/Write',
      webhook: 'Event Webhooks: Read/Write',
    },
    perSecond: 5,
    retriesHours: 8,
  });
  const request = { use: 'events', what: 'ask', method: 'GET', path: '/', headers: { a: 'b' } } as const;
  expect(api.authorise(request, 'k1')).toEqual({ ...request, headers: { a: 'b', authorization: 'k1' } });
});

describe('events', () => {
  const window = { from: Date.UTC(2026, 2, 1, 10), to: Date.UTC(2026, 2, 1, 16, 0, 1) };
  const FIRST =
    '/api/v1/events/message?from=2026-03-01T10%3A00%3A00Z&to=2026-03-01T16%3A00%3A01Z&per_page=1000&cursor=initial';
  const page = (path: string) => ({ use: 'events', what: 'read events', method: 'GET', path, holds: 'results[]' });

  test('ten days back, half an hour late', () => {
    expect(events).toMatchObject({ reachDays: 10, settleMinutes: 30 });
  });

  test('page by page until no next one is named; a time becomes whole Unix seconds, as the webhook has it', async () => {
    const bounce = { type: 'bounce', event_id: '92356927693813856', rcpt_to: 'jo@example.org', bounce_class: '10' };
    const { context, asked } = recorded([
      {
        results: [{ ...bounce, timestamp: '2026-03-01T10:00:00.900+00:00' }],
        links: { next: '/api/v1/events/message?cursor=c1&per_page=1000' },
      },
      { results: [], links: { next: 'https://elsewhere.example/api/v1/events/message?cursor=c2' } },
      {
        results: [{ type: 'open' }, { event_id: '2' }, { type: 'delivery', event_id: '3', timestamp: 'soon' }],
        links: {},
      },
    ]);
    expect(await pagesOf(events.pages(context, window))).toEqual([
      { events: [JSON.stringify({ msys: { message_event: { ...bounce, timestamp: '1772359200' } } })], passed: 0 },
      { events: ['{"msys":{"message_event":{"type":"delivery","event_id":"3"}}}'], passed: 2 },
    ]);
    expect(asked()).toEqual([
      page(FIRST),
      { ...page('/api/v1/events/message?cursor=c1&per_page=1000'), ...AFTER_FIRST },
      { ...page('/api/v1/events/message?cursor=c2'), ...AFTER_FIRST },
    ]);
  });

  test.each([400, 404, 410, 422])('a cursor that has ended (%d) is told', async (code) => {
    const { context } = recorded([{ results: [], links: { next: '/api/v1/events/message?cursor=c1' } }, status(code)]);
    await expect(pagesOf(events.pages(context, window))).rejects.toThrow(CursorLost);
  });

  test.each([
    ['injection', 'message_event'],
    ['delivery', 'message_event'],
    ['bounce', 'message_event'],
    ['delay', 'message_event'],
    ['policy_rejection', 'message_event'],
    ['out_of_band', 'message_event'],
    ['spam_complaint', 'message_event'],
    ['generation_failure', 'gen_event'],
    ['generation_rejection', 'gen_event'],
    ['open', 'track_event'],
    ['initial_open', 'track_event'],
    ['click', 'track_event'],
    ['amp_open', 'track_event'],
    ['amp_initial_open', 'track_event'],
    ['amp_click', 'track_event'],
    ['list_unsubscribe', 'unsubscribe_event'],
    ['link_unsubscribe', 'unsubscribe_event'],
    ['relay_injection', 'relay_event'],
    ['relay_delivery', 'relay_event'],
    ['relay_tempfail', 'relay_event'],
    ['relay_permfail', 'relay_event'],
    ['relay_rejection', 'relay_event'],
  ])('%s stands in a %s', async (type, kind) => {
    const { context } = recorded([{ results: [{ type, event_id: '1' }] }]);
    const [page] = await pagesOf(events.pages(context, window));
    expect(page?.events).toEqual([`{"msys":{"${kind}":{"type":"${type}","event_id":"1"}}}`]);
  });
});

describe('suppression list', () => {
  const FIRST = '/api/v1/suppression-list?cursor=initial&per_page=1000';
  const page = (path: string) => ({
    ...{ use: 'lists', what: 'read the suppression list', method: 'GET', path, holds: 'results[]' },
  });
  const entry = (more: object) => ({ list: 'suppression-list', address: 'jo@example.org', ...more });

  test('is read by cursor, whichever way the next page is linked, and begun again where a cursor has ended', async () => {
    const jo = { recipient: 'jo@example.org', type: 'transactional', source: 'Manually Added' };
    const { context, asked } = recorded([
      { results: [jo], links: { next: '/api/v1/suppression-list?cursor=c1' } },
      status(404),
      {
        results: [jo],
        links: [
          { href: '/api/v1/suppression-list?cursor=first', rel: 'first' },
          { href: '/api/v1/suppression-list?cursor=c2', rel: 'next' },
        ],
      },
      { results: [], links: { next: '/api/v1/suppression-list?cursor=c3' } },
      { results: [{ ...jo, recipient: 'an@example.org' }, { recipient: '' }], links: [] },
    ]);
    const one = entry({ part: 'transactional', reason: 'manual' });
    expect(await pagesOf(lists.read(context))).toEqual([[one], [one], [{ ...one, address: 'an@example.org' }]]);
    expect(asked()).toEqual([
      page(FIRST),
      { ...page('/api/v1/suppression-list?cursor=c1'), ...AFTER_FIRST },
      page(FIRST),
      { ...page('/api/v1/suppression-list?cursor=c2'), ...AFTER_FIRST },
      { ...page('/api/v1/suppression-list?cursor=c3'), ...AFTER_FIRST },
    ]);
  });

  test.each([
    [
      { source: 'Bounce Rule', type: 'transactional' },
      { reason: 'hard_bounce', part: 'transactional' },
    ],
    [
      { source: 'Spam Complaint', type: 'non_transactional' },
      { reason: 'complaint', part: 'non_transactional' },
    ],
    // As the webhook names them: the account's own list of that kind of mail.
    [
      { source: 'List Unsubscribe', type: 'non_transactional' },
      { reason: 'unsubscribe', part: 'non_transactional', scope: 'non_transactional:0' },
    ],
    [
      { source: 'Unsubscribe Link', type: 'transactional' },
      { reason: 'unsubscribe', part: 'transactional', scope: 'transactional:0' },
    ],
    [
      { source: 'Unsubscribe Link' },
      { reason: 'unsubscribe', part: 'non_transactional', scope: 'non_transactional:0' },
    ],
    [
      { source: 'Manually Added', type: 'transactional' },
      { reason: 'manual', part: 'transactional' },
    ],
    [{}, { reason: 'manual', part: 'non_transactional' }],
    [
      { source: 'Compliance', type: 'transactional' },
      { reason: 'manual', part: 'transactional', stays: "SparkPost's compliance team put it there." },
    ],
    [
      { created: '2026-03-01T10:00:00.000Z', updated: '2026-03-02T10:00:00.000Z' },
      { reason: 'manual', part: 'non_transactional', since: '2026-03-01T10:00:00.000Z', at: 1_772_359_200_000 },
    ],
    [
      { updated: '2026-03-01T10:00:00+00:00' },
      { reason: 'manual', part: 'non_transactional', since: '2026-03-01T10:00:00+00:00', at: 1_772_359_200_000 },
    ],
  ])('one address: %j', async (told, read) => {
    const { context, asked } = recorded([{ results: [{ recipient: 'jo@example.org', ...told }] }]);
    expect(await lists.find(context, 'jo+a@example.org')).toEqual([entry(read)]);
    expect(asked()).toEqual([
      {
        ...{ use: 'lists', what: 'look up an address on the suppression list', method: 'GET', holds: 'results[]' },
        path: '/api/v1/suppression-list/jo%2Ba%40example.org',
        accepts: [404],
      },
    ]);
  });

  test('an address that is not there is found on no list', async () => {
    expect(
      await lists.find(
        recorded([status(404, { results: [{ recipient: 'jo@example.org' }] })]).context,
        'jo@example.org',
      ),
    ).toEqual([]);
  });

  test.each([
    [status(204), 'removed'],
    [status(404), 'gone'],
    [status(403), { refused: expect.stringContaining('compliance team') }],
  ])('is cleared of one type only: %j', async (answer, outcome) => {
    const { context, asked } = recorded([answer]);
    const one = {
      address: 'jo@example.org',
      list: 'suppression-list',
      part: 'transactional',
      reason: 'manual',
    } as const;
    expect(await lists.remove(context, one)).toEqual(outcome);
    expect(asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the suppression list', method: 'DELETE' },
        path: '/api/v1/suppression-list/jo%40example.org',
        json: { type: 'transactional' },
        accepts: [403, 404],
      },
    ]);
  });

  test('takes 1,000 addresses at once, on both lists', async () => {
    const { context, asked } = recorded([{ results: { message: 'ok' } }]);
    expect(lists.add).toMatchObject({
      atOnce: 1000,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
    });
    expect(await lists.add.send(context, ['jo@example.org', 'an@example.org'])).toEqual([]);
    expect(asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the suppression list', method: 'PUT', path: '/api/v1/suppression-list' },
        json: {
          recipients: [
            { recipient: 'jo@example.org', type: 'transactional', description: 'Quell' },
            { recipient: 'jo@example.org', type: 'non_transactional', description: 'Quell' },
            { recipient: 'an@example.org', type: 'transactional', description: 'Quell' },
            { recipient: 'an@example.org', type: 'non_transactional', description: 'Quell' },
          ],
        },
      },
    ]);
  });
});

describe('webhooks', () => {
  const url = 'https://hooks.example.com/webhooks/v1/sparkpost';
  const hook = { id: 'w/1', url };
  const settings = {
    target: url,
    events: [
      ...['delivery', 'bounce', 'injection', 'spam_complaint', 'out_of_band', 'policy_rejection', 'delay', 'click'],
      ...['open', 'generation_failure', 'generation_rejection', 'list_unsubscribe', 'link_unsubscribe'],
    ],
    active: true,
    auth_type: 'basic',
    auth_credentials: { username: 'quell', password: 'a:b' },
  };

  test('the secret is ours, and stored before: making one calls the receiver', () => {
    expect(webhooks).toMatchObject({ secret: 'chosen', probes: true });
  });

  test('are listed by id and target', async () => {
    const { context, asked } = recorded([{ results: [{ id: 'w1', target: url }, { id: 'w2' }, { target: url }] }]);
    expect(await webhooks.list(context)).toEqual([{ id: 'w1', url }]);
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'list its webhooks', method: 'GET', path: '/api/v1/webhooks', holds: 'results[]' },
      },
    ]);
  });

  test('are made once, with basic credentials', async () => {
    const { context, asked } = recorded([{ results: { id: 'w1' } }]);
    expect(await webhooks.create(context, { url, secret: 'quell:a:b' })).toBeUndefined();
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'make the webhook', method: 'POST', path: '/api/v1/webhooks', once: true },
        json: { name: 'Quell', ...settings },
      },
    ]);
  });

  test.each([
    ['header:X-Quell:s3', url, { 'x-quell': 's3' }],
    ['bearer:t0ken', url, { authorization: 'Bearer t0ken' }],
    ['query:key:s3', `${url}?key=s3`, {}],
  ])('are changed: credentials %s', async (secret, target, custom_headers) => {
    const { context, asked } = recorded([{ results: {} }]);
    expect(await webhooks.update(context, hook, { url, secret })).toBeUndefined();
    const { target: _, events, active } = settings;
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'change the webhook', method: 'PUT', path: '/api/v1/webhooks/w%2F1' },
        json: { target, events, active, auth_type: 'none', custom_headers },
      },
    ]);
  });

  test('are removed and tested by id', async () => {
    const { context, asked } = recorded([status(404), { results: {} }]);
    await webhooks.remove(context, hook);
    expect(await webhooks.test(context, hook)).toBeUndefined();
    expect(asked()).toEqual([
      {
        ...{ use: 'webhook', what: 'remove the webhook', method: 'DELETE', path: '/api/v1/webhooks/w%2F1' },
        accepts: [404],
      },
      {
        ...{ use: 'webhook', what: 'test the webhook', method: 'POST', path: '/api/v1/webhooks/w%2F1/validate' },
        json: { message: { msys: {} } },
      },
    ]);
  });
});

describe('the file of its list', () => {
  test('is known by its columns', () => {
    expect(listFile).toMatchObject({
      title: expect.stringContaining('SparkPost'),
      columns: ['recipient', ['source', 'type']],
    });
  });

  test.each([
    ['Spam Complaint', { reason: 'complaint' }],
    ['List Unsubscribe', { reason: 'unsubscribe', scope: 'all' }],
    ['Unsubscribe Link', { reason: 'unsubscribe', scope: 'all' }],
    ['Bounce Rule', { reason: 'hard_bounce' }],
    ['Manually Added', { reason: 'manual' }],
    ['Compliance', { reason: 'manual' }],
    ['', { reason: 'complaint' }],
  ])('source "%s"', (source, read) => {
    const cells = { recipient: 'jo@example.org', source, type: 'transactional' };
    expect(line(listFile, cells, { reason: 'complaint', scope: 'all' })).toEqual({
      address: 'jo@example.org',
      ...read,
    });
  });

  test.each([
    [{ created: '2026-03-01T10:00:00Z' }, { at: '2026-03-01T10:00:00.000Z' }],
    [{ created: '2026-03-01T10:00:00Z', updated: '2026-03-02T10:00:00Z' }, { at: '2026-03-02T10:00:00.000Z' }],
    [{ description: '550 5.1.1 no such user' }, { reply: { text: '550 5.1.1 no such user' } }],
  ])('columns %j', (cells, read) => {
    expect(line(listFile, { recipient: 'jo@example.org', source: 'Bounce Rule', ...cells })).toEqual({
      address: 'jo@example.org',
      reason: 'hard_bounce',
      ...read,
    });
  });
});
