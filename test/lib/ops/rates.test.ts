import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RateLine } from '../../../lib/ops/commands/doctor/watch.ts';
import { ratesBy } from '../../../lib/ops/commands/rates/rates.ts';
import { eventually, signGeneric } from '../../support/driver.ts';
import { ARCHIVED_AND_SEARCHED, type OpsStack, SHOP_AND_NEWS, startOpsStack } from '../../support/ops-stack.ts';

/** Rates by mailbox operator, and what went wrong lately, over events that the local stack processed. */

let stack: OpsStack;

beforeAll(async () => {
  stack = await startOpsStack(SHOP_AND_NEWS, {
    settings: ARCHIVED_AND_SEARCHED,
    secrets: { shop: 'shop-secret-of-tests', news: 'news-secret-of-tests' },
  });
  const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
  let made = 0;
  const fact = (event: string, recipient: string, more: object = {}) => ({
    event,
    recipient,
    message_id: `m${++made}`,
    timestamp: '2026-05-04T10:00:00Z',
    ...more,
  });
  const refused = { reason: '550 5.1.1 user unknown', smtp_code: 550 };
  await post('shop', [
    ...times(70, (n) => fact('delivered', `p${n}@gmail.com`)),
    ...times(25, (n) => fact('delivered', `p${n}@outlook.com`)),
    ...times(5, (n) => fact('hard_bounce', `dead${n}@outlook.com`, refused)),
    fact('complaint', 'p1@outlook.com'),
    fact('complaint', 'p2@gmail.com'),
  ]);
  await post('news', [
    ...times(9, (n) => fact('delivered', `q${n}@example.com`)),
    fact('hard_bounce', 'full@example.com', { reason: '552 5.2.2 mailbox full', smtp_code: 552 }),
    fact('unsubscribe', 'q1@example.com'),
    fact('open', 'q2@example.com'),
  ]);
  await stack.driver.nothingUnderWay();
  expect(await stack.driver.events()).toHaveLength(70 + 25 + 5 + 2 + 9 + 1 + 1 + 1);
  // Counted they are when `process` has told of them, message by message.
  await eventually(async () => {
    const counted = await rows('rates', '--by', 'source');
    const sum = (...names: string[]) =>
      names.flatMap((name) => counted.map((row) => Number(row[name]))).reduce((a, b) => a + b, 0);
    expect(sum('delivered', 'hard', 'soft', 'block', 'undetermined', 'complained')).toBe(70 + 25 + 5 + 2 + 9 + 1);
  }, 20_000);
}, 120_000);
afterAll(() => stack?.stop());

/** @returns the id of the request, as its answer holds it */
async function post(source: string, events: readonly object[]): Promise<string> {
  const body = JSON.stringify(events);
  const answer = await stack.driver.post(source, body, signGeneric(body, `${source}-secret-of-tests`));
  expect(answer.status).toBe(200);
  return String(answer.json.requestId);
}

