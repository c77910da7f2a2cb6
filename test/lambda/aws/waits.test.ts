import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Means } from '../../../lambda/handlers/pulse/heartbeat.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { settingsOf } from '../../support/stack/settings.ts';

/** How long is waited before something is done again: by a clock that only these waits move. */

const waits: number[] = [];
let now = 1_000_000;
jest.unstable_mockModule('node:timers/promises', () => ({
  setTimeout: async (ms: number, value?: unknown) => {
    waits.push(ms);
    now += ms;
    return value;
  },
}));
const { presentKeys } = await import('../../../lambda/aws/dynamodb/read-keys.ts');
const { attempt, pacer, retried, until } = await import('../../../lambda/aws/effort.ts');
const { putOnBus } = await import('../../../lambda/aws/eventbridge.ts');
const { Archive, members } = await import('../../../lambda/aws/firehose.ts');
const { hedged } = await import('../../../lambda/aws/hedge.ts');
const { sendAll } = await import('../../../lambda/aws/sqs.ts');
const { beat } = await import('../../../lambda/handlers/pulse/heartbeat.ts');

beforeEach(() => {
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  jest.restoreAllMocks();
  waits.length = 0;
});

test('a table that stays busy is asked eight times, each time after twice as long, and then said to be', async () => {
  let asked = 0;
  const send = async ({ input }: { input: { RequestItems: object } }) => {
    asked++;
    return { UnprocessedKeys: input.RequestItems };
  };
  const key = { recipient: { S: 'a' } };
  await expect(presentKeys({ send } as unknown as DynamoDBClient, 't', [key], true)).rejects.toThrow('too busy');
  expect(asked).toBe(8);
  // The wait itself, and half of a jitter that is as long.
  expect(waits).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => 25 * 2 ** n + 0.5 * Math.min(2000, 25 * 2 ** n)));
});

describe('what is left is tried again', () => {
  const never = async (left: readonly string[]) => left;

  test('after waits that grow to two seconds, as often as it may', async () => {
    expect(await retried(['a'], now + 60_000, never, 10)).toEqual(['a']);
    expect(waits).toEqual([25, 50, 100, 200, 400, 800, 1000, 1000, 1000]);
  });

  test('until the wait would end after the deadline', async () => {
    let tries = 0;
    const count = async (left: readonly string[]) => {
      tries++;
      return left;
    };
    await retried(['a'], now + 25 + 50, count);
    expect([tries, waits]).toEqual([3, [25, 50]]);
    await retried(['a'], now + 24, count);
    expect(tries).toBe(4);
  });
});

test('one attempt ends after a third of the time that is left, and has a quarter of a second in any case', async () => {
  const given: number[] = [];
  const timer = jest.spyOn(globalThis, 'setTimeout').mockImplementation(((_end: unknown, ms: number) => {
    given.push(ms);
    return 0 as unknown as NodeJS.Timeout;
  }) as typeof setTimeout);
  for (const left of [3000, 750, 300, -100]) await attempt(now + left, async () => undefined);
  timer.mockRestore();
  expect(given).toEqual([1000, 250, 250, 250]);
});

