import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { type ListHarness, startListHarness } from '../../support/list/harness.ts';
import { histories } from '../../support/list/histories.ts';
import { oracle } from '../../support/list/oracle.ts';

/** 10,000 in the nightly run. */
const COUNT = Number(process.env.HISTORIES ?? 60);
const LONGEST = 14;

let harness: ListHarness;
beforeAll(async () => {
  harness = await startListHarness();
});
afterAll(() => harness?.stop());

describe('the list is what docs/suppression-table.md says', () => {
  test(`${COUNT} random histories, each in five orders, whole items compared`, async () => {
    const made = fc.sample(histories(LONGEST), { numRuns: COUNT, ...seed() });
    const orders = fc.sample(fc.infiniteStream(fc.integer({ min: 0, max: 2 ** 30 })), { numRuns: 1, ...seed() })[0];
    const random = (): number => Number(orders?.next().value ?? 0) / 2 ** 30;
    for (let from = 0; from < made.length; from += 200) {
      const some = made.slice(from, from + 200);
      const found = await harness.run(some, random);
      for (const [at, history] of some.entries()) {
        const expected = oracle(history('ada@example.com') as never, harness.policyOf);
        for (const [order, item] of (found[at] ?? []).entries()) {
          const told = { order, history: history('ada@example.com') };
          if (!isDeepStrictEqual(item, expected)) expect({ ...item, told }).toEqual({ ...expected, told });
        }
      }
    }
  }, 3_600_000);
});

const seed = () => (process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) });

describe('what single histories come to', () => {
  const NOW = Date.now();
  const at = (ms: number): string => new Date(NOW + ms).toISOString();
  const DAY = 86_400_000;
  let people = 0;
  const person = (): string => `single-${people++}@example.com`;
  let prints = 0;
  const event = (recipient: string, ms: number, over: Partial<NormalisedEvent> = {}): NormalisedEvent => ({
    fingerprint: String(prints++).padStart(32, '0'),
    type: 'bounced',
    bounceClass: 'soft',
    source: 'a',
    provider: 'generic',
    providerEvent: 'bounce',
    recipient,
    messageId: `m${prints}`,
    occurredAt: at(ms),
    receivedAt: at(ms + 1),
    ...over,
  });
  const entryOf = (recipient: string) => harness.entry(recipient);

  test('five soft bounces behind 1,200 newer openings of 4 KB are a series all the same', async () => {
    const who = person();
    await harness.batch([event(who, -2 * DAY)]);
    const opened = { type: 'opened', userAgent: 'x'.repeat(4000) } as const;
    for (let from = 0; from < 1200; from += 300)
      await harness.batch(Array.from({ length: 300 }, (_none, n) => event(who, -DAY + from + n, opened)));
    await harness.batch([event(who, -DAY / 2)]);
    expect(await entryOf(who)).toMatchObject({ reasons: { soft_bounces: [{ at: at(-DAY / 2) }] } });
  }, 60_000);

  test('a delivery that arrives late, or again after a crash, takes the decision back', async () => {
    const who = person();
    await harness.batch([event(who, -3 * DAY), event(who, -DAY)]);
    expect((await entryOf(who))?.suppressedUntil).toBeGreaterThan(NOW / 1000);
    const delivered = event(who, -2 * DAY, { type: 'delivered' });
    await harness.batch([delivered]);
    expect(await entryOf(who)).toMatchObject({ suppressedUntil: 0, transactionalUntil: 0, reasons: {} });
    const version = (await entryOf(who))?.version;
    await harness.batch([delivered]);
    expect((await entryOf(who))?.version).toBe(version);
  });

  test('what a series had outlasted, and somebody had put there by hand, comes back when the series is taken back', async () => {
    const who = person();
    const byHand = event(who, -4 * DAY, {
      type: 'suppressed',
      source: 'operator',
      reason: 'soft_bounces',
      until: Math.floor((NOW + DAY) / 1000),
    });
    await harness.batch([byHand, event(who, -3 * DAY), event(who, -DAY)]);
    await harness.batch([event(who, -2 * DAY, { type: 'delivered' })]);
    expect(await entryOf(who)).toMatchObject({
      suppressedUntil: byHand.until,
      reasons: { soft_bounces: [{ fingerprint: byHand.fingerprint }] },
    });
  });

  test('a delivery recorded promptly, after the look at the series and before its mark, counts', async () => {
    const who = person();
    await harness.batch([event(who, -DAY)]);
    const now = Date.now() - NOW;
    const [bounced, delivered] = [event(who, now - 50), event(who, now - 100, { type: 'delivered' })];
    await Promise.all([harness.batch([bounced]), pause(600).then(() => harness.batch([delivered]))]);
    expect(await entryOf(who)).toMatchObject({ suppressedUntil: 0, reasons: {} });
  });

  test('a clock that is a year ahead rules for five minutes, and a repetition does not move that', async () => {
    const who = person();
    const scope = 'a:list:1';
    const ahead = event(who, 365 * DAY, { type: 'resubscribed', scope, receivedAt: at(-DAY) });
    await harness.batch([ahead]);
    await harness.batch([event(who, -DAY + 400_000, { type: 'unsubscribed', scope })]);
    expect((await entryOf(who))?.scopes).toHaveProperty([scope]);
    await harness.batch([{ ...ahead, receivedAt: at(0) }]);
    expect((await entryOf(who))?.scopes).toHaveProperty([scope]);
    const [record] = (await harness.recorded(who)).filter(({ type }) => type === 'resubscribed');
    expect(record?.occurredAt).toBe(at(365 * DAY));
  });

  test('whoever leaves 201 lists is a dead letter with the last; the entry and its neighbours stand', async () => {
    const who = person();
    const leave = (n: number) => event(who, -DAY + n, { type: 'unsubscribed', scope: `a:list:${n}` });
    await harness.batch(Array.from({ length: 200 }, (_none, n) => leave(n)));
    const last = leave(200);
    const { messages } = await harness.batch([last, event(who, -DAY, { type: 'complained' })]);
    expect(messages[0]?.poison).toEqual([
      { reason: 'refused-by-table', detail: expect.stringContaining('200 lists'), raw: JSON.stringify(last) },
    ]);
    const entry = await entryOf(who);
    expect(Object.keys(entry?.scopes ?? {})).toHaveLength(200);
    expect(entry?.suppressedUntil).toBe(FOREVER);
  });

  test('an entry larger than the table takes is a dead letter, not tried for days', async () => {
    const who = person();
    const huge = event(who, -DAY, { type: 'suppressed', source: 'operator', reason: 'manual', note: 'x' });
    const wide = Array.from({ length: 1000 }, (_none, n) => ({
      ...huge,
      fingerprint: `${n}`.padStart(32, 'f'),
      occurredAt: at(-DAY + n),
      until: NOW - n,
      note: 'x'.repeat(500),
    }));
    const { messages } = await harness.batch(wide);
    expect(messages[0]?.poison.length).toBe(1000);
    expect(await entryOf(who)).toBeUndefined();
  }, 60_000);

  test('what names nobody or no time is counted once, and only where it would have counted', async () => {
    const who = person();
    const { recipient: _nobody, ...nobody } = event(who, -DAY, { bounceClass: 'hard' });
    const { occurredAt: _never, ...never } = event(who, -DAY, { type: 'complained' });
    const { occurredAt: _at, ...opened } = event(who, -DAY, { type: 'opened' });
    expect((await harness.batch([nobody, never, opened])).unjudged).toBe(2);
    expect((await harness.batch([nobody, never, opened])).unjudged).toBe(0);
    expect(await entryOf(who)).toBeUndefined();
  });
});
