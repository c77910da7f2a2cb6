import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventBus } from '../../../lib/local/emulators/bus.ts';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { type Buried, sqsStandIn } from '../../support/bundled.ts';
import { bundleOf, type Handler } from '../../support/every-call/bundle.ts';
import { settingsOf } from '../../support/stack/settings.ts';
import { type FaultyProxy, faultyProxy, unavailable } from '../../support/surroundings/faulty-proxy.ts';
import { givenTime } from '../../support/surroundings/given-time.ts';

/** Half of it for a bus that refuses, a quarter to bury: enough on a slow machine. */
const context = { getRemainingTimeInMillis: () => 1600 };
const NOW = Date.now() / 1000;

let bus: Listening;
let proxy: FaultyProxy;
let queue: Listening;
let queues: FaultyProxy;
let log: () => string;
/** How much it had written when the test began. */
let before = 0;
let handler: Handler;
let buried: Buried[] = [];
let queueDown = false;

beforeAll(async () => {
  bus = await listen(eventBus());
  proxy = await faultyProxy(bus.url);
  queue = await listen(
    sqsStandIn(
      () => queueDown,
      (entries) => buried.push(...entries),
    ),
  );
  queues = await faultyProxy(queue.url);
  const start = await bundleOf('publish', runtimeConfig(settingsOf({ publish: { types: ['bounced'] } })));
  ({ handler, log } = start({
    variables: {
      EVENT_BUS: 'quell-test',
      UNPUBLISHED_QUEUE_URL: `${queues.url}/000000000000/unpublished`,
      AWS_ENDPOINT_URL_EVENTBRIDGE: proxy.url,
      AWS_ENDPOINT_URL_SQS: queues.url,
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    },
  }));
});
beforeEach(() => {
  buried = [];
  queueDown = false;
  proxy.fault = () => undefined;
  queues.fault = () => undefined;
  before = log().length;
});
afterAll(async () => {
  await queues?.stop();
  await proxy?.stop();
  await bus?.close();
  await queue?.close();
});

/** What it said in the test. */
const said = (): Record<string, unknown>[] =>
  log()
    .slice(before)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const published = async (): Promise<{ detail: Record<string, unknown> }[]> =>
  (await (await fetch(bus.url)).json()) as { detail: Record<string, unknown> }[];

const event = (n: number, over: object = {}, at = NOW) => ({
  eventName: 'INSERT',
  dynamodb: {
    ApproximateCreationDateTime: at,
    SequenceNumber: String(n),
    Keys: { recipient: { S: `p${n}@example.com` }, eventKey: { S: `2026-05-04T10:00:00.000Z#${'0'.repeat(32)}` } },
    NewImage: {
      recipient: { S: `p${n}@example.com` },
      eventKey: { S: `2026-05-04T10:00:00.000Z#${'0'.repeat(32)}` },
      type: { S: 'bounced' },
      source: { S: 'sendgrid' },
      expiresAt: { N: '1' },
      ...over,
    },
  },
});
const refused = (recipient: string, code: string) => ({
  ...proxy,
  fault: ({ operation, body }: { operation: string; body: Record<string, unknown> }) => {
    const entries = (body.Entries ?? []) as { Detail: string }[];
    if (operation !== 'PutEvents' || !entries.some(({ Detail }) => Detail.includes(recipient))) return undefined;
    const Entries = entries.map(({ Detail }) => (Detail.includes(recipient) ? { ErrorCode: code } : { EventId: 'e' }));
    return { status: 200, json: { FailedEntryCount: 1, Entries } };
  },
});

