import { describe, expect, test } from '@jest/globals';
import { CannotKnow } from '../../../../lambda/domain/cannot-know.ts';
import type { ListEntry } from '../../../../lambda/providers/api.ts';
import { api } from '../../../../lambda/providers/unisender-go/api.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What Unisender Go is asked, and what is read out of answers as its documentation shows them. */

const { events, lists } = partsOf(api);
const LOST = [400, 404, 410, 422];
/** 2026-03-01T10:00:00Z. */
const AT = 1_772_359_200_000;
const CREATED = '2026-03-01 10:00:00';
const ACCOUNT = 'the key of the project (or of the account) that the webhook belongs to';

test('where it is, and with which key', () => {
  expect(api).toMatchObject({
    ...{ base: 'https://go1.unisender.ru/ru/transactional/api/v1', key: 'API key', perSecond: 2 },
    otherBases: [
      'https://go2.unisender.ru/ru/transactional/api/v1',
      'https://eu1.unione.io/en/transactional/api/v1',
      'https://us1.unione.io/en/transactional/api/v1',
    ],
  });
  expect(api.rights).toEqual({ events: ACCOUNT, lists: ACCOUNT, clear: ACCOUNT, push: ACCOUNT, webhook: ACCOUNT });
  expect(api.events).toMatchObject({
    ...{ reachDays: 32, settleMinutes: 30, sliceHours: 24, lacks: 'Notices of spam blocks.' },
  });
  const request = { use: 'lists', what: 'x', method: 'POST', path: '/' } as const;
  expect(api.authorise(request, 'key-1')).toEqual({ ...request, headers: { 'x-api-key': 'key-1' } });
});

