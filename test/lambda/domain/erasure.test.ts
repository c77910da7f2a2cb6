import { describe, expect, test } from '@jest/globals';
import { erasureMark, mayBringBack } from '../../../lambda/domain/erasure.ts';

describe('marks of erased people', () => {
  test('the same key and address make the same mark; without the key it cannot be guessed', () => {
    expect(erasureMark('k1', 'ada@example.com')).toBe(erasureMark('k1', 'ada@example.com'));
    expect(erasureMark('k1', 'ada@example.com')).not.toBe(erasureMark('k2', 'ada@example.com'));
    expect(erasureMark('k1', 'ada@example.com')).not.toContain('ada');
    expect(erasureMark('k1', 'ada@example.com')).toMatch(/^~erased#[\w-]{43}$/);
  });

  test('replays and what has waited are checked, live traffic is not', () => {
    const now = Date.parse('2026-05-04T12:00:00.000Z');
    expect(mayBringBack({ origin: 'replay', receivedAt: '2026-05-04T12:00:00.000Z' }, now)).toBe(true);
    expect(mayBringBack({ origin: 'live', receivedAt: '2026-05-04T11:00:00.000Z' }, now)).toBe(true);
    expect(mayBringBack({ origin: 'live', receivedAt: '2026-05-04T11:59:00.000Z' }, now)).toBe(false);
    // Longer than five minutes no live message waits.
    expect(mayBringBack({ origin: 'live', receivedAt: '2026-05-04T11:55:00.000Z' }, now)).toBe(false);
    expect(mayBringBack({ origin: 'live', receivedAt: '2026-05-04T11:54:59.999Z' }, now)).toBe(true);
  });
});
