import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { count, emptyTally } from '../../bench/aws/tally.ts';
import { archiveBilled, billedChunks, itemBytes, statementItem, writeUnits } from '../../bench/aws/units.ts';
import {
  archive,
  BREAK_EVEN,
  type PerEvent,
  perMillion,
  provisioned,
  published,
  storage,
  total,
  variants,
} from '../../bench/cost/model.ts';
import { PRICES } from '../../bench/cost/prices.ts';
import { keysOf, type Results, TO_HOLD } from '../../bench/keys.ts';
import { median, quantile, ratio } from '../../bench/stats.ts';

describe('what is billed', () => {
  test('an item is its names and its values', () => {
    // recipient 9 + a@b.c 5; n 1 + five digits 4; ok 3 + 1; tags 4 + list 3 + (1 + 2) + (1 + 2); m 1 + map 3 + 1 + k 1 + v 1
    expect(itemBytes({ recipient: { S: 'a@b.c' } })).toBe(14);
    expect(itemBytes({ n: { N: '12345' } })).toBe(5);
    expect(itemBytes({ n: { N: '-12345' } })).toBe(6);
    expect(itemBytes({ ok: { BOOL: true } })).toBe(3);
    expect(itemBytes({ tags: { L: [{ S: 'ab' }, { S: 'é' }] } })).toBe(13);
    expect(itemBytes({ m: { M: { k: { S: 'v' } } } })).toBe(7);
  });

  test.each([
    [0, 1],
    [1024, 1],
    [1025, 2],
    [5000, 5],
  ])('%i bytes are %i write units', (bytes, units) => {
    expect(writeUnits(bytes)).toBe(units);
  });

  test('a started 64 KB is a request, a started 5 KB of the archive is 5 KB', () => {
    expect([0, 65_536, 65_537, 448_430].map(billedChunks)).toEqual([1, 1, 2, 7]);
    expect([1, 5120, 5121].map(archiveBilled)).toEqual([5120, 5120, 10_240]);
  });

  test('a statement names its table and its item', () => {
    const insert = statementItem(`INSERT INTO "t-1" VALUE {'a':?,'b':?}`, [{ S: 'x' }, { N: '1' }]);
    expect(insert).toEqual({ table: 't-1', item: { a: { S: 'x' }, b: { N: '1' } } });
    const update = statementItem(`UPDATE "t-2" SET "a"=? WHERE "k"=?`, [{ S: 'x' }, { S: 'y' }]);
    expect(update).toEqual({ table: 't-2', item: { a: { S: 'x' }, k: { S: 'y' } } });
  });

  test('calls are counted with what they carry', () => {
    const tally = emptyTally();
    const send = (input: object, operation: string) => count(tally, operation, input as never);
    send({ Entries: [{ MessageBody: 'x'.repeat(60_000) }, { MessageBody: 'é'.repeat(10_000) }] }, 'SendMessageBatch');
    send({ Statements: [{ Statement: `INSERT INTO "t" VALUE {'a':?}`, Parameters: [{ S: 'x' }] }] }, STATEMENTS);
    send({ RequestItems: { t: { Keys: [{}, {}, {}], ConsistentRead: true } } }, 'BatchGetItem');
    send({ Key: {} }, 'GetItem');
    expect(tally).toMatchObject({ queueBytes: 80_000, queueMessages: 2, queueChunks: 2 });
    expect(tally.calls).toEqual({ SendMessageBatch: 1, [STATEMENTS]: 1, BatchGetItem: 1, GetItem: 1 });
    expect(tally.readUnits).toEqual({ BatchGetItem: 3, GetItem: 0.5 });
    expect(tally.tables).toEqual({ t: { items: 1, bytes: 2, units: 1, consumed: 0 } });
  });
});

const STATEMENTS = 'BatchExecuteStatement';

/** One event per request, full batches of ten. */
const EVENT: PerEvent = {
  requests: 1,
  sendChunks: 1,
  receiveChunks: 0.1,
  deletes: 0.1,
  batches: 0.1,
  eventWriteUnits: 1,
  indexWriteUnits: 0.04,
  suppressionWriteUnits: 0.02,
  readUnits: 0.02,
  receiveCpuMs: 0,
  processCpuMs: 0,
  logBytes: 20,
  itemBytes: 400,
  archiveBilledBytes: 1024,
  archiveBytes: 1000,
  busEvents: 0.04,
};

