import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_TYPES, type NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import type { Retraction } from '../../../lambda/domain/suppression/retraction.ts';
import { policyOf } from '../../../lambda/handlers/process/judge.ts';
import { breaksSeries, concerned, mayRestOn } from '../../../lib/ops/commands/lift/taken-back.ts';
import type { Row } from '../../../lib/ops/stack/scan.ts';
import { CONFIG } from '../../support/list/harness.ts';
import { arrange, histories, ORDERS } from '../../support/list/histories.ts';
import { type ListInMemory, listInMemory } from '../../support/list/memory.ts';
import { oracle } from '../../support/list/oracle.ts';

/** More of them, without a table: HISTORIES=10000 in the nightly run. */
const COUNT = Number(process.env.HISTORIES ?? 600);
const DAY = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);
const WHO = 'ada@example.com';

const day = (days: number): string => new Date(BEGIN + days * DAY).toISOString();
const by = { actor: 'kim', note: 'n', at: day(100) };

/** Windows of a source, of everything or of one reason, and an import. */
const retraction: fc.Arbitrary<Retraction> = fc.oneof(
  fc.constant({ id: 'i1', importId: 'i1', ...by }),
  fc
    .record({
      source: fc.constantFrom('a', 'b', 'c'),
      begin: fc.integer({ min: 0, max: 18 }),
      days: fc.integer({ min: 1, max: 6 }),
      reason: fc.constantFrom(
        undefined,
        undefined,
        'soft_bounces',
        'hard_bounce',
        'unsubscribe',
        'unsubscribe:a:list:1',
      ),
    })
    .map(({ source, begin, days, reason }) => ({
      id: `${source}${begin}`,
      source,
      from: day(begin),
      until: day(begin + days),
      ...(reason !== undefined && { reason }),
      ...by,
    })),
);

const random = fc.infiniteStream(fc.integer({ min: 0, max: 2 ** 30 - 1 }));

/** What `lift` asks `process` for: each reason of which it takes something back. */
function acts(list: ListInMemory, one: Retraction, taken: readonly Retraction[]): NormalisedEvent[] {
  const row = { recipient: WHO, reasons: list.entry().reasons } as Row;
  const others = taken.filter((other) => other !== one);
  const keys = new Set(concerned(row, one));
  if (mayRestOn(row, one) && breaksSeries(row, list.recorded(), policyOf(CONFIG), others, one))
    keys.add('soft_bounces');
  return [...keys].map((key) => {
    const [reason, ...scope] = key.split(':');
    return {
      fingerprint: `act of ${one.id} ${key}`,
      type: 'lifted',
      source: 'operator',
      provider: 'operator',
      providerEvent: 'lift',
      recipient: WHO,
      occurredAt: day(100),
      receivedAt: day(100),
      reason,
      ...(scope.length > 0 && { scope: scope.join(':') }),
      retraction: one.id,
    } as NormalisedEvent;
  });
}

test('the histories hold events of every type', () => {
  const all = fc.sample(histories(30), { numRuns: 200, seed: 1 }).flatMap((history) => history(WHO));
  const seen = new Set(all.map(({ type }) => type));
  expect(EVENT_TYPES.filter((type) => !seen.has(type))).toEqual([]);
});

describe('the list is what docs/suppression-table.md says', () => {
  test.each([
    ['without retractions', fc.constant([])],
    ['with retractions before, amid and after it', fc.array(retraction, { minLength: 1, maxLength: 2 })],
  ])(
    `${COUNT} random histories, each in ${ORDERS} orders, %s`,
    async (_name, retractions) => {
      const property = fc.asyncProperty(histories(14), retractions, random, async (history, taken, numbers) => {
        const next = (): number => Number(numbers.next().value) / 2 ** 30;
        const events = history(WHO);
        const expected = oracle(events as never, policyOf(CONFIG), taken);
        for (let order = 0; order < ORDERS; order++) {
          const list = listInMemory(CONFIG);
          const groups = arrange(events, order, next);
          const when = next() < 0.4 ? groups.length : Math.floor(next() * groups.length);
          for (let step = 0; step <= groups.length; step++) {
            if (step === when && taken.length > 0) {
              list.retract(taken);
              // The acts may wait in the queue until everything else is done.
              if (next() < 0.5) for (const one of taken) await list.batch(acts(list, one, taken));
            }
            const group = groups[step];
            if (group) await list.batch(group);
          }
          for (const one of taken) await list.batch(acts(list, one, taken));
          const found = list.entry();
          const [keys, expectedKeys] = [Object.keys(found.reasons), Object.keys(expected.reasons)];
          if (!isDeepStrictEqual(found, expected))
            expect({ order, events, taken, ...found }).toEqual({ order, events, taken, ...expected });
          if (keys.join() !== expectedKeys.join()) expect(keys).toEqual(expectedKeys);
        }
      });
      await fc.assert(property, {
        numRuns: COUNT,
        ...(process.env.SEED !== undefined && { seed: Number(process.env.SEED) }),
      });
    },
    3_600_000,
  );
});