describe('events: a dump', () => {
  const FILE = 'https://files.example.com/1.csv';
  const HEADING =
    'project_id,event_time,job_id,from_email,email,status,delivery_status,metadata,destination_response,user_agent,url,ip,tags\n';
  const BOUNCE = `1,${CREATED},1a3Q2V-0000OZ-S0,shop@example.com,ada@example.com,hard_bounced,err_user_unknown,{},550 no such user,,,,\n`;
  const bounced = {
    event_name: 'transactional_email_status',
    project_id: '1',
    event_data: {
      ...{ job_id: '1a3Q2V-0000OZ-S0', email: 'ada@example.com', status: 'hard_bounced', event_time: CREATED },
      ...{ metadata: {} },
      delivery_info: { delivery_status: 'err_user_unknown', destination_response: '550 no such user' },
    },
  };
  const window = { from: AT + 200, to: AT + 3_600_500 };
  const ready = (...urls: string[]) => ({
    event_dump: { dump_status: 'ready', files: urls.map((url) => ({ url, size: 1 })) },
  });
  const post = { use: 'events', method: 'POST' };
  const create = (start_time: string, end_time: string) => ({
    ...{ ...post, what: 'order a dump of events', path: '/event-dump/create.json', accepts: [400] },
    json: {
      ...{ start_time, end_time, limit: 100_000, delimiter: ',', format: 'csv' },
      dump_fields: [
        ...['project_id', 'event_time', 'job_id', 'from_email', 'email', 'status', 'delivery_status', 'metadata'],
        ...['destination_response', 'user_agent', 'url', 'ip', 'tags'],
      ],
    },
  });
  const get = { ...post, what: 'ask whether a dump is ready', path: '/event-dump/get.json', json: { dump_id: 'u-1' } };
  const fetched = (download: string) => ({
    ...{ use: 'events', what: 'fetch a file of events', method: 'GET', path: '', download },
  });
  const remove = {
    ...{ ...post, what: 'remove a dump', path: '/event-dump/delete.json', json: { dump_id: 'u-1' } },
    accepts: [400, 404],
  };
  const order = { status: 'success', dump_id: 'u-1' };
  const done = { status: 'success' };
  const read = async (answers: readonly unknown[], asked = window) => {
    const esp = recorded(answers);
    const pages = await pagesOf(events.pages(esp.context, asked));
    return { esp, pages: pages.map((page) => ({ ...page, events: page.events.map((one) => JSON.parse(one)) })) };
  };
  const readRow = async (row: string) => (await read([order, ready(FILE), HEADING + row, done])).pages[0];

  test('ordered in whole seconds, waited for, fetched file by file and removed', async () => {
    const queued = { event_dump: { dump_status: 'queued' } };
    const other = 'https://files.example.com/2.csv';
    const { esp, pages } = await read([
      order,
      queued,
      queued,
      ready(FILE, other),
      HEADING + BOUNCE,
      `${BOUNCE}\n`,
      done,
    ]);
    expect(pages).toEqual([{ events: [bounced, bounced], passed: 0 }]);
    expect(esp.waited()).toEqual([2000, 2000]);
    expect(esp.asked()).toEqual([
      create('2026-03-01 10:00:00', '2026-03-01 11:00:01'),
      ...[get, get, get, fetched(FILE), fetched(other), remove],
    ]);
  });

  test('a whole second at the end is no second more; a dump may be told without its name; a file without an address is none', async () => {
    const plain = { dump_status: 'ready', files: [{ size: 0 }] };
    const { esp, pages } = await read([order, plain, done], { from: AT, to: AT + 60_000 });
    expect(pages).toEqual([{ events: [], passed: 0 }]);
    expect(esp.asked()[0]).toEqual(create('2026-03-01 10:00:00', '2026-03-01 10:01:00'));
  });

  test('a click, with commas, quotes and new lines in its cells', async () => {
    const row = `,${CREATED},1a3Q2V,shop@example.com,ada@example.com,clicked,,"{""order"":""4711, b""}",,"Mozilla/5.0\n(x)",https://example.com/?a=1,192.0.2.1,"a,b"\n`;
    const event_data = {
      ...{ job_id: '1a3Q2V', email: 'ada@example.com', status: 'clicked', event_time: CREATED },
      ...{ url: 'https://example.com/?a=1', metadata: { order: '4711, b' } },
      delivery_info: { user_agent: 'Mozilla/5.0\n(x)', ip: '192.0.2.1' },
    };
    expect(await readRow(row)).toEqual({
      events: [{ event_name: 'transactional_email_status', event_data }],
      passed: 0,
    });
  });

  test.each(['', '{broken'])('empty cells are missing members, and metadata %p is none', async (metadata) => {
    const event_data = { job_id: 'j-1', email: 'ada@example.com', status: 'sent', event_time: CREATED };
    const row = `1,${CREATED},j-1,shop@example.com,ada@example.com,sent,,${metadata},,,,,\n`;
    const event = { event_name: 'transactional_email_status', project_id: '1', event_data };
    expect(await readRow(row)).toEqual({ events: [event], passed: 0 });
  });

  test.each(['event_time', 'job_id', 'email', 'status'])(
    'a row without %s cannot be told from others',
    async (name) => {
      const columns = HEADING.trim().split(',');
      const row = BOUNCE.trim().split(',').with(columns.indexOf(name), '').join(',');
      expect(await readRow(`${row}\n${BOUNCE}`)).toEqual({ events: [bounced], passed: 1 });
    },
  );

  test.each([
    ['a page of a proxy', '<html>\n</html>'],
    ['nothing', ''],
    ['a column too few', `${HEADING}${BOUNCE}1,2,3,4,5,6,7,8,9,10,11,12\n`],
    ['half a cell', `${HEADING}1,"`],
  ])('%s is no file of events; the dump is removed all the same', async (_name, file) => {
    const esp = recorded([order, ready(FILE), file, status(500)]);
    await expect(pagesOf(events.pages(esp.context, window))).rejects.toThrow('taken for none');
    expect(esp.asked().at(-1)).toEqual(remove);
  });

  test('an answer that says nothing of the dump is none', async () => {
    await expect(read([order, { status: 'success' }, done])).rejects.toThrow('taken for none');
  });

  test.each([
    [status(400), 'takes no order of a dump'],
    [{ status: 'success' }, 'gave no id'],
  ])('no dump: %j', async (answer, said) => {
    await expect(read([answer])).rejects.toThrow(said);
    await expect(read([answer])).rejects.toThrow(CannotKnow);
  });

  test('one that is never ready is given up after ten minutes, and removed', async () => {
    const esp = recorded([order, ...Array.from({ length: 300 }, () => ({ dump_status: 'in_process' })), done]);
    await expect(pagesOf(events.pages(esp.context, window))).rejects.toThrow('in ten minutes');
    expect(esp.waited()).toHaveLength(300);
    expect(esp.asked()).toHaveLength(302);
    expect(esp.asked().at(-1)).toEqual(remove);
  });

  test('a dump that is full is ordered again in halves of whole seconds, down to a minute', async () => {
    const full = `${','.repeat(12)}\n`.repeat(100_000);
    const halves = [order, ready(FILE), HEADING + BOUNCE, done, order, ready(FILE), full, done];
    const { esp, pages } = await read([order, ready(FILE), full, done, ...halves], { from: AT, to: AT + 119_000 });
    expect(pages).toEqual([
      { events: [bounced], passed: 0 },
      {
        events: [],
        lost: 'Unisender Go gives no more than 100000 events of one dump: others of 2026-03-01T10:00:59Z cannot be read.',
      },
    ]);
    expect(esp.asked().filter(({ path }) => path === '/event-dump/create.json')).toEqual([
      create('2026-03-01 10:00:00', '2026-03-01 10:01:59'),
      create('2026-03-01 10:00:00', '2026-03-01 10:00:59'),
      create('2026-03-01 10:00:59', '2026-03-01 10:01:59'),
    ]);
  });
});

