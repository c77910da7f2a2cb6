import { AthenaClient } from '@aws-sdk/client-athena';
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../../lib/ops/cli/errors.ts';
import { AwsWatch } from '../../../../lib/ops/commands/doctor/watch-aws.ts';
import { auditModel } from '../../../../lib/ops/console/model/audit.ts';
import { eventsModel } from '../../../../lib/ops/console/model/events.ts';
import { foundAt } from '../../../../lib/ops/console/model/find.ts';
import { latelyModel } from '../../../../lib/ops/console/model/lately.ts';
import { overviewModel } from '../../../../lib/ops/console/model/overview.ts';
import { reportModel, reportSoon } from '../../../../lib/ops/console/model/report.ts';
import { requestModel } from '../../../../lib/ops/console/model/request.ts';
import { sentenceOf } from '../../../../lib/ops/console/model/sentence.ts';
import { overviewPage } from '../../../../lib/ops/console/pages/overview.ts';
import { ratesPage, weekPart } from '../../../../lib/ops/console/pages/rates.ts';
import { awaitedPage } from '../../../../lib/ops/console/pages/reports.ts';
import { requestPage } from '../../../../lib/ops/console/pages/request.ts';
import { dayChart } from '../../../../lib/ops/console/parts/day-chart.ts';
import { levelOf } from '../../../../lib/ops/console/parts/levels.ts';
import { pathOf } from '../../../../lib/ops/console/widget/event.ts';
import { widgetOf } from '../../../../lib/ops/console/widget/markup.ts';
import { type Next, readRecentEvents } from '../../../../lib/ops/stack/events/recent.ts';
import { percentOf, RATES } from '../../../../lib/reports/rates.ts';
import { type Answers, fakeTarget } from '../../../support/surroundings/fake-target.ts';

/** The glance at a deployed stack, over what AWS answers or does not. */

const HOUR = 3_600_000;
const NOW = Date.parse('2026-05-04T10:30:00Z');
const THRESHOLDS = {
  minimumDelivered: 1000,
  bounceRate: { warning: 2, critical: 5 },
  complaintRate: { warning: 0.1, critical: 0.3 },
};

const logs = (rows: readonly Readonly<Record<string, string | number>>[]): Answers => ({
  StartQuery: () => ({ queryId: 'q' }),
  GetQueryResults: () => ({
    status: 'Complete',
    results: rows.map((row) => Object.entries(row).map(([field, value]) => ({ field, value: String(value) }))),
  }),
});

