import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { idle, withIdle } from '../../bench/cost/idle.ts';
import { total } from '../../bench/cost/model.ts';
import { settingsOf, VARIANTS } from '../support/stack/settings.ts';
import { synthesize } from '../support/template.ts';

/** `Accepted` of the source, and `Heartbeat` or `Pulse`. */
const alwaysOf = (sources: number): number => sources + 1;
const month = idle(synthesize(VARIANTS.smallest).resources, alwaysOf(1));

describe('an idle month of the smallest stack', () => {
  test('costs less than seven dollars by list price, without any free allowance', () => {
    expect(total(month)).toBeLessThan(7);
  });

  test.each(['docs/settings.md', 'docs/cost.md'])('%s says what the template costs', (page) => {
    const text = readFileSync(page, 'utf8');
    if (process.env.WRITE_DOCS) writeFileSync(page, withIdle(text, month));
    else expect(text).toBe(withIdle(text, month));
  });

  test('each part that the settings switch on is in it', () => {
    const more = (document: object) =>
      total(idle(synthesize(settingsOf(document as Record<string, unknown>)).resources, alwaysOf(1))) - total(month);
    expect(more({ dashboard: true })).toBeCloseTo(3);
    // Of an ESP that is refused with a 5xx, what strangers make of it is subtracted: one more metric.
    expect(more({ sources: { sendgrid: { provider: 'brevo' } } })).toBeCloseTo(0.1);
    expect(more({ sources: { sendgrid: { provider: 'postal' } } })).toBeCloseTo(0);
    expect(more({ alarms: { trafficSurge: 1000 } })).toBeCloseTo(0.1);
    // Ten writes and a read, a tenth of both in the index by hour; sixteen alarms of auto scaling.
    expect(more({ capacity: { min: 10, max: 100 } })).toBeCloseTo(11 * 0.468 + 2 * 0.0936 + 1.6);
    // A queue for what SNS brings, and an alarm for what it cannot bring.
    const fed = { sources: { ses: { provider: 'ses', via: 'sns-queue', createTopic: true } } };
    expect(more(fed)).toBeGreaterThan(0.26);
  });
});