describe('the cost model', () => {
  test('adds up what a million events ask for', () => {
    const lines = perMillion(EVENT);
    expect(lines['HTTP API']).toBeCloseTo(1);
    expect(lines['Lambda requests']).toBeCloseTo(1.1 * 0.2);
    // 8 ms at half a GB
    expect(lines['Lambda, receive']).toBeCloseTo(0.004 * 13.3334);
    // a tenth of four waits of 6 ms
    expect(lines['Lambda, process']).toBeCloseTo(0.0012 * 13.3334);
    expect(lines['SQS send']).toBeCloseTo(0.4);
    expect(lines['SQS receive and delete']).toBeCloseTo(0.2 * 0.4);
    expect(lines['DynamoDB, events']).toBeCloseTo(0.625);
    expect(lines['DynamoDB, index by hour']).toBeCloseTo(0.04 * 0.625);
    expect(lines['DynamoDB, suppression']).toBeCloseTo(0.02 * 0.625 + 0.02 * 0.125);
    expect(lines['EventBridge, publish']).toBeCloseTo(0.04 * 1.2);
    expect(lines['CloudWatch Logs']).toBeCloseTo(0.01);
    expect(total(lines)).toBeCloseTo(2.4923, 3);
  });

  test('knows what a capacity costs by how much of it is used', () => {
    // An hour of one write a second is 3,600 writes: $0.1806 a million when all of it is used.
    const lines = provisioned(EVENT);
    expect(lines['DynamoDB, events']).toBeCloseTo(0.1806 / 0.8, 3);
    expect(lines['DynamoDB, index by hour']).toBeCloseTo((0.04 * 0.1806) / 0.8, 3);
    expect(lines['HTTP API']).toBe(perMillion(EVENT)['HTTP API']);
    expect(total(provisioned(EVENT, BREAK_EVEN))).toBeCloseTo(total(perMillion(EVENT)));
    expect(BREAK_EVEN).toBeCloseTo(0.289, 3);
  });

  test('knows the archive, storage and other settings', () => {
    expect(archive(EVENT)).toBeCloseTo(1.024 * 0.029);
    // 0.5 GB
    expect(storage(EVENT, 30, false)).toBeCloseTo(0.125);
    expect(storage(EVENT, 60, true)).toBeCloseTo(0.45);
    const others = variants(EVENT, { putItemMs: 0.3, idempotencyMs: 1 });
    expect(others['`accessLog` on']).toBeCloseTo(0.1);
    expect(others['`byMessageIndex` on']).toBeCloseTo(0.625);
    expect(others['one `PutItem` per event instead']).toBeCloseTo(0.3 * (1769 / 512) * 0.5e-3 * 13.3334);
  });
});

test('sets of processes are compared one by one', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  // A slow second set slows both: the ratio stays.
  expect(ratio([1, 10, 1], [2, 20, 2])).toEqual({ median: 0.5, low: 0.5, high: 0.5 });
});

test('the keys that are promised are there', () => {
  const same = { median: 2, low: 1, high: 3 };
  const counted = { tally: emptyTally(), events: 1000, invocations: 10, logBytes: 0, cpuMicros: 1 };
  const ways = <T>(value: T) => ({ ours: value, putItem: value, idempotency: value });
  const row = (events: number, calls: number) => ({
    ...{ events, calls, ours: same, floor: same, ratio: { ...same, median: events }, ratioByEngine: same },
    ...{ bodyBytes: 1, queueBytes: 1, messages: 1, chunks: 1, logBytes: 0 },
  });
  const loaded = { kilobytes: 250, loadMs: same, cpuMs: 1 };
  const latency = { p50: 1, p99: 2, samples: 3 };
  const results: Results = {
    receive: {
      rows: [row(1, 1), row(100, 2)],
      largest: { bytes: 1, events: 1, calls: 1, loadedMB: 1, peakMB: 2 },
    },
    process: {
      cpu: ways(same),
      ratio: { putItem: same, idempotency: same },
      floor: { cpu: same, ratio: same },
      counted: ways(counted),
      emulated: ways(counted),
      full: { hundred: counted, one: counted },
      archived: { hundred: counted, one: counted },
      peakMB: 200,
    },
    start: { receive: loaded, receiveOne: loaded, process: loaded, processOne: loaded, floor: loaded },
    endToEnd: {
      eventsPerSecond: 1,
      calm: latency,
      flood: latency,
    },
    wave: { bounces: 5000, indexed: same, plain: same, ratio: same, fullest: 0.07 },
    console: {
      events: 1,
      suppressed: 1,
      pages: [
        { path: '/', firstMs: 500, medianMs: 250, worstMs: 400 },
        { path: '/list', firstMs: 50, medianMs: 20, worstMs: 30 },
      ],
    },
  };
  const keys = keysOf(results);
  for (const key of Object.keys(TO_HOLD)) expect([key, Number.isFinite(keys[key])]).toEqual([key, true]);
  // The worst size counts.
  expect(keys).toMatchObject({
    'receive.awsCallsPerRequest': 2,
    'receive.cpuRatioToFloor': 100,
    'console.slowestPageMs': 250,
  });
});

describe('what every page says of a price is what the model says', () => {
  const page = (name: string): string => readFileSync(`docs/${name}.md`, 'utf8').replace(/\s+/g, ' ');
  const dollars = (amount: number): string => `$${(Math.round(amount * 100 + 1e-9) / 100).toFixed(2)}`;

  test('of the event bus', () => {
    expect(page('cost')).toContain(`each further type costs ${dollars(published())} per million events of it`);
    expect(page('settings')).toContain(`${dollars(published())} per million published`);
    expect(page('integrations')).toContain(`EventBridge takes ${dollars(published())} per million`);
    const shares = [...page('integrations').matchAll(/ \| (\d+) % \| ([\d.]+) \|/g)];
    expect(shares).toHaveLength(3);
    for (const [, percent, amount] of shares) expect(`$${amount}`).toBe(dollars((Number(percent) / 100) * published()));
  });

  test('of an index over all events', () => {
    const each = dollars(PRICES.writeUnit * 1e6);
    expect(page('settings')).toContain(`Doubles the write: ${each} per million events more`);
    expect(page('settings')).toContain(
      `Each is an index on the events table: ${each} per million events that have it more`,
    );
    expect(page('scaling')).toContain(`The index costs ${each} per million bounces`);
    expect(page('cost')).toContain(`| each of \`searchKeys\`, of events that have it | ${each} | ${each} |`);
  });
});
