import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EVENTS as EVENTS_TABLE, SUPPRESSION as SUPPRESSION_TABLE } from '../lambda/contract/tables.ts';
import { erasureMark } from '../lambda/domain/erasure.ts';
import { packMessages } from '../lambda/domain/message.ts';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { eventually, type Item, signSns, signSnsConfirmation } from './support/driver.ts';
import {
  type BusEvent,
  ERASURE_SECRET,
  Feeds,
  feedSettings,
  schemaErrors,
  TOPIC,
  transformed,
} from './support/feeds/feeds.ts';
import { integrationRules } from './support/feeds/integrations.ts';
import { passes } from './support/feeds/pattern.ts';
import { ops } from './support/ops.ts';
import { type FaultyProxy, faultyProxy, unavailable } from './support/surroundings/faulty-proxy.ts';
import { snsCertificate } from './support/surroundings/sns-certificate.ts';

/** What the rest of a company is fed with: the bus and the archive, in the local stack; and the archive fed to the stack again. */

const NOW = Math.floor(Date.now() / 1000);
const LONG_URL = `https://shop.example.com/?q=${'x'.repeat(2000)}`;

const root = mkdtempSync(join(tmpdir(), 'quell-feeds-'));

let local: LocalStack;
let dynamo: DynamoDBClient;
let feeds: Feeds;
let bus: FaultyProxy;
let snsKey: string;

beforeAll(async () => {
  const sns = await snsCertificate();
  snsKey = sns.signingKey;
  const { key, ...files } = feedSettings();
  writeFileSync(join(root, 'sns.pem'), sns.certificate);
  local = await startLocal({
    port: 0,
    quiet: true,
    timeScale: 0.02,
    ...files,
    home: join(root, '.local'),
    snsCert: join(root, 'sns.pem'),
    wrapEndpoint: async (service, url) => {
      if (service !== 'eventbridge') return url;
      bus = await faultyProxy(url);
      return bus.url;
    },
  });
  feeds = new Feeds(local, key);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  dynamo = new DynamoDBClient({ endpoint: local.stack.endpoints.dynamodb, region: 'us-east-1', credentials });
}, 60_000);

afterAll(async () => {
  dynamo?.destroy();
  feeds?.close();
  await stopWithCleanLogs(local);
  await bus?.stop();
});