describe('one request ends', () => {
  const ends: unknown[] = [];
  /** A client that keeps what may end its requests, and takes everything. */
  const taking = {
    send: async (_command: unknown, options: { abortSignal?: unknown }) => {
      ends.push(options?.abortSignal);
      return { RequestResponses: [{ RecordId: 'r' }], Entries: [{ EventId: 'e' }] };
    },
  } as never;
  beforeEach(() => {
    ends.length = 0;
  });

  test('with its deadline, to the millisecond that has begun; at once where that is now', () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    expect([until(now - 1).aborted, until(now).aborted, until(now + 0.4).aborted]).toEqual([true, true, false]);
    expect(timeout.mock.calls).toEqual([[1]]);
  });

  test('of the archive after three seconds, or with its batch', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    const archive = new Archive(taking, 'stream');
    for (const left of [60_000, 2000])
      expect(await archive.put(members([{ owner: 'a', lines: ['1\n'] }]), now + left)).toEqual([]);
    expect(timeout.mock.calls).toEqual([[3000], [2000]]);
    expect(ends).toEqual(timeout.mock.results.map(({ value }) => value));
  });

  test('of the bus after a third of what is left, and of the queue with its deadline: twenty seconds where nobody says', async () => {
    const given: number[] = [];
    const timer = jest.spyOn(globalThis, 'setTimeout').mockImplementation(((_end: unknown, ms: number) => {
      given.push(ms);
      return 0 as unknown as NodeJS.Timeout;
    }) as typeof setTimeout);
    expect(await putOnBus(taking, 'bus', [{ detailType: 'x', detail: {} } as never], now + 3000)).toEqual(['sent']);
    await sendAll(taking, 'url', [{ body: 'x' }], now + 2400);
    await sendAll(taking, 'url', [{ body: 'x' }]);
    timer.mockRestore();
    expect(given).toEqual([1000, 2400, 20_000]);
    expect(ends.map((end) => end instanceof AbortSignal)).toEqual([true, true, true]);
  });
});

describe('a pace', () => {
  test('is kept on average, and not begun where its turn comes after the deadline', async () => {
    const pass = pacer(10, now + 1000);
    expect([await pass(1), await pass(5), await pass(4), waits]).toEqual([true, true, true, [100, 500]]);
    // Its turn is at the deadline.
    expect([await pass(1), waits.length]).toEqual([false, 2]);
  });

  test('whoever was slower waits for nothing', async () => {
    const pass = pacer(10);
    await pass(1);
    now += 5000;
    expect([await pass(1), waits]).toEqual([true, []]);
  });
});

test('a second read is begun beside one that takes nine tenths of a second', async () => {
  let reads = 0;
  const read = () => (reads++ === 0 ? new Promise<string>(() => undefined) : Promise.resolve('second'));
  expect(await hedged(read, new AbortController().signal)).toBe('second');
  expect([reads, waits]).toEqual([2, [900]]);
});

describe('a heartbeat', () => {
  const { heartbeat } = runtimeConfig(settingsOf());
  const means = (over: Partial<Means> = {}): Means => ({
    publicUrl: 'https://hooks.example.com',
    source: heartbeat as Means['source'],
    keys: async () => ['new', 'old'],
    arrived: async () => true,
    ...over,
  });
  const posts: { url: string; signature: string }[] = [];
  const answers = (...statuses: number[]) => {
    posts.length = 0;
    jest.spyOn(globalThis, 'fetch').mockImplementation((async (
      url: string,
      { headers }: { headers: Record<string, string> },
    ) => {
      posts.push({ url, signature: headers['x-webhook-signature'] ?? '' });
      return { status: statuses[posts.length - 1] ?? 200 };
    }) as unknown as typeof fetch);
  };

  test('that is refused is posted again a second later, with each live key in turn, asked for anew', async () => {
    answers(401, 503, 200);
    const asked: boolean[] = [];
    const keys = async (fresh: boolean) => {
      asked.push(fresh);
      return ['new', 'old'];
    };
    expect(await beat(means({ keys }), 20_000)).toEqual({ ms: 2000 });
    expect([asked, waits]).toEqual([
      [false, true, true],
      [1000, 1000],
    ]);
    expect(posts.map(({ url }) => url)).toEqual(
      Array<string>(3).fill('https://hooks.example.com/webhooks/v1/quell-heartbeat'),
    );
    expect(posts[0]?.signature).toBe(posts[2]?.signature);
    expect(posts[0]?.signature).not.toBe(posts[1]?.signature);
  });

  test('that is taken is looked for every 150 ms, also where the table does not answer', async () => {
    answers(200);
    let looks = 0;
    const arrived = async () => {
      looks++;
      if (looks === 1) throw new Error('x');
      return looks === 4;
    };
    expect(await beat(means({ arrived }), 20_000)).toEqual({ ms: 450 });
    expect(waits).toEqual([150, 150, 150]);
  });

  test('that has no time left says so', async () => {
    answers();
    expect(await beat(means(), 0)).toEqual({ lost: 'not posted' });
    expect(posts).toEqual([]);
  });
});
