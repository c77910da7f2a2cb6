import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EVENTS, SUPPRESSION } from '../lambda/contract/tables.ts';
import { erasureMark } from '../lambda/domain/erasure.ts';
import { packMessages } from '../lambda/domain/message.ts';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { eventually, type Item } from './support/driver.ts';
import { ERASURE_SECRET, Feeds, feedSettings } from './support/feeds/feeds.ts';
import { ops } from './support/ops.ts';

/** A day out of the archive and through the queue again. */

const NOW = Math.floor(Date.now() / 1000);
const root = mkdtempSync(join(tmpdir(), 'quell-replay-'));

let local: LocalStack;
let feeds: Feeds;
let dynamo: DynamoDBClient;

beforeAll(async () => {
  const { key, ...files } = feedSettings();
  local = await startLocal({ port: 0, quiet: true, home: join(root, '.local'), ...files });
  feeds = new Feeds(local, key);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  dynamo = new DynamoDBClient({ endpoint: local.stack.endpoints.dynamodb, region: 'us-east-1', credentials });
  await fill();
}, 60_000);

afterAll(async () => {
  dynamo?.destroy();
  feeds?.close();
  await stopWithCleanLogs(local);
});

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
  await remove(names.events, [EVENTS.partitionKey, EVENTS.sortKey], await feeds.driver.events());
  await remove(names.suppression, [SUPPRESSION.partitionKey], await feeds.driver.suppression());
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