// First of all: it counts what is there.
describe('a day out of the archive and through the queue again', () => {
  beforeAll(() => fill(), 60_000);

  const sendgrid = (email: string, event: string, n: number, over: object = {}) => ({
    email,
    event,
    timestamp: NOW - 3600 + n,
    sg_message_id: `${event}-${email.split('@')[0]}-${n}.f`,
    ...over,
  });
  const hard = { type: 'bounce', status: '5.1.1', reason: '550 5.1.1 user unknown' };
  const soft = { type: 'bounce', status: '4.2.2', reason: '452 4.2.2 mailbox full' };
  const act = (kind: string, recipient: string, at: number) =>
    JSON.stringify({
      act: kind,
      recipient,
      reason: kind === 'lift' ? 'complaint' : 'manual',
      at: new Date(at * 1000).toISOString(),
      actor: 'ada',
      note: 'by hand',
    });
  const LIVE = 52;

  async function fill(): Promise<void> {
    const many = Array.from({ length: 40 }, (_none, n) => sendgrid(`reader-${n}@example.com`, 'open', n));
    const series = Array.from({ length: 5 }, (_none, n) => sendgrid('full@example.com', 'bounce', n, soft));
    await feeds.send(many);
    await feeds.send([
      sendgrid('gone@example.com', 'bounce', 1, hard),
      sendgrid('angry@example.com', 'spamreport', 2),
      sendgrid('left@example.com', 'unsubscribe', 3),
      sendgrid('back@example.com', 'spamreport', 4),
    ]);
    for (const event of series) await feeds.send([event]);
    const receivedAt = new Date().toISOString();
    const envelope = {
      source: 'operator',
      channel: 'operator',
      receivedAt,
      requestId: 'cli',
      origin: 'operator',
    } as const;
    const acts = [act('suppress', 'manual@example.com', NOW), act('lift', 'back@example.com', NOW)];
    for (const body of packMessages(envelope, acts)) await feeds.enqueue(body, 'acts');
    await feeds.sendLast(sendgrid('erased@example.com', 'spamreport', 5));
    await eventually(async () => expect(await feeds.archived()).toHaveLength(LIVE));
  }

  const between = [
    '--from',
    new Date((NOW - 3600) * 1000).toISOString(),
    '--to',
    new Date((NOW + 3600) * 1000).toISOString(),
  ];
  const replay = async (...options: string[]) => {
    const ran = await ops(['replay', ...between, '--local', '--json', ...options], { root });
    await feeds.driver.nothingUnderWay();
    return { code: ran.code, err: ran.err, ...(ran.json()[0] as { events: number; done: boolean; counts: object }) };
  };

  const tables = async () => ({
    events: sorted(await feeds.driver.events()),
    suppression: sorted(await feeds.driver.suppression()),
  });
  const sorted = (items: readonly Item[]): Item[] =>
    items
      .map(({ replayed: _replayed, replayedVersion: _quiet, version: _version, updatedAt: _at, ...item }) => item)
      .sort((a, b) => (`${a.recipient} ${a.eventKey}` < `${b.recipient} ${b.eventKey}` ? -1 : 1));

  async function empty(): Promise<void> {
    const { tables: names } = local.stack;
    const remove = async (table: string, keys: readonly string[], items: readonly Item[]) => {
      for (let at = 0; at < items.length; at += 25) {
        const requests = items.slice(at, at + 25).map((item) => ({
          DeleteRequest: { Key: Object.fromEntries(keys.map((name) => [name, { S: String(item[name]) }])) },
        }));
        await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
      }
    };
    await remove(names.events, [EVENTS_TABLE.partitionKey, EVENTS_TABLE.sortKey], await feeds.driver.events());
    await remove(names.suppression, [SUPPRESSION_TABLE.partitionKey], await feeds.driver.suppression());
  }

  /** Events on the bus before the first replay. */
  let published: number;

  describe('a replay', () => {
    test('that is dry counts and sends nothing', async () => {
      const { code, events, counts } = await replay('--dry-run');
      expect({ code, events }).toEqual({ code: 0, events: LIVE });
      expect(counts).toMatchObject({ 'sendgrid opened': 40, 'sendgrid complained': 3, 'operator lifted': 1 });
      expect(await replay('--dry-run', '--type', 'complained')).toMatchObject({ events: 3 });
      expect(await replay('--dry-run', '--source', 'operator')).toMatchObject({ events: 2 });
      expect(await replay('--dry-run', '--source', 'nobody').catch(() => undefined)).toMatchObject({ code: 2 });
    });

    test('into the same tables changes nothing, publishes nothing and is not archived again', async () => {
      const before = { events: await feeds.driver.events(), suppression: await feeds.driver.suppression() };
      published = (await feeds.published()).length;
      expect(await replay()).toMatchObject({ code: 0, events: LIVE, done: true });
      expect({ events: await feeds.driver.events(), suppression: await feeds.driver.suppression() }).toEqual(before);
      expect(await feeds.published()).toHaveLength(published);
      expect(await feeds.archived()).toHaveLength(LIVE);
    });

    test('into emptied tables rebuilds them, interrupted and resumed, without telling anybody', async () => {
      const before = await tables();
      expect(before.suppression.map(({ recipient }) => recipient)).toEqual(
        ['angry', 'back', 'erased', 'full', 'gone', 'left', 'manual'].map((name) => `${name}@example.com`),
      );
      await empty();
      expect(await tables()).toEqual({ events: [], suppression: [] });

      expect(await replay('--limit', '41')).toMatchObject({ code: 1, done: false });
      const half = (await feeds.driver.events()).length;
      expect(half).toBeGreaterThan(0);
      expect(half).toBeLessThan(before.events.length);
      const rest = await replay();
      expect(rest).toMatchObject({ code: 0, events: LIVE, done: true });
      expect(rest.err).toContain('Going on after');
      expect(await tables()).toEqual(before);
      expect(await feeds.published()).toHaveLength(published);

      // In order: what the replays above had told anybody of would come before what is new, and lie in the archive before it.
      await feeds.send([sendgrid('angry@example.com', 'bounce', 9, hard)]);
      await eventually(async () => {
        const fresh = (await feeds.published()).slice(published);
        expect(fresh.map((event) => event['detail-type']).sort()).toEqual(['Email Event', 'Suppression Changed']);
      });
      await eventually(async () => expect(await feeds.archived()).toHaveLength(LIVE + 1));
    });

    test('with --publish tells what changes', async () => {
      await empty();
      published = (await feeds.published()).length;
      await replay('--publish', '--type', 'complained');
      await eventually(async () => {
        const fresh = (await feeds.published()).slice(published);
        expect(fresh.filter((event) => event['detail-type'] === 'Email Event')).toHaveLength(3);
        expect(fresh.filter((event) => event['detail-type'] === 'Suppression Changed')).toHaveLength(3);
      });
      await replay();
    });

    test('with --rewrite renews records, as after a mended mapping; without it the old ones stand', async () => {
      const before = await tables();
      const gone = before.events.find(({ recipient }) => recipient === 'gone@example.com') as Item;
      await dynamo.send(
        new UpdateItemCommand({
          TableName: local.stack.tables.events,
          Key: { recipient: { S: String(gone.recipient) }, eventKey: { S: String(gone.eventKey) } },
          UpdateExpression: 'SET #type = :wrong, wrongField = :wrong REMOVE bounceClass',
          ExpressionAttributeNames: { '#type': 'type' },
          ExpressionAttributeValues: { ':wrong': { S: 'unknown' } },
        }),
      );
      await replay('--source', 'sendgrid');
      expect((await tables()).events).not.toEqual(before.events);
      await replay('--rewrite', '--source', 'sendgrid');
      expect(await tables()).toEqual(before);
    });

    test('leaves erased people out', async () => {
      await empty();
      await dynamo.send(
        new PutItemCommand({
          TableName: local.stack.tables.suppression,
          Item: {
            recipient: { S: erasureMark(ERASURE_SECRET, 'erased@example.com') },
            erasedAt: { S: new Date().toISOString() },
          },
        }),
      );
      published = (await feeds.published()).length;
      await replay('--publish');
      const { events, suppression } = await tables();
      await feeds.sendLast(sendgrid('last@example.com', 'spamreport', 11));
      const fresh = (await feeds.published()).slice(published);
      expect(fresh.length).toBeGreaterThan(2);
      expect(JSON.stringify([events, suppression, fresh])).not.toContain('erased@');
      expect(suppression).toHaveLength(7);
      expect((await feeds.published()).filter(({ detail }) => String(detail.recipient).startsWith('~'))).toEqual([]);
    });
  });

  test.each([
    [['--from', '2026-05-04']],
    [['--from', '2026-05-05', '--to', '2026-05-04']],
    [['--from', 'x', '--to', '2026-05-04']],
    [['--from', '2026-05-04', '--to', '2026-05-05', '--type', 'bouncd']],
  ])('%j is wrong usage', async (options) => {
    expect((await ops(['replay', ...options, '--local'], { root })).code).toBe(2);
  });

  test('a time without events is told', async () => {
    expect(await ops(['replay', '--from', '2020-01-01', '--to', '2020-01-02', '--local'], { root })).toMatchObject({
      code: 1,
    });
  });
});

