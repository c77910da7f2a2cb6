import { describe, expect, test } from '@jest/globals';
import { kept } from '../../../lib/ops/audit/act.ts';
import { readActs } from '../../../lib/ops/audit/records.ts';
import { daysOf } from '../../../lib/ops/commands/replay/archive.ts';
import { readEventsBy, readMessageEvents } from '../../../lib/ops/stack/events/of-message.ts';
import { ATHENA } from '../../../lib/reports/dialect.ts';
import { REPORTS, sqlOf } from '../../../lib/reports/reports.ts';
import { fakeTarget } from '../../support/surroundings/fake-target.ts';

/** What is kept of words, and what is asked of AWS however far somebody looks. */

describe('a text that is kept when people are erased', () => {
  test.each([
    ['as ada@example.com wrote', 'as (address) wrote'],
    ['"ada lovelace"@example.com asked', '(address) asked'],
    ['said "no" and "ada b"@example.com', 'said "no" and (address)'],
    ['see https://desk.example/t?who=ada%40example.com&n=4', 'see https:(address)'],
    ['ticket 4711, "urgent" at 40 %', 'ticket 4711, "urgent" at 40 %'],
  ])('%s', (text, left) => {
    expect(kept(text)).toBe(left);
  });
});

describe('from the beginning of time to its end', () => {
  const ALWAYS = { since: Date.parse('0001-01-01T00:00:00Z'), until: Date.parse('9999-12-31T00:00:00Z') };

  test('the audit is asked for the months that it can have', async () => {
    const target = fakeTarget({}, { Query: () => ({ Items: [] }) });
    expect(await readActs(target, { ...ALWAYS, limit: 10 })).toEqual({ acts: [] });
    // Ten years at the most, by the month.
    expect(target.calls.length).toBeGreaterThan(100);
    expect(target.calls.length).toBeLessThan(130);
  });

  test('an archive is asked for the days that it can have', () => {
    const days = daysOf(ALWAYS.since, ALWAYS.until, 14, Date.parse('2026-05-04T10:00:00Z'));
    expect(days.length).toBeLessThan(2500);
    expect(days.at(-1)).toBe('2026-05-04');
  });

  test('and a report until the last day there is leaves nothing out', () => {
    for (const report of REPORTS)
      expect(sqlOf(report, ATHENA, { from: '2026-05-04', to: '9999-12-31' })).not.toMatch(/'[+-]\d/);
  });
});

describe('what is stored cut is found by all of it', () => {
  const asked = async (find: (target: ReturnType<typeof fakeTarget>) => Promise<unknown>): Promise<unknown> => {
    const target = fakeTarget({}, { Query: () => ({ Items: [] }) });
    await find(target);
    return target.calls[0]?.input.ExpressionAttributeValues;
  };

  test('a value of the custom data', async () => {
    const value = await asked((target) => readEventsBy(target, 'order_id', 'x'.repeat(3000)));
    expect(value).toEqual({ ':value': { S: 'x'.repeat(256) } });
  });

  test('the id of a mail', async () => {
    const value = await asked((target) => readMessageEvents(target, 'm'.repeat(3000)));
    expect(value).toEqual({ ':value': { S: 'm'.repeat(512) } });
  });
});
