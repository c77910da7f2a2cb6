import { CreateTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EventStore } from '../../../lambda/aws/dynamodb/events.ts';
import { takeFailures } from '../../../lambda/aws/dynamodb/statements.ts';
import { SuppressionStore } from '../../../lambda/aws/dynamodb/suppression.ts';
import { SurgeStore } from '../../../lambda/aws/dynamodb/surges.ts';
import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import type { Judgement, Mark } from '../../../lambda/domain/suppression/suppression.ts';
import type { Surge } from '../../../lambda/domain/surges/surge.ts';
import { WaitingClicks } from '../../../lambda/domain/surges/waiting.ts';
import { noticeSurges } from '../../../lambda/handlers/process/notice/surges.ts';
import type { RecordedEvent } from '../../../lambda/handlers/process/record.ts';
import { type Emulator, startDynamo } from '../../../lib/local/emulators/dynoxide.ts';
import { startWatchdog } from '../../../lib/local/watchdog/watchdog.ts';
import { type FaultyProxy, faultyProxy, throttled } from '../../support/surroundings/faulty-proxy.ts';
import { givenTime } from '../../support/surroundings/given-time.ts';

/** Both stores against a real emulator over HTTP, with a proxy between that fails on command. */

const watchdog = startWatchdog();
const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };
let dynamo: Emulator;
let proxy: FaultyProxy;
let client: DynamoDBClient;
let tables = 0;
let table: string;

beforeAll(async () => {
  dynamo = await startDynamo(watchdog);
  proxy = await faultyProxy(dynamo.url);
  client = new DynamoDBClient({ ...AWS, endpoint: proxy.url });
});
beforeEach(async () => {
  table = `table-${tables++}`;
});
afterEach(() => {
  proxy.fault = () => undefined;
  proxy.calls.length = 0;
});
afterAll(async () => {
  client.destroy();
  await proxy.stop();
  await dynamo.stop();
  watchdog.stop();
});

async function makeTable(...keys: string[]): Promise<void> {
  const types = ['HASH', 'RANGE'] as const;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: types[index] as 'HASH' })),
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    }),
  );
  proxy.calls.length = 0;
}

async function items(): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const page of paginateScan({ client }, { TableName: table }))
    found.push(...(page.Items ?? []).map((item) => unmarshall(item)));
  return found;
}

const soon = (ms = 3000): number => Date.now() + ms;

