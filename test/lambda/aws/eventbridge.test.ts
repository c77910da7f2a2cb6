import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type BusEntry, busBatches, putOnBus } from '../../../lambda/aws/eventbridge.ts';
import { DETAIL_TYPES } from '../../../lambda/contract/bus.ts';
import { eventBus } from '../../../lib/local/emulators/bus.ts';
import { type FaultyProxy, faultyProxy, unavailable } from '../../support/surroundings/faulty-proxy.ts';

const detailType = Object.values(DETAIL_TYPES)[0] as BusEntry['detailType'];
const entry = (n: number, size = 0): BusEntry => ({ detailType, detail: { n, text: 'x'.repeat(size) } });
const soon = (): number => Date.now() + 3000;

const server = createServer(eventBus());
let proxy: FaultyProxy;
let client: EventBridgeClient;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  proxy = await faultyProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new EventBridgeClient({ endpoint: proxy.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(() => {
  proxy.fault = () => undefined;
  proxy.calls.length = 0;
});
afterAll(async () => {
  client.destroy();
  await proxy.stop();
  server.close();
});

const taken = async (): Promise<number[]> => {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return ((await answer.json()) as { detail: { n: number } }[]).map(({ detail }) => detail.n);
};

describe('the event bus', () => {
  test('what is sent stands on it, as ours', async () => {
    expect(await putOnBus(client, 'bus', [entry(1), entry(2)], soon())).toEqual(['sent', 'sent']);
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await answer.json()).toMatchObject([
      { source: 'quell', 'detail-type': detailType, detail: { n: 1 } },
      { source: 'quell', 'detail-type': detailType, detail: { n: 2 } },
    ]);
  });

  test('groups are of ten entries, and of a megabyte at most, in order', () => {
    const many = Array.from({ length: 21 }, (_none, n) => ({ entry: entry(n), n }));
    expect(busBatches(many).map((batch) => batch.map(({ n }) => n))).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
      [20],
    ]);
    const bare = Buffer.byteLength(JSON.stringify(entry(1).detail)) + 'quell'.length + detailType.length;
    const half = 500_000 - bare;
    expect(busBatches([{ entry: entry(1, 2 * half + bare) }, { entry: entry(2) }])).toHaveLength(2);
    expect(busBatches([1, 2].map((n) => ({ entry: entry(n, half) })))).toHaveLength(1);
    expect(busBatches([1, 2].map((n) => ({ entry: entry(n, half + n - 1) })))).toHaveLength(2);
  });

  test('an entry larger than the bus takes is never asked for; its neighbours go', async () => {
    const before = (await taken()).length;
    expect(await putOnBus(client, 'bus', [entry(3), entry(4, 1_000_001), entry(5)], soon())).toEqual([
      'sent',
      'never',
      'sent',
    ]);
    expect((await taken()).slice(before)).toEqual([3, 5]);
    expect(proxy.calls).toHaveLength(1);
  });

  test('an entry that just fits is asked for', async () => {
    const bare = Buffer.byteLength(JSON.stringify(entry(1).detail)) + 'quell'.length + detailType.length;
    expect(await putOnBus(client, 'bus', [entry(9, 1_000_000 - bare)], soon())).toEqual(['sent']);
    expect(await putOnBus(client, 'bus', [entry(9, 1_000_001 - bare)], soon())).toEqual(['never']);
  });

  test('an entry that failed for now is asked for again, alone', async () => {
    const sizes: number[] = [];
    proxy.fault = ({ body }) => {
      sizes.push((body.Entries as unknown[]).length);
      if (sizes.length > 1) return undefined;
      return { status: 200, json: { Entries: [{ EventId: 'a' }, { ErrorCode: 'ThrottlingException' }, {}] } };
    };
    expect(await putOnBus(client, 'bus', [entry(6), entry(7), entry(8)], soon())).toEqual(['sent', 'sent', 'sent']);
    expect(sizes).toEqual([3, 1]);
  });

  test.each(['MalformedDetail', 'InvalidArgument', 'InvalidParameterException', 'EntryTooLarge', 'SizeLimitExceeded'])(
    '%s of one entry is for ever',
    async (ErrorCode) => {
      proxy.fault = () => ({ status: 200, json: { Entries: [{ ErrorCode }, { EventId: 'b' }] } });
      expect(await putOnBus(client, 'bus', [entry(1), entry(2)], soon())).toEqual(['never', 'sent']);
      expect(proxy.calls).toHaveLength(1);
    },
  );

  test('one entry that refuses the whole request is told from its neighbours', async () => {
    proxy.fault = ({ body }) =>
      (body.Entries as { Detail: string }[]).some(({ Detail }) => Detail.includes('"n":2'))
        ? { status: 400, json: { __type: 'ValidationException' } }
        : undefined;
    expect(await putOnBus(client, 'bus', [entry(1), entry(2), entry(3)], soon())).toEqual(['sent', 'never', 'sent']);
    expect(proxy.calls).toHaveLength(4);
  });

  test('an answer without results, or half of them, is no success', async () => {
    let calls = 0;
    proxy.fault = () => {
      calls++;
      if (calls === 1) return { status: 200, json: {} };
      return calls === 2 ? { status: 200, json: { Entries: [{ EventId: 'a' }] } } : undefined;
    };
    expect(await putOnBus(client, 'bus', [entry(1), entry(2)], soon())).toEqual(['sent', 'sent']);
    expect(calls).toBe(3);
  });

  test('what is asked for alone, and not answered, is asked for again', async () => {
    let alone = 0;
    proxy.fault = ({ body }) => {
      if ((body.Entries as unknown[]).length > 1) return { status: 400, json: { __type: 'ValidationException' } };
      return alone++ === 0 ? { status: 200, json: {} } : undefined;
    };
    expect(await putOnBus(client, 'bus', [entry(1), entry(2)], soon())).toEqual(['sent', 'sent']);
    expect(alone).toBe(3);
  });

  test('a bus that stays away: failed by the deadline', async () => {
    proxy.fault = () => unavailable;
    expect(await putOnBus(client, 'bus', [entry(1)], Date.now() + 150)).toEqual(['failed']);
    expect(proxy.calls.length).toBeGreaterThan(1);
  });
});