const COUNT = process.env.NIGHTLY === undefined ? 300 : 1000;
const KINDS = ['delivered', 'open', 'click', 'bounce', 'spamreport', 'deferred'] as const;
const EVENTS = Array.from({ length: COUNT }, (_none, n) => {
  const event = KINDS[n % KINDS.length];
  return {
    email: `person-${n}@example.com`,
    event,
    timestamp: NOW,
    sg_message_id: `m-${n}.f`,
    ...(event === 'bounce' && {
      type: 'bounce',
      status: '5.1.1',
      reason: '550 5.1.1 user unknown',
      order_id: `o-${n}`,
    }),
    ...(event === 'click' && { url: LONG_URL }),
  };
});
const numbers = (...kinds: string[]) =>
  EVENTS.filter(({ event }) => kinds.includes(event ?? ''))
    .map(({ email }) => email)
    .sort();
const recipients = (events: readonly BusEvent[], type: string): string[] =>
  events.filter((event) => event['detail-type'] === type).map(({ detail }) => String(detail.recipient));

/** Each once, however often the bus was told. */
const surges = (events: readonly BusEvent[]): BusEvent[] => [
  ...new Map(
    events
      .filter((event) => event['detail-type'] === 'Clicks Surging')
      .map((event) => [event.detail.fingerprint, event]),
  ).values(),
];