describe('event store', () => {
  const event = (n: number, over: Partial<NormalisedEvent> = {}): NormalisedEvent => ({
    fingerprint: String(n).padStart(32, '0'),
    type: 'delivered',
    source: 's',
    provider: 'sendgrid',
    providerEvent: 'delivered',
    recipient: `person-${n}@example.com`,
    occurredAt: new Date().toISOString().replace(/\d{3}Z/, '000Z'),
    receivedAt: new Date().toISOString(),
    ...over,
  });
  const store = (): EventStore => new EventStore(client, table, 35);
  beforeEach(() => makeTable('recipient', 'eventKey'));

  test('100 events are 4 requests; the second time all are seen and nothing changes', async () => {
    const events = Array.from({ length: 100 }, (_none, n) => event(n));
    expect(new Set(await store().record(events, soon()))).toEqual(new Set(['new']));
    expect(proxy.calls).toEqual(new Array(4).fill('BatchExecuteStatement'));
    const before = await items();
    expect(new Set(await store().record(events, soon()))).toEqual(new Set(['seen']));
    expect(await items()).toEqual(before);
    expect(before).toHaveLength(100);
  });

  test('the same event twice in one batch does not refuse its neighbours', async () => {
    expect(await store().record([event(1), event(2), event(1), event(3)], soon())).toEqual([
      'new',
      'new',
      'seen',
      'new',
    ]);
    expect(await items()).toHaveLength(3);
  });

  test('an item that the table will never take is poison, alone', async () => {
    const huge = event(2, { diagnostic: 'x'.repeat(420 * 1024) });
    expect(await store().record([event(1), huge, event(3)], soon())).toEqual(['new', 'poison', 'new']);
  });

  test('throttled requests and throttled statements inside a 200 are tried again', async () => {
    let refusals = 0;
    proxy.fault = ({ body }) => {
      refusals++;
      if (refusals === 1) return throttled;
      if (refusals > 3) return undefined;
      return {
        status: 200,
        json: { Responses: (body.Statements as object[]).map(() => ({ Error: { Code: 'ThrottlingError' } })) },
      };
    };
    expect(await store().record([event(1), event(2)], soon())).toEqual(['new', 'new']);
    expect(refusals).toBe(4);
  });

  test('a table at its capacity finishes what comes first, again and again, and is not asked for what comes last', async () => {
    // Four hundred writes a second: with all events asked at once, each message would be begun and none finished.
    let [since, used] = [Date.now(), 0];
    proxy.fault = ({ body }) => {
      if (used + (body.Statements as object[]).length > (Date.now() - since) * 0.4) return throttled;
      used += (body.Statements as object[]).length;
      return undefined;
    };
    const events = Array.from({ length: 1000 }, (_none, n) => event(n));
    const recorded = await store().record(events, soon(1500));
    since = 0;
    const stored = recorded.lastIndexOf('new') + 1;
    expect(stored).toBeGreaterThan(50);
    expect(stored).toBeLessThan(900);
    // At most what four requests side by side held.
    expect(recorded.slice(0, stored).filter((outcome) => outcome === 'failed').length).toBeLessThanOrEqual(100);
  });

  test('a table that stays away: failed by the deadline, and soon after it', async () => {
    proxy.fault = () => 'cut';
    const given = givenTime();
    expect(await store().record([event(1)], soon(400))).toEqual(['failed']);
    expect(given()).toBeLessThan(3000);
  });

  test('a slow table: no request is begun after the deadline', async () => {
    proxy.fault = async () => {
      await new Promise((done) => setTimeout(done, 300));
      return undefined;
    };
    // Of a thousand, twenty-five a request and four requests side by side, all would take three seconds.
    const events = Array.from({ length: 1000 }, (_none, n) => event(n));
    const given = givenTime();
    const recorded = await store().record(events, soon(1500));
    expect(given()).toBeLessThan(2200);
    expect(recorded.filter((outcome) => outcome === 'failed').length).toBeGreaterThan(0);
    expect(recorded.filter((outcome) => outcome === 'new').length).toBeGreaterThan(0);
  });

  test('an event past its retention is not written, and counts as new so that it still has its effects', async () => {
    const old = event(1, { occurredAt: '2020-01-01T00:00:00.000Z', receivedAt: '2020-01-02T00:00:00.000Z' });
    expect(await store().record([old], soon())).toEqual(['new']);
    expect(await items()).toEqual([]);
  });

  test('an ordinary event is one write unit: under 1,024 bytes, names included', async () => {
    await store().record(
      [
        event(1, {
          messageId: '14c5d75ce93.dfd.64b469',
          providerEventId: 'c2VuZGdyaWQ',
          tags: ['welcome'],
          userAgent: 'x'.repeat(200),
        }),
      ],
      soon(),
    );
    const [item = {}] = await items();
    const bytes = Object.entries(item).reduce(
      (sum, [name, value]) => sum + name.length + Buffer.byteLength(JSON.stringify(value)),
      0,
    );
    expect(bytes).toBeLessThan(1024);
  });
});