describe('suppressions', () => {
  const row = (more: object = {}) => ({
    ...{
      email: 'ada@example.com',
      cause: 'permanent_unavailable',
      source: 'system',
      is_deletable: true,
      created: CREATED,
    },
    ...more,
  });
  const entry: ListEntry = {
    ...{ address: 'ada@example.com', list: 'suppression', part: 'system', reason: 'hard_bounce' },
    ...{ since: CREATED, at: AT },
  };
  const asked = {
    ...{ use: 'lists', what: 'read the suppression list', method: 'POST', path: '/suppression/list.json' },
    holds: 'suppressions[]',
  };

  test('all, page by page, as many as it gives', async () => {
    const esp = recorded([
      { suppressions: [row()], cursor: 'c-2' },
      { suppressions: [row({ email: 'bob@example.com' })] },
    ]);
    expect(await pagesOf(lists.read(esp.context))).toEqual([[entry], [{ ...entry, address: 'bob@example.com' }]]);
    expect(esp.asked()).toEqual([
      { ...asked, json: { limit: 500 } },
      { ...asked, json: { limit: 500, cursor: 'c-2' }, accepts: LOST },
    ]);
  });

  test('begun again where a page is lost', async () => {
    const esp = recorded([{ suppressions: [row()], cursor: 'c-2' }, status(400), { suppressions: [row()] }]);
    expect(await pagesOf(lists.read(esp.context))).toEqual([[entry], [entry]]);
  });

  test.each([
    [
      { cause: 'unsubscribed', source: 'subscriber' },
      { reason: 'unsubscribe', scope: 'all', part: 'subscriber' },
    ],
    [{ cause: 'permanent_unavailable' }, { reason: 'hard_bounce' }],
    [{ cause: 'complained' }, { reason: 'complaint' }],
    [{ cause: 'temporary_unavailable' }, { reason: 'manual' }],
    [
      { cause: 'blocked', source: 'user' },
      { reason: 'manual', part: 'user' },
    ],
    [{ is_deletable: false }, { reason: 'hard_bounce', stays: 'only the support of Unisender Go removes it.' }],
  ])('an entry with %j', async (said, read) => {
    const esp = recorded([{ suppressions: [row(said)] }]);
    expect(await pagesOf(lists.read(esp.context))).toEqual([[{ ...entry, ...read }]]);
  });

  test('one address: its entries need not name it', async () => {
    const { email: _, ...nameless } = row();
    const esp = recorded([{ suppressions: [nameless, row({ email: 'bob@example.com' })] }]);
    expect(await lists.find(esp.context, 'ada@example.com')).toEqual([entry]);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'lists', what: 'look up an address on the suppression list', method: 'POST' },
        ...{ path: '/suppression/get.json', holds: 'suppressions[]' },
        json: { email: 'ada@example.com', all_projects: false },
      },
    ]);
  });

  test.each([
    [{ status: 'success' }, 'removed'],
    [status(400, { status: 'error', code: 3003 }), 'gone'],
    [status(404, { status: 'error', code: 3003 }), 'gone'],
    [
      status(400, { status: 'error', code: 3004 }),
      { refused: 'Unisender Go lets only its support remove this entry.' },
    ],
    [status(400, { status: 'error', code: 906 }), { refused: "Unisender Go's daily limit of removals is reached." }],
    [status(400, { status: 'error', code: 150 }), { refused: 'Unisender Go did not remove it: error 150.' }],
    [status(404), { refused: 'Unisender Go did not remove it: error 404.' }],
  ])('taken off: %#', async (answer, said) => {
    const esp = recorded([answer]);
    expect(await lists.remove(esp.context, entry)).toEqual(said);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the suppression list', method: 'POST' },
        ...{ path: '/suppression/delete.json', json: { email: 'ada@example.com' }, accepts: [400, 404] },
      },
    ]);
  });

  test('put there, one by one', async () => {
    const esp = recorded([{ status: 'success' }]);
    expect(lists.add).toMatchObject({
      ...{ atOnce: 1, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] },
    });
    expect(await lists.add.send(esp.context, ['ada@example.com'])).toEqual([]);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the suppression list', method: 'POST', path: '/suppression/set.json' },
        json: { email: 'ada@example.com', cause: 'unsubscribed' },
      },
    ]);
  });
});