describe('publish', () => {
  test('sends what others may know, and nothing of tokens, heartbeats, replays and marks of erased people', async () => {
    const before = (await published()).length;
    const token = {
      dynamodb: {
        Keys: { recipient: { S: '~token#x' }, eventKey: { S: '-' } },
        NewImage: { recipient: { S: '~token#x' }, eventKey: { S: '-' }, digest: { S: 'd' } },
      },
    };
    const mark = {
      dynamodb: {
        Keys: { recipient: { S: '~erased#x' } },
        NewImage: { recipient: { S: '~erased#x' }, erasedAt: { S: 't' } },
      },
    };
    const nobody = event(4, { recipient: { S: '~sendgrid#m' }, eventKey: { S: `-#${'1'.repeat(32)}` } });
    const Records = [
      token,
      mark,
      event(1, { source: { S: 'quell-heartbeat' } }),
      event(2, { replayed: { BOOL: true } }),
      event(3, { type: { S: 'opened' } }),
      nobody,
      event(5),
      { eventName: 'REMOVE', dynamodb: { Keys: event(6).dynamodb.Keys, OldImage: event(6).dynamodb.NewImage } },
    ];
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    expect((await published()).slice(before).map(({ detail }) => detail)).toEqual([
      { fingerprint: '1'.repeat(32), type: 'bounced', source: 'sendgrid' },
      {
        fingerprint: '0'.repeat(32),
        type: 'bounced',
        source: 'sendgrid',
        recipient: 'p5@example.com',
        occurredAt: '2026-05-04T10:00:00.000Z',
      },
    ]);
  });

  test('comes again from the first record that the bus does not take now, and goes no further', async () => {
    proxy.fault = refused('p12@', 'ThrottlingException').fault;
    const Records = Array.from({ length: 30 }, (_none, n) => event(n));
    const calls = proxy.calls.length;
    const given = givenTime();
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '12' }] });
    expect(given()).toBeLessThan(1500);
    expect(proxy.calls.length - calls).toBeGreaterThan(2);
    expect(buried).toEqual([]);
  });

  test('buries a record that the bus will never take, alone and whole, and goes on', async () => {
    proxy.fault = refused('p12@', 'MalformedDetail').fault;
    const Records = Array.from({ length: 30 }, (_none, n) => event(n));
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    expect(buried.map(({ MessageAttributes }) => MessageAttributes.reason.StringValue)).toEqual(['refused-by-bus']);
    expect(JSON.parse(buried[0]?.MessageBody ?? '{}')).toEqual(event(12));
    expect(said()).toEqual([
      expect.objectContaining({ message: 'changes not published', reason: 'refused-by-bus', changes: 1 }),
    ]);
  });

  test('buries what the bus has refused for an hour, and what it cannot read', async () => {
    proxy.fault = () => unavailable;
    const broken = {
      dynamodb: { Keys: {}, SequenceNumber: '9', NewImage: { recipient: { N: 'x', S: undefined, nonsense: 1 } } },
    };
    const old = event(1, {}, NOW - 3700);
    expect(await handler({ Records: [broken, old, event(2)] }, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: '2' }],
    });
    const reasons = buried.map(({ MessageAttributes }) => MessageAttributes.reason.StringValue);
    expect(reasons).toContain('bus-unavailable');
  });

  test('what it cannot read is buried once, however often the bus refuses what stands before or after it', async () => {
    proxy.fault = () => unavailable;
    const broken = (at: string) => ({
      dynamodb: { Keys: {}, SequenceNumber: at, NewImage: { recipient: { nonsense: 1 } } },
    });
    const waiting = [event(1), broken('9'), event(2)];
    expect(await handler({ Records: waiting }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(buried).toEqual([]);
    const first = [broken('8'), ...waiting];
    expect(await handler({ Records: first }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(buried.map(({ MessageBody }) => JSON.parse(MessageBody))).toEqual([broken('8')]);
    expect(buried[0]?.MessageAttributes.reason.StringValue).toBe('unreadable');
    // Of both batches three of them.
    const lines = said().filter(({ message }) => message === 'change not readable');
    expect(lines.map(({ errorName }) => errorName)).toEqual(['Error', 'Error', 'Error']);
  });

  test('what cannot even be buried comes again', async () => {
    queueDown = true;
    proxy.fault = refused('p3@', 'MalformedDetail').fault;
    const Records = Array.from({ length: 5 }, (_none, n) => event(n));
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
    expect(said().at(-1)).toMatchObject({ message: 'changes not buried', errorName: 'NotSent', changes: 1 });
  });

  test('nor what it cannot read, where the queue hangs: it is back before its limit, and says from where to go on', async () => {
    queues.fault = () => 'hang';
    const broken = { dynamodb: { Keys: {}, SequenceNumber: '8', NewImage: { recipient: { nonsense: 1 } } } };
    const given = givenTime();
    expect(await handler({ Records: [event(7), broken, event(9)] }, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: '8' }],
    });
    expect(given()).toBeLessThan(1500);
  });
});