describe('suppression store', () => {
  const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
  const complaint = (second: number, over: Partial<Mark> = {}): Judgement => ({
    reason: 'complaint',
    mark: {
      at: at(second),
      until: FOREVER,
      fingerprint: String(second).padStart(32, '0'),
      source: 's',
      event: 'spamreport',
      ...over,
    },
  });
  const store = (): SuppressionStore => new SuppressionStore(client, table);
  const one = (...judgements: Judgement[]) => new Map([['ada@example.com', { judgements }]]);
  const ADA = new Set(['ada@example.com']);
  beforeEach(() => makeTable('recipient'));

  test('what is stored is what readers need, and known evidence writes nothing', async () => {
    expect(await store().apply(one(complaint(1)), soon())).toMatchObject({ changed: ADA, failed: new Set() });
    const [before] = await items();
    expect(before).toMatchObject({
      recipient: 'ada@example.com',
      suppressedUntil: FOREVER,
      transactionalUntil: FOREVER,
      scopes: {},
      version: 1,
    });
    proxy.calls.length = 0;
    expect(await store().apply(one(complaint(1)), soon())).toMatchObject({ changed: new Set(), failed: new Set() });
    expect(proxy.calls).toEqual(['BatchGetItem']);
    expect(await items()).toEqual([before]);
  });

  test('a race lost on purpose, on insert and on update, is read and folded again', async () => {
    for (const [mine, theirs] of [
      [complaint(1), complaint(2)],
      [complaint(3), { ...complaint(4), reason: 'manual' as const }],
    ] as const) {
      let raced = false;
      proxy.fault = async ({ operation }) => {
        if (operation === 'BatchExecuteStatement' && !raced) {
          raced = true;
          // Between our read and our write somebody else writes.
          const other = new SuppressionStore(new DynamoDBClient({ ...AWS, endpoint: dynamo.url }), table);
          expect((await other.apply(one(theirs), soon())).changed).toEqual(ADA);
        }
        return undefined;
      };
      expect((await store().apply(one(mine), soon())).failed.size).toBe(0);
      expect(raced).toBe(true);
    }
    const [item] = await items();
    expect(item).toMatchObject({ version: 3, reasons: { complaint: [{ at: at(3) }], manual: [{ at: at(4) }] } });
  });

  test('200 recipients are read 100 at a time and written 25 at a time', async () => {
    const many = new Map(
      Array.from({ length: 200 }, (_none, n) => [`person-${n}@example.com`, { judgements: [complaint(n)] }]),
    );
    expect((await store().apply(many, soon(20_000))).changed.size).toBe(200);
    expect(proxy.calls.filter((call) => call === 'BatchGetItem')).toHaveLength(2);
    expect(proxy.calls.filter((call) => call === 'BatchExecuteStatement')).toHaveLength(8);
  });

  test('somebody probably new is written without a look, and folded if listed after all', async () => {
    const fresh = new Set(['ada@example.com']);
    expect(await store().apply(one(complaint(1)), soon(), { fresh })).toMatchObject({ changed: ADA });
    expect(proxy.calls).toEqual(['BatchExecuteStatement']);
    expect(await store().apply(one({ ...complaint(2), reason: 'manual' }), soon(), { fresh })).toMatchObject({
      changed: ADA,
    });
    expect((await items())[0]).toMatchObject({
      version: 2,
      reasons: { complaint: [{ at: at(1) }], manual: [{ at: at(2) }] },
    });
  });

  test('keys that a read leaves unprocessed are read again', async () => {
    let once = false;
    proxy.fault = ({ operation, body }) => {
      if (operation !== 'BatchGetItem' || once) return undefined;
      once = true;
      return { status: 200, json: { Responses: {}, UnprocessedKeys: body.RequestItems } };
    };
    expect((await store().apply(one(complaint(1)), soon())).changed).toEqual(ADA);
  });

  test('what cannot be applied in time is named', async () => {
    proxy.fault = () => 'cut';
    expect(await store().apply(one(complaint(1)), soon(300))).toMatchObject({
      changed: new Set(),
      failed: new Set(['ada@example.com']),
    });
  });
});