/** What each rule of docs/integrations lets through of the events above, by their kinds; all else it keeps out. */
const RULES: Readonly<Record<string, { readonly events: readonly string[]; readonly changes: boolean }>> = {
  'crm/CrmRule': { events: [], changes: true },
  'forward/Forward': { events: ['bounce', 'click', 'spamreport'], changes: true },
  'lambda/AnswerRule': { events: [], changes: true },
  'order-status/StatusRule': { events: ['bounce'], changes: false },
  'queue/ChangesRule': { events: ['bounce', 'click', 'spamreport'], changes: true },
  'slack/BounceRule': { events: ['bounce'], changes: false },
  'slack/ClickRule': { events: ['click'], changes: false },
  'slack/SurgeRule': { events: [], changes: false },
};

const SURGE_RULES: ReadonlySet<string> = new Set(['forward/Forward', 'queue/ChangesRule', 'slack/SurgeRule']);

/** Read before the stack runs: it takes a while, in which nobody would answer it. */
const rules = integrationRules();

describe('the bus', () => {
  let told = 0;
  beforeAll(async () => {
    told = (await feeds.published()).length;
  });
  const fresh = async () => (await feeds.published()).slice(told);

  test(`${COUNT} mixed events give exactly the published set, while the bus refuses for a time`, async () => {
    let refusals = 0;
    bus.fault = ({ operation, body }) => {
      if (operation !== 'PutEvents') return undefined;
      refusals += 1;
      if (refusals < 4) return unavailable;
      const entries = body.Entries as object[];
      // A 200 in which every entry failed.
      if (refusals % 3 === 0)
        return {
          status: 200,
          json: { FailedEntryCount: entries.length, Entries: entries.map(() => ({ ErrorCode: 'InternalFailure' })) },
        };
      return undefined;
    };
    for (let at = 0; at < EVENTS.length; at += 100) expect(await feeds.send(EVENTS.slice(at, at + 100))).toBe(200);
    const published = await eventually(async () => {
      const seen = await fresh();
      expect(surges(seen)).not.toEqual([]);
      expect(new Set(recipients(seen, 'Email Event')).size).toBe(numbers('bounce', 'spamreport', 'click').length);
      expect(new Set(recipients(seen, 'Suppression Changed')).size).toBe(numbers('bounce', 'spamreport').length);
      return seen;
    }, 20_000);
    bus.fault = () => undefined;
    expect([...new Set(recipients(published, 'Email Event'))].sort()).toEqual(numbers('bounce', 'spamreport', 'click'));
    expect([...new Set(recipients(published, 'Suppression Changed'))].sort()).toEqual(numbers('bounce', 'spamreport'));
    expect(published.flatMap(schemaErrors)).toEqual([]);
    // All clicks were on one link, each in a mail of its own.
    expect(surges(published).map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ kind: 'link', link: 'https://shop.example.com/', clicks: expect.any(Number) }),
    ]);
    const click = published.find(({ detail }) => detail.type === 'clicked');
    expect(click?.detail).toMatchObject({ url: LONG_URL, provider: 'sendgrid', source: 'sendgrid' });
    expect(click?.detail).not.toHaveProperty('truncated');
    const complaint = published.find(
      ({ detail }) => detail.recipient === 'person-4@example.com' && detail.version === 1,
    );
    expect(complaint?.detail).toMatchObject({
      change: 'suppressed',
      before: null,
      after: { reasons: ['complaint'], suppressedUntil: 253402300799 },
      because: [{ reason: 'complaint', event: 'spamreport', source: 'sendgrid' }],
    });
  });

  test('each rule of docs/integrations takes of it what its page says, and what its target reads is there', async () => {
    const published = await fresh();
    expect(rules.map(({ name }) => name)).toEqual(Object.keys(RULES));
    for (const { name, pattern, targets } of rules) {
      const { events, changes } = RULES[name] as (typeof RULES)[string];
      const taken = published.filter((event) => passes(pattern, event));
      expect([name, [...new Set(recipients(taken, 'Email Event'))].sort()]).toEqual([name, numbers(...events)]);
      expect([name, new Set(recipients(taken, 'Suppression Changed')).size]).toEqual([
        name,
        changes ? numbers('bounce', 'spamreport').length : 0,
      ]);
      expect([name, surges(taken).length]).toEqual([name, SURGE_RULES.has(name) ? 1 : 0]);
      const paths = targets.flatMap(({ InputTransformer }) => Object.values(InputTransformer?.InputPathsMap ?? {}));
      for (const path of paths) {
        const found = (event: object): unknown =>
          path
            .split('.')
            .slice(1)
            .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], event);
        expect([name, path, taken.every((event) => found(event) !== undefined)]).toEqual([name, path, true]);
      }
    }
  });

  test('the same events again publish nothing, a new one its change', async () => {
    // What the bus had refused is told again, and may be there twice.
    await feeds.sendLast({ ...EVENTS[4], email: 'newest@example.com', sg_message_id: 'newest.f' });
    const before = (await feeds.published()).length;
    expect(await feeds.send(EVENTS.slice(0, 100))).toBe(200);
    await feeds.driver.nothingUnderWay();
    await feeds.send([
      {
        email: 'person-4@example.com',
        event: 'bounce',
        type: 'bounce',
        status: '5.1.1',
        timestamp: NOW,
        sg_message_id: 'z.f',
      },
    ]);
    // Tables are told of in order: what the repetition had caused would have come before.
    const fresh = await eventually(async () => {
      const seen = (await feeds.published()).slice(before);
      expect(seen.map((event) => event['detail-type']).sort()).toEqual(['Email Event', 'Suppression Changed']);
      return seen;
    });
    expect(fresh.find(({ detail }) => detail.version === 2)?.detail).toMatchObject({
      change: 'updated',
      before: { reasons: ['complaint'] },
      after: { reasons: ['complaint', 'hard_bounce'] },
      because: [{ reason: 'hard_bounce' }],
    });
  });
});