describe('a deployed stack', () => {
  test('hours come from one question to the log of process', async () => {
    const target = fakeTarget(
      { shop: {} },
      logs([
        {
          source: 'shop',
          hour: '2026-05-04 09:00:00.000',
          Accepted: 90,
          delivered_google: 60,
          hard_other: 3,
          soft_other: 2,
        },
        { source: 'shop', hour: '2026-05-04 10:00:00.000', Accepted: 7, complained_yahoo: 1 },
      ]),
    );
    expect(await new AwsWatch(target).hours(NOW - 24 * HOUR)).toEqual([
      { at: NOW - 1.5 * HOUR, source: 'shop', stored: 90, delivered: 60, bounced: 5, complained: 0 },
      { at: NOW - HOUR / 2, source: 'shop', stored: 7, delivered: 0, bounced: 0, complained: 1 },
    ]);
    const asked = target.calls.filter(({ name }) => name === 'StartQuery');
    expect(asked.map(({ input }) => input.logGroupName)).toEqual(['/quell-prod/process']);
    expect(asked[0]?.input.queryString).toContain('by source, datefloor(@timestamp, 1h) as hour');
  });

  test('an open page does not ask for two weeks of logs again and again, and a failure is not remembered', async () => {
    let fails = true;
    const answers = logs([{ source: 'shop', day: '2026-05-04 00:00:00.000', delivered_google: 5 }]);
    const target = fakeTarget(
      { shop: {} },
      {
        ...answers,
        GetQueryResults: (input) => {
          if (fails) throw Object.assign(new Error('no'), { name: 'ServiceUnavailableException', $metadata: {} });
          return answers.GetQueryResults?.(input);
        },
      },
    );
    const watch = new AwsWatch(target);
    await expect(watch.rates(NOW)).rejects.toThrow('no');
    fails = false;
    for (let times = 0; times < 3; times++) expect(await watch.rates(NOW + times)).toHaveLength(1);
    expect(target.calls.filter(({ name }) => name === 'StartQuery')).toHaveLength(2);
  });

  test('what cannot be seen is said to be so, and is no trouble', async () => {
    const target = fakeTarget({ shop: {} }, {});
    const model = await overviewModel({ target, watch: new AwsWatch(target), readOnly: true, now: () => NOW });
    expect(model.sources).toEqual([
      expect.objectContaining({ name: 'shop', findings: [], unseen: expect.any(String) }),
    ]);
    expect(model.sources[0]).not.toHaveProperty('hours');
    expect([model.queue, model.letters, model.processing, model.lately, model.week].map(({ seen }) => seen)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    const html = String(await overviewPage(model, NOW));
    expect(html).not.toMatch(/trouble|undefined|NaN/);
  });
});

describe('a question that cannot be answered is said to be one, and not answered otherwise', () => {
  const context = { target: fakeTarget({}, {}), watch: {} as never, readOnly: true, now: () => NOW };
  test.each<[string, () => Promise<unknown>]>([
    ['events of a type that is not listed', () => eventsModel(context, { type: 'opened', since: '1h' })],
    ['events of no type', () => eventsModel(context, { type: 'bounce', since: '1h' })],
    [
      'a report from a day after its last',
      () => reportModel(context, 'links', { from: '2026-05-04', to: '2026-05-03' }),
    ],
    ['a page of the audit that nobody made', () => auditModel(context, { after: 'x' })],
    ['a page of the audit on no day', () => auditModel(context, { after: '2026-02-99T00:00:00.000Z#0' })],
  ])('%s', async (_what, ask) => {
    await expect(ask()).rejects.toThrow(UsageError);
  });
});

describe('what went wrong lately', () => {
  const wanted = { since: NOW - 7 * 24 * HOUR, limit: 200, type: 'bounced', source: 'shop' } as const;

  test('where little went wrong, one call answers', async () => {
    const target = fakeTarget({}, { Scan: () => ({ Items: [] }) });
    expect(await readRecentEvents(target, wanted, NOW)).toEqual({ events: [] });
    expect(target.calls).toEqual([
      {
        name: 'Scan',
        input: expect.objectContaining({
          IndexName: 'byHour',
          FilterExpression: '#type = :type AND #source = :source',
        }),
      },
    ]);
  });

  test('where much did, hours are read back in time, none twice, until there is enough; that it is much is remembered', async () => {
    const target = fakeTarget({}, { Scan: () => ({ Items: [], LastEvaluatedKey: {} }), Query: () => ({ Items: [] }) });
    for (const _ of [1, 2]) await readRecentEvents(target, wanted, NOW);
    const hours = target.calls
      .filter(({ name }) => name === 'Query')
      .map(({ input }) => (input.ExpressionAttributeValues as { ':hour': { S: string } })[':hour'].S);
    expect(hours).toHaveLength(2 * (7 * 24 + 1) * 16);
    expect(new Set(hours).size).toBe((7 * 24 + 1) * 16);
    expect(target.calls.filter(({ name }) => name === 'Scan')).toHaveLength(1);
  });

  test('of an hour with more than was asked for the newest are told, in whatever order they lie', async () => {
    const item = (n: number) => ({
      recipient: { S: `p${n}@example.com` },
      eventKey: { S: `2026-05-04T09:00:00.000Z#${n}` },
      type: { S: 'bounced' },
      source: { S: 'shop' },
      receivedAt: { S: new Date(NOW - n * 1000).toISOString() },
    });
    const orders = [7, 3, 9, 1, 8, 0, 2, 6, 5, 4];
    const target = fakeTarget(
      {},
      {
        Scan: () => ({ Items: [], LastEvaluatedKey: {} }),
        Query: (asked: {
          ExpressionAttributeValues: { ':hour': { S: string } };
          ExclusiveStartKey?: { page: { N: string } };
        }) => {
          const { S: key } = asked.ExpressionAttributeValues[':hour'];
          const page = Number(asked.ExclusiveStartKey?.page.N ?? 0);
          if (key !== '2026-05-04T10#0') return { Items: [] };
          return {
            Items: orders.slice(2 * page, 2 * page + 2).map(item),
            ...(page < 4 && { LastEvaluatedKey: { page: { N: String(page + 1) } } }),
          };
        },
      },
    );
    const { events: found } = await readRecentEvents(target, { since: NOW - HOUR / 4, limit: 3 }, NOW + 1);
    expect(found.map(({ recipient }) => recipient)).toEqual(['p0@example.com', 'p1@example.com', 'p2@example.com']);
  });

  test('a wave is looked at from its latest events on, as far as is allowed; whoever goes on misses none and sees none twice', async () => {
    // An hour of 80,000 bounces in sixteen partitions of unlike length, and a few of the hour before.
    const inHour = (shard: number): string[] =>
      Array.from({ length: 2_500 + 333 * shard }, (_, n) => {
        const second = String(Math.floor((n * 3600) / (2_500 + 333 * shard)) % 60).padStart(2, '0');
        const minute = String(Math.floor((n * 60) / (2_500 + 333 * shard))).padStart(2, '0');
        return `2026-05-04T09:${minute}:${second}.000Z#${shard.toString(16)}-${n}`;
      }).sort();
    const lists = new Map<string, string[]>(
      Array.from({ length: 16 }, (_, shard) => [`2026-05-04T09#${shard.toString(16)}`, inHour(shard)]),
    );
    lists.set('2026-05-04T08#0', ['2026-05-04T08:30:00.000Z#old']);
    const all = [...lists.values()].flat().length;
    const target = fakeTarget(
      {},
      {
        Scan: () => ({ Items: [], LastEvaluatedKey: {} }),
        Query: (asked: {
          Limit: number;
          ExpressionAttributeValues: { ':hour': { S: string }; ':below'?: { S: string } };
          ExclusiveStartKey?: { eventKey: { S: string } };
        }) => {
          const { ':hour': hour, ':below': below } = asked.ExpressionAttributeValues;
          const end = asked.ExclusiveStartKey?.eventKey.S ?? below?.S ?? '~';
          const keys = (lists.get(hour.S) ?? []).filter((key) => key < end).reverse();
          const page = keys.slice(0, asked.Limit);
          return {
            Items: page.map((key) => ({
              recipient: { S: 'ada@example.com' },
              eventKey: { S: key },
              type: { S: 'bounced' },
              receivedAt: { S: key.split('#')[0] },
            })),
            ...(page.length < keys.length && { LastEvaluatedKey: { eventKey: { S: page.at(-1) } } }),
          };
        },
      },
    );
    const seen: string[] = [];
    const answers: { first: string; lookedAt: number }[] = [];
    let next: Next | undefined;
    do {
      let lookedAt = 0;
      const answer = await readRecentEvents(
        target,
        { since: Date.parse('2026-05-04T08:00:00Z'), limit: 100_000, next },
        Date.parse('2026-05-04T09:59:59Z'),
        (many) => {
          lookedAt += many;
        },
      );
      seen.push(...answer.events.map(({ fingerprint }) => fingerprint));
      answers.push({ first: answer.events[0]?.receivedAt ?? '', lookedAt });
      next = answer.next;
    } while (next);
    expect([seen.length, new Set(seen).size]).toEqual([all, all]);
    expect(answers.length).toBeGreaterThan(1);
    expect(Math.max(...answers.map(({ lookedAt }) => lookedAt))).toBeLessThan(60_000);
    expect(answers[0]?.first).toMatch(/T09:59/);
  });

  test('quiet hours are looked at for a month, then it says where to go on', async () => {
    const target = fakeTarget({}, { Scan: () => ({ Items: [], LastEvaluatedKey: {} }), Query: () => ({ Items: [] }) });
    const answer = await readRecentEvents(target, { since: NOW - 400 * 24 * HOUR, limit: 10 }, NOW);
    const hours = target.calls.length / 16;
    expect(hours).toBeGreaterThan(31 * 24);
    expect(hours).toBeLessThan(34 * 24);
    expect(answer).toEqual({ events: [], next: { hour: Math.floor(NOW / HOUR) - Math.floor(hours), below: '' } });
  });

  test('of one request, DynamoDB sends only what is of it', async () => {
    const target = fakeTarget({}, { Scan: () => ({ Items: [] }) });
    await readRecentEvents(target, { since: NOW - HOUR, limit: 10, requestId: 'request-1' }, NOW);
    expect(target.calls[0]?.input).toMatchObject({
      FilterExpression: '#requestId = :requestId',
      ExpressionAttributeValues: { ':requestId': { S: 'request-1' } },
    });
  });

  test('people count once, by what holds longest, and only by evidence of the day', async () => {
    const event = (recipient: string, type: string, fingerprint: string) => ({
      recipient: { S: recipient },
      eventKey: { S: `2026-05-04T10:00:00.000Z#${fingerprint}` },
      type: { S: type },
      source: { S: 'shop' },
      receivedAt: { S: '2026-05-04T10:00:01.000Z' },
    });
    const mark = (fingerprint: string, until: number) => ({
      L: [
        {
          M: {
            at: { S: '2026-05-04T10:00:00.000Z' },
            until: { N: String(until) },
            fingerprint: { S: fingerprint },
            source: { S: 'shop' },
          },
        },
      ],
    });
    const entry = (recipient: string, reasons: object) => ({ recipient: { S: recipient }, reasons: { M: reasons } });
    const later = NOW / 1000 + 86_400;
    let given = false;
    const target = fakeTarget(
      {},
      {
        Scan: () => {
          const Items = given
            ? []
            : [
                event('a@example.com', 'bounced', 'f1'),
                event('a@example.com', 'complained', 'f2'),
                event('b@example.com', 'unsubscribed', 'f3'),
                event('c@example.com', 'bounced', 'f4'),
              ];
          given = true;
          return { Items };
        },
        BatchGetItem: () => ({
          Responses: {
            suppression: [
              entry('a@example.com', { hard_bounce: mark('f1', later), complaint: mark('f2', later + 9) }),
              entry('b@example.com', { unsubscribe: mark('f3', later) }),
              // Suppressed by older evidence; today's changed nothing.
              entry('c@example.com', { hard_bounce: mark('old', later) }),
            ],
          },
        }),
      },
    );
    const { suppressed, events } = await latelyModel(target, NOW);
    expect(suppressed).toEqual({ people: 2, reasons: { complaint: 1, unsubscribe: 1 }, atLeast: false });
    expect(events).toHaveLength(4);
  });
});

const noIndex = () =>
  Object.assign(new Error('The table does not have the specified index'), { name: 'ValidationException' });

describe('what a search leads to', () => {
  const found = (people: readonly string[], mails: readonly string[] | undefined, query: string) =>
    foundAt(
      fakeTarget(
        {},
        {
          GetItem: () => ({}),
          Query: (asked: {
            IndexName?: string;
            ExpressionAttributeValues: Readonly<Record<string, { S: string }>>;
          }) => {
            const [value] = Object.values(asked.ExpressionAttributeValues);
            if (asked.IndexName !== undefined && mails === undefined) throw noIndex();
            const known = asked.IndexName === undefined ? people : (mails ?? []);
            return { Items: known.includes(value?.S ?? '') ? [{ eventKey: { S: '2026-05-04T10:00:00.000Z#1' } }] : [] };
          },
        },
      ),
      query,
    );

  test.each<[string, readonly string[], readonly string[] | undefined, string]>([
    ['ada@example.com', [], [], '/people/ada%40example.com'],
    [' Ada <ADA@example.com>', [], [], '/people/ada%40example.com'],
    ['mailto:ada@example.com,', [], [], '/people/ada%40example.com'],
    // What looks like an address may be the id of a mail, and the other way round.
    ['2026.1@mg.example.com', [], ['2026.1@mg.example.com'], '/messages/2026.1%40mg.example.com'],
    ['ada@example.com', ['ada@example.com'], ['ada@example.com'], '/people/ada%40example.com'],
    ['<ada@example.com>', ['ada@example.com'], [], '/people/ada%40example.com'],
    ['<2026.1@mg.example.com>', [], [], '/messages/%3C2026.1%40mg.example.com%3E'],
    ['<2026.1@mg.example.com>', [], ['2026.1@mg.example.com'], '/messages/%3C2026.1%40mg.example.com%3E'],
    ['Jx3kPhZ9oAMEPfQ=', [], [], '/requests/Jx3kPhZ9oAMEPfQ%3D'],
    ['Jx3kPhZ9oAMEPfQ=', [], ['Jx3kPhZ9oAMEPfQ='], '/messages/Jx3kPhZ9oAMEPfQ%3D'],
    ['Jx3kPhZ9oAMEPfQ=', [], undefined, '/requests/Jx3kPhZ9oAMEPfQ%3D'],
    ['a mail', [], undefined, '/messages/a%20mail'],
    ['  ', [], [], '/'],
  ])('%s, where %j and %j are known: %s', async (query, people, mails, path) => {
    expect(await found(people, mails, query)).toBe(path);
  });
});

describe('a report that takes long', () => {
  /** Athena, which goes on until it is told how it ends. */
  const athena = async () => {
    let State = 'RUNNING';
    const target = fakeTarget(
      {},
      {
        StartQueryExecution: () => ({ QueryExecutionId: 'q' }),
        GetQueryExecution: () => ({ QueryExecution: { Status: { State, AthenaError: { ErrorType: 1 } } } }),
        GetQueryResults: () => ({
          ResultSet: { ResultSetMetadata: { ColumnInfo: [{ Name: 'link', Type: 'varchar' }] } },
        }),
      },
    );
    // Its pages are read by a paginator that takes no stand-in.
    Object.setPrototypeOf(await target.clients.athena(), AthenaClient.prototype);
    const asked = () => target.calls.filter(({ name }) => name === 'StartQueryExecution').length;
    const context = { target, watch: {} as never, readOnly: true, now: () => NOW, patience: 1 };
    return {
      context,
      asked,
      end: (state: string) => {
        State = state;
      },
    };
  };

  test('says so, is asked once, and is there when it is ready', async () => {
    const { context, asked, end } = await athena();
    const first = await reportSoon(context, 'links', {});
    if (!('begun' in first)) throw new Error('it is there');
    expect(String(await awaitedPage(first, first.begun + 4000))).toContain('for 4 s');
    end('SUCCEEDED');
    expect(await reportModel(context, 'links', {})).toMatchObject({ name: 'links', columns: ['link'], rows: [] });
    expect(await reportSoon(context, 'links', {})).not.toHaveProperty('begun');
    expect(asked()).toBe(1);
  });

  test('that fails is not asked again by a page that looks again', async () => {
    const { context, asked, end } = await athena();
    await reportSoon(context, 'links', {});
    end('FAILED');
    for (const _ of [1, 2])
      await expect(reportModel(context, 'links', {})).rejects.toThrow('Athena ended the question');
    expect(asked()).toBe(1);
  });
});

test('a request whose logs cannot be read, and of which only what went wrong is listed, says both', async () => {
  const target = fakeTarget(
    {},
    {
      Query: () => {
        throw noIndex();
      },
    },
  );
  const model = await requestModel(
    { target, watch: new AwsWatch(target), readOnly: true, now: () => NOW },
    'request-1',
    '24h',
  );
  expect(model).toMatchObject({ logged: { seen: false }, events: [], complete: false });
  expect(String(await requestPage(model, NOW))).toContain('could not be read');
});

test('a request that brought dead letters says so, and leads there', async () => {
  const lines = [{ at: NOW, processed: { stored: 2, known: 1, dead: 1, again: 0 } }];
  const model = {
    requestId: 'request-1',
    since: '24h',
    logged: { seen: true, lines },
    events: [],
    complete: false,
  } as const;
  const html = String(await requestPage(model, NOW));
  expect(html).toMatch(/2 events stored, 1 known before, <a href="\/letters">1 dead letter</);
  expect(html).toContain('<code>searchKeys</code>');
});

test('of somebody who was erased it says so, and not that somebody entered the address', () => {
  const at = '2026-05-04T10:00:00.000Z';
  const until = NOW / 1000 + 86_400;
  const mark = { at, until, fingerprint: '0'.repeat(32), source: 'operator', event: 'erase' };
  const entry = {
    suppressedUntil: until,
    transactionalUntil: until,
    scopes: {},
    reasons: { manual: [mark] },
    version: 2,
  };
  expect(sentenceOf(entry, [], NOW, () => undefined)).toBe(
    'Gets no mail from us, until 5 May 2026: what was known of this person was erased on 4 May 2026 at 10:00 UTC, all but that no mail may be sent.',
  );
});

test.each([
  ['hard', 0, 0, 'not reported'],
  ['hard', 999, 200, 'too few'],
  ['hard', 1000, 20, 'fine'],
  ['hard', 1000, 30, 'high'],
  ['hard', 1000, 90, 'critical'],
  ['complained', 99, 9, 'too few'],
  ['complained', 100, 2, 'too few'],
  ['complained', 5000, 2, 'fine'],
  ['complained', 2000, 3, 'high'],
  ['complained', 100, 3, 'critical'],
] as const)(
  'of rates, %s over %i deliveries with %i cases is %s, as the alarms judge it',
  (which, delivered, cases, word) => {
    const counts = { delivered, hard: 0, soft: 0, block: 0, undetermined: 0, complained: 0, [which]: cases };
    const percents = {
      hardPercent: percentOf(RATES.hard, (kind) => counts[kind]),
      complainedPercent: percentOf(RATES.complained, (kind) => counts[kind]),
    };
    expect(levelOf(which, { name: 'yahoo', bouncedPercent: null, ...counts, ...percents }, THRESHOLDS).word).toBe(word);
  },
);

test('mailbox operators are written as people write them, sources as they are named', () => {
  const rates = ['united_internet', 'other'].map((name) => {
    const counts = { delivered: 2000, hard: 1, soft: 0, block: 0, undetermined: 0, complained: 0 };
    return { name, ...counts, hardPercent: 0.05, bouncedPercent: 0.05, complainedPercent: 0 };
  });
  const page = (by: 'operator' | 'source') => String(ratesPage({ by, since: '7d', thresholds: THRESHOLDS, rates }));
  const week = String(weekPart({ thresholds: THRESHOLDS, operators: rates.map((now) => ({ now })) }));
  for (const text of [page('operator'), week]) expect(text).toMatch(/United Internet.*All others/s);
  expect(page('operator')).not.toContain('united_internet');
  expect(page('source')).toMatch(/united_internet.*other/s);
});

test('a day as a chart says in words what it draws', async () => {
  const hours = Array.from({ length: 24 }, (_, n) => ({
    at: n,
    stored: 10,
    delivered: 7,
    bounced: 2,
    complained: 1,
  }));
  expect(String(await dayChart(hours))).toContain('240 events in 24 hours: 168 delivered, 48 bounced, 24 complained');
  expect(String(await dayChart([]))).toContain('nothing in 24 hours');
});

describe('the widget', () => {
  test.each<[object, string]>([
    [{}, '/'],
    [{ path: '/list?reason=complaint' }, '/list?reason=complaint'],
    [
      { path: '/list', fields: ['reason', 'gone'], widgetContext: { forms: { all: { reason: 'manual', q: 'x' } } } },
      '/list?reason=manual',
    ],
    // A refresh of the dashboard says nothing of its own.
    [{ widgetContext: { forms: { all: { 'quell-page': '/events' } } } }, '/events'],
    [{ path: '/', widgetContext: { forms: { all: { 'quell-page': '/events' } } } }, '/'],
    [{ path: '//evil.example' }, '/'],
    [{ path: 'https://evil.example/' }, '/'],
    [{ path: ['/list'] }, '/'],
    [{ path: '/list', fields: ['constructor', '__proto__'] }, '/list'],
  ])('%j asks for %s', (event, path) => {
    expect(pathOf(event)).toBe(path);
  });

  test('what is in a link or a field cannot leave the action that it stands in', () => {
    const html = widgetOf(
      '<a href="/people/%3C&lt;/cwdb-action&gt;&amp;&quot;">x</a><form method="get" action="/list"><input name="a&quot;b"><button>Go</button></form>',
      {
        endpoint: 'arn:"x"',
        style: '',
        dark: false,
        here: '/"><script>',
      },
    );
    const actions = [...html.matchAll(/<cwdb-action ([^<>]*)>([^<>]*)<\/cwdb-action>/g)].map(
      ([, , json = '']) => JSON.parse(json) as object,
    );
    expect(actions).toEqual([{ path: '/people/%3C</cwdb-action>&"' }, { path: '/list', fields: ['a"b'] }]);
    expect(html).not.toMatch(/<script|<a |href=|<form method/);
  });
});