describe('webhooks', () => {
  const { webhooks: hooks } = partsOf(api);
  const url = 'https://hooks.example.com/webhooks/v1/esp';
  const post = { use: 'webhook', method: 'POST' };
  const set = {
    ...{ ...post, path: '/webhook/set.json' },
    json: {
      ...{ url, status: 'active', event_format: 'json_post', delivery_info: 1, single_event: 0 },
      events: {
        email_status: [
          ...['sent', 'delivered', 'opened', 'clicked', 'unsubscribed', 'subscribed'],
          ...['soft_bounced', 'hard_bounced', 'spam'],
        ],
        spam_block: ['*'],
      },
    },
  };

  test('listed; the URL stands for one without an id', async () => {
    const esp = recorded([{ status: 'success', objects: [{ id: 7, url }, { url }, { id: 8 }] }]);
    expect(await hooks.list(esp.context)).toEqual([
      { id: '7', url },
      { id: url, url },
    ]);
    expect(esp.asked()).toEqual([
      { ...post, what: 'list its webhooks', path: '/webhook/list.json', json: {}, holds: 'objects[]' },
    ]);
  });

  test('made, changed and removed by the URL; its secret is the key', async () => {
    const esp = recorded([{ status: 'success' }, { status: 'success' }, status(404)]);
    const hook = { id: '7', url };
    expect(hooks.secret).toBe('apart');
    expect(await hooks.create(esp.context, { url, secret: '' })).toBeUndefined();
    expect(await hooks.update(esp.context, hook, { url, secret: '' })).toBeUndefined();
    await hooks.remove(esp.context, hook);
    expect(esp.asked()).toEqual([
      { ...set, what: 'make the webhook' },
      { ...set, what: 'change the webhook' },
      { ...post, what: 'remove the webhook', path: '/webhook/delete.json', json: { url }, accepts: [404] },
    ]);
  });
});