describe('the archive', () => {
  test('holds every raw event to the letter, 17-digit ids included, with its envelope', async () => {
    const raw = `{ "email":"exact@example.com","event":"delivered" , "timestamp":${NOW},"id":20547674933128001,"sg_message_id":"exact.f","note":"\\u00fcber\\nline" }`;
    expect(await feeds.send(`[${raw}]`)).toBe(200);
    const lines = await eventually(async () => {
      const found = await feeds.archived();
      expect(found.some((line) => line.raw === raw)).toBe(true);
      return found;
    });
    expect(lines.find((line) => line.raw === raw)).toMatchObject({
      source: 'sendgrid',
      provider: 'sendgrid',
      channel: 'https',
      origin: 'live',
      requestId: expect.any(String),
      receivedAt: expect.stringMatching(/^\d{4}-/),
      events: [{ type: 'delivered', recipient: 'exact@example.com', fingerprint: expect.any(String) }],
    });
    const texts = new Set(lines.map((line) => line.raw));
    for (const event of EVENTS) expect(texts.has(JSON.stringify(event))).toBe(true);
  });
});

describe('SES', () => {
  const timestamp = new Date(NOW * 1000).toISOString();
  const bounce = (address: string) => ({
    eventType: 'Bounce',
    mail: { messageId: '0102-000000', timestamp, source: 'us@example.com', destination: [address] },
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: address, action: 'failed', status: '5.1.1' }],
      timestamp,
      feedbackId: `fb-${address}`,
    },
  });
  const stored = async (address: string) =>
    (await feeds.driver.events()).filter(({ recipient }) => recipient === address);
  const onBus = (detail: object) => ({
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'Email Bounced',
    source: 'aws.ses',
    account: '111122223333',
    time: timestamp.replace('.000Z', 'Z'),
    region: 'eu-west-1',
    resources: [],
    detail,
  });

  test('a bounce over HTTPS, over SNS to SQS and over EventBridge is one event', async () => {
    const { body, headers } = signSns(bounce('thrice@example.com'), TOPIC, snsKey);
    expect((await feeds.driver.post('ses-http', body, headers)).status).toBe(200);
    await feeds.enqueue(signSns(bounce('thrice@example.com'), TOPIC, snsKey).body, 'feeds');
    await feeds.enqueue(transformed('ses-bus', onBus(bounce('thrice@example.com'))), 'feeds');
    await feeds.driver.nothingUnderWay();
    const channels = await eventually(async () => {
      const lines = (await feeds.archived()).filter(({ raw }) => String(raw).includes('thrice@example.com'));
      expect(lines).toHaveLength(3);
      return lines.map(({ channel, source }) => `${channel} ${source}`).sort();
    });
    expect(channels).toEqual(['eventbridge ses-bus', 'https ses-http', 'sns ses-queue']);
    expect(await stored('thrice@example.com')).toHaveLength(1);
    expect(await feeds.driver.suppressed()).toContain('thrice@example.com');
    expect(await feeds.driver.depth('deadLetter')).toBe(0);
  });

  test.each([
    ['SNS', 'ses-queue', (address: string) => signSns(bounce(address), TOPIC, snsKey).body],
    ['EventBridge', 'ses-bus', (address: string) => transformed('ses-bus', onBus(bounce(address)))],
  ])('over %s alone it is the same event, of the source that the settings name', async (channel, source, message) => {
    const address = `${channel.toLowerCase()}@example.com`;
    await feeds.enqueue(message(address), 'feeds');
    const [event] = await eventually(async () => {
      const found = await stored(address);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(event).toMatchObject({
      source,
      type: 'bounced',
      bounceClass: 'hard',
      eventKey: expect.stringContaining(timestamp),
    });
  });

  test('a topic that no source receives through the queue is a dead letter', async () => {
    await feeds.enqueue(signSns(bounce('x@example.com'), TOPIC.replace('feedback', 'other'), snsKey).body, 'feeds');
    const [letter] = await eventually(async () => {
      const found = await feeds.driver.deadLetters();
      expect(found).toHaveLength(1);
      return found;
    });
    expect(letter?.reason).toBe('unreadable-message');
    await feeds.driver.drain('deadLetter');
  });

  test('the owner of a topic, who can put any text on the queue, becomes no operator, no other source and no subscriber', async () => {
    const at = new Date().toISOString();
    const envelope = {
      source: 'operator',
      channel: 'operator',
      receivedAt: at,
      requestId: 'r',
      origin: 'operator',
    } as const;
    const act = {
      act: 'suppress',
      recipient: 'anybody@example.com',
      reason: 'manual',
      at,
      actor: 'the-owner',
      note: 'x',
    };
    const event = { event: 'spamreport', email: 'anybody@example.com', timestamp: Math.floor(Date.now() / 1000) };
    const texts = [
      ...packMessages(envelope, [JSON.stringify(act)]),
      ...packMessages({ ...envelope, source: 'sendgrid', channel: 'https', origin: 'live' }, [JSON.stringify(event)]),
      signSnsConfirmation(TOPIC, snsKey).body,
    ];
    for (const text of texts) await feeds.enqueue(text, 'feeds');
    // A taken-over `receive` becomes no operator either.
    await feeds.enqueue(texts[0] ?? '');
    const reasons = await eventually(async () => {
      const found = await feeds.driver.deadLetters();
      expect(found).toHaveLength(4);
      return found.map(({ reason }) => reason).sort();
    });
    expect(reasons).toEqual(['control-refused', 'wrong-queue', 'wrong-queue', 'wrong-queue']);
    expect(await stored('anybody@example.com')).toEqual([]);
    expect(await feeds.driver.suppressed()).not.toContain('anybody@example.com');
  });
});