describe('surges of clicks', () => {
  const NOW = Date.parse('2026-05-04T10:30:00Z');
  const LINK = 'https://shop.example/leak';
  let printed = 0;
  const clicks = (count: number, over: Partial<NormalisedEvent> = {}): RecordedEvent[] =>
    Array.from({ length: count }, () => ({
      message: { message: { origin: 'live', channel: 'https', source: 's' } },
      raw: '',
      outcome: 'new',
      event: {
        fingerprint: String(printed++),
        type: 'clicked',
        source: 's',
        recipient: `p${printed}@example.com`,
        messageId: `m${printed}`,
        url: `${LINK}?p=${printed}`,
        tags: ['spring'],
        occurredAt: '2026-05-04T10:00:00.000Z',
        receivedAt: '2026-05-04T10:00:01.000Z',
        ...over,
      },
    })) as unknown as RecordedEvent[];
  const means = () => ({
    ...{ store: new SurgeStore(client, table), waiting: new WaitingClicks() },
    ...{ announced: new Map<string, string>(), least: 20 },
  });
  const told = async () => (await items()).flatMap(({ surge }) => (surge === undefined ? [] : [surge as Surge]));
  const at = (hour: number, day = 4): string => new Date(Date.UTC(2026, 4, day, hour)).toISOString();

  beforeEach(() => makeTable('recipient', 'eventKey'));

  test('a link and a mail are told once, however many processes count them; what was told stands in items of their own', async () => {
    await Promise.all([1, 2, 3].map(() => noticeSurges(clicks(9), means(), NOW, soon())));
    expect((await told()).map(({ kind }) => kind).sort()).toEqual(['campaign', 'link']);
    const [link] = (await told()).filter(({ kind }) => kind === 'link');
    expect(link).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      kind: 'link',
      link: LINK,
      hour: '2026-05-04T10:00:00.000Z',
      clicks: 27,
      noticedAt: '2026-05-04T10:30:00.000Z',
    });
    await noticeSurges(clicks(100, { occurredAt: at(11), receivedAt: at(11) }), means(), NOW + 3_600_000, soon());
    expect(await told()).toContainEqual(link);
    for (const { recipient, expiresAt } of await items()) {
      expect(recipient).toMatch(/^~quell-clicks#[0-9a-f]{32}$/);
      expect(expiresAt).toBeGreaterThan(NOW / 1000);
    }
    // A day later it is another surge.
    const next = { occurredAt: at(13, 5), receivedAt: at(13, 5) };
    await noticeSurges(clicks(30, next), means(), Date.parse(at(13, 5)), soon());
    expect((await told()).filter(({ kind, clicks: many }) => kind === 'link' && many === 30)).toHaveLength(1);
  });

  test('what is usual is no surge', async () => {
    for (const hour of [5, 7, 9])
      await noticeSurges(clicks(10, { occurredAt: at(hour), receivedAt: at(hour) }), means(), NOW, soon());
    await noticeSurges(clicks(49), means(), NOW, soon());
    expect(await told()).toEqual([]);
    await noticeSurges(clicks(1), means(), NOW, soon());
    expect((await told()).find(({ kind }) => kind === 'link')).toMatchObject({ clicks: 50, usual: 10 });
  });

  test.each<[string, () => RecordedEvent[]]>([
    ['machines', () => clicks(30, { machine: true, machineWhy: 'burst' })],
    ['openings', () => clicks(30, { type: 'opened' })],
    ['repetitions', () => clicks(30).map((one) => ({ ...one, outcome: 'seen' }))],
    [
      'replays',
      () =>
        clicks(30).map((one) => ({
          ...one,
          message: { ...one.message, message: { ...one.message.message, origin: 'replay' } as never },
        })),
    ],
    [
      'what was fetched from an API',
      () =>
        clicks(30).map((one) => ({
          ...one,
          message: { ...one.message, message: { ...one.message.message, channel: 'api' } as never },
        })),
    ],
  ])('%s count nothing', async (_name, events) => {
    await noticeSurges(events(), means(), NOW, soon());
    expect(await items()).toEqual([]);
  });

  test('what was told is judged once an hour by each process, not with every batch', async () => {
    const process = means();
    await noticeSurges(clicks(30), process, NOW, soon());
    proxy.calls.length = 0;
    await noticeSurges(clicks(30), process, NOW, soon());
    expect(proxy.calls).toEqual(['UpdateItem', 'UpdateItem']);
  });

  test.each(['hang', 'cut', 'half-after'] as const)('a table that does this holds nothing up: %s', async (fault) => {
    const process = means();
    proxy.fault = () => fault;
    await noticeSurges(clicks(15), process, NOW, soon(300));
    proxy.fault = () => undefined;
    // What was counted and not answered is counted again: early rather than never.
    await noticeSurges(clicks(5), process, NOW, soon());
    expect(await told()).toHaveLength(2);
  });

  test('a table that refuses holds nothing up, and what it refused is counted with the next batch', async () => {
    const process = means();
    takeFailures();
    proxy.fault = () => throttled;
    await noticeSurges(clicks(15), process, NOW, soon());
    proxy.fault = () => undefined;
    expect(await items()).toEqual([]);
    expect(takeFailures().throttled).toBe(2);
    await noticeSurges(clicks(5), process, NOW, soon());
    expect(await told()).toHaveLength(2);
  });
});