const rows = async (...args: string[]): Promise<Record<string, unknown>[]> => {
  const { out, err, code } = await stack.run([...args, '--json']);
  if (code === null || code > 1) throw new Error(err);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('ops rates', () => {
  test('by operator: counts, shares, and complaints against what can be complained about', async () => {
    expect(await rows('rates', '--by', 'operator', '--since', '7d')).toEqual([
      expect.objectContaining({
        operator: 'google',
        delivered: 70,
        complained: 1,
        complainedPercent: null,
        hardPercent: 0,
      }),
      expect.objectContaining({
        operator: 'microsoft',
        delivered: 25,
        hard: 5,
        hardPercent: 16.67,
        complained: 1,
        complainedPercent: 4,
      }),
      expect.objectContaining({ operator: 'other', delivered: 9, soft: 1, hard: 0, bouncedPercent: 10 }),
    ]);
  });

  test('by source and by day, and of one source', async () => {
    expect((await rows('rates', '--by', 'source')).map(({ source, delivered }) => [source, delivered])).toEqual([
      ['shop', 95],
      ['news', 9],
    ]);
    expect(await rows('rates', '--by', 'day', '--source', 'news')).toEqual([
      expect.objectContaining({ day: new Date().toISOString().slice(0, 10), delivered: 9, soft: 1 }),
    ]);
  });

  test('says what is wrong with a question', async () => {
    for (const args of [
      ['--by', 'colour'],
      ['--since', 'yesterday'],
      ['--since', '0d'],
      ['--source', 'nobody'],
    ])
      expect((await stack.run(['rates', ...args])).code).toBe(2);
  });

  test.each([
    ['two days of one operator', 'day', ['2026-05-03', '2026-05-04']],
    ['two operators', 'operator', ['yahoo', 'google']],
  ] as const)('%s are added up in order', (_name, by, names) => {
    const line = (day: string, operator: string, delivered: number): RateLine => ({
      day,
      source: 's',
      operator,
      counts: { delivered },
    });
    const lines = [line('2026-05-04', 'yahoo', 5), line('2026-05-03', 'google', 2), line('2026-05-03', 'yahoo', 1)];
    expect(ratesBy(lines, by).map(({ name }) => name)).toEqual(names);
  });

  test('a share of nothing is not 0', () => {
    const [rate] = ratesBy([{ day: 'd', source: 's', operator: 'google', counts: { complained: 1 } }], 'operator');
    expect(rate).toMatchObject({ hardPercent: null, bouncedPercent: null, complainedPercent: null });
  });
});

describe('ops events', () => {
  test('lists what went wrong, the newest first, and nothing else', async () => {
    const all = await rows('events');
    expect(
      Object.fromEntries([...Map.groupBy(all, ({ type }) => type)].map(([type, own]) => [type, own.length])),
    ).toEqual({
      bounced: 6,
      complained: 2,
      unsubscribed: 1,
    });
    expect(all[0]).not.toHaveProperty('hour');
    const received = all.map(({ receivedAt }) => String(receivedAt));
    expect(received).toEqual([...received].sort().reverse());
  });

  test('chooses by type, source, time and number; acts by hand are among them', async () => {
    await stack.run(['suppress', 'hand@example.com', '--note', 'asked', '--wait']);
    expect(await rows('events', '--type', 'suppressed')).toEqual([
      expect.objectContaining({ recipient: 'hand@example.com', source: 'operator', note: 'asked' }),
    ]);
    expect(await rows('events', '--type', 'bounced', '--source', 'news')).toHaveLength(1);
    expect(await rows('events', '--limit', '3')).toHaveLength(3);
    // As an answer says that stopped: in this hour of arrival, what happened before noon of that day.
    const hour = String((await rows('events', '--type', 'bounced'))[0]?.receivedAt).slice(0, 13);
    expect(await rows('events', '--type', 'bounced', '--next', `${hour}/2026-05-04T12:00:00.000Z#0`)).toHaveLength(6);
    expect((await stack.run(['events', '--next', `${hour}/2026-05-04T09:00:00.000Z#0`])).code).toBe(1);
    expect((await stack.run(['events', '--next', 'then'])).code).toBe(2);
    const { code, err } = await stack.run(['events', '--type', 'opened']);
    expect([code, err]).toEqual([2, expect.stringContaining('bounced, dropped')]);
    expect((await stack.run(['events', '--type', 'resubscribed'])).code).toBe(1);
  });
});

describe('what became of one request', () => {
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const fact = (event: string, recipient: string, more: object = {}) => ({
    event,
    recipient,
    message_id: `request-${recipient}`,
    timestamp: at(5),
    ...more,
  });
  const lookedUp = async (id: string, pattern: RegExp): Promise<string> => {
    let out = '';
    await eventually(async () => {
      const ran = await stack.run(['request', id]);
      expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(pattern)]);
      out = ran.out;
    }, 20_000);
    return out;
  };

  test('accepted: how many events were stored or known, which went wrong, and what is a dead letter', async () => {
    const events = [
      fact('open', 'r1@example.com'),
      fact('hard_bounce', 'r2@example.com', { reason: '550 5.1.1 user unknown', smtp_code: 550 }),
    ];
    const first = await post('shop', events);
    const told = await lookedUp(first, /processed: 2 stored/);
    // Without an index by request: only what is listed by hour.
    expect(told).toContain('r2@example.com');
    expect(told).not.toContain('r1@example.com');
    await lookedUp(await post('shop', events), /processed: 0 stored, 2 known before/);
    await lookedUp(
      await post('shop', ['no event' as never, fact('open', 'r3@example.com')]),
      /1 stored, 1 dead letter \(look: dlq\)/,
    );
  });

  test('refused: why, in the word of the answer', async () => {
    const body = JSON.stringify([fact('open', 'r4@example.com')]);
    const answer = await stack.driver.post('shop', body, signGeneric(body, 'somebody else'));
    expect(answer.status).toBe(401);
    await lookedUp(String(answer.json.requestId), /refused: bad-proof \[shop\]/);
  });

  test('unknown: exit 1; what is no id: exit 2', async () => {
    expect((await stack.run(['request', 'nobody-knows-this-id'])).code).toBe(1);
    expect((await stack.run(['request', 'a b'])).code).toBe(2);
  });

  test('mails are found by the custom key of the settings, however a sender spells it', async () => {
    await post('shop', [
      fact('delivered', 'k1@example.com', { metadata: { ORDER_ID: '4711' } }),
      fact('open', 'k1@example.com', { metadata: { order_id: '4711' }, timestamp: at(4) }),
      fact('delivered', 'k2@example.com', { metadata: { order_id: '47110' } }),
    ]);
    await eventually(async () => {
      const ran = await stack.run(['timeline', '--key', 'order_id=4711']);
      expect([ran.code, ran.out]).toEqual([0, expect.stringContaining('k1@example.com: delivered, opened once')]);
      expect(ran.out).not.toContain('k2@example.com');
    }, 20_000);
    const [event] = await rows('timeline', '--key', 'Order_Id=4711');
    expect(Object.keys(event ?? {}).filter((name) => name.includes('custom:'))).toEqual([]);
    const other = await stack.run(['timeline', '--key', 'campaign=x']);
    expect([other.code, other.err]).toEqual([3, expect.stringContaining('"searchKeys"')]);
    expect((await stack.run(['timeline', '--key', 'order_id'])).code).toBe(2);
  });
});
