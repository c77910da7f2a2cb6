import { describe, expect, test } from '@jest/globals';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { eventRecord } from '../../../../lambda/domain/event/record.ts';
import { type Item, publishedEvent, suppressionChange } from '../../../../lambda/domain/suppression/change.ts';

const NOW = '2026-05-04T10:00:00.000Z';
const SOON = Date.parse(NOW) / 1000 + 60;
const PAST = Date.parse(NOW) / 1000;

const mark = (over: object = {}) => ({
  at: '2026-05-04T09:00:00.000Z',
  until: FOREVER,
  fingerprint: 'a'.repeat(32),
  source: 'news',
  event: 'spamreport',
  ...over,
});
const entry = (over: object = {}): Item => ({
  recipient: 'ada@example.com',
  version: 2,
  updatedAt: NOW,
  suppressedUntil: FOREVER,
  transactionalUntil: FOREVER,
  scopes: {},
  reasons: { complaint: [mark()] },
  ...over,
});
const clear = (over: object = {}): Item =>
  entry({ suppressedUntil: 0, transactionalUntil: 0, reasons: {}, version: 1, ...over });

describe('what is told of a written entry', () => {
  test('the whole of it: before, after, and what was not known before', () => {
    const lifted = mark({ at: '2026-05-01T00:00:00.000Z', until: 0, fingerprint: 'b'.repeat(32) });
    const before = clear({ reasons: { manual: [lifted] } });
    const after = entry({ reasons: { manual: [lifted], complaint: [mark()] } });
    expect(suppressionChange(before, after)).toEqual({
      recipient: 'ada@example.com',
      version: 2,
      change: 'suppressed',
      occurredAt: '2026-05-04T09:00:00.000Z',
      updatedAt: NOW,
      before: { suppressedUntil: 0, transactionalUntil: 0, scopes: {}, reasons: [] },
      after: { suppressedUntil: FOREVER, transactionalUntil: FOREVER, scopes: {}, reasons: ['complaint'] },
      because: [{ reason: 'complaint', ...mark() }],
    });
  });

  test.each([
    ['suppressed', clear(), entry()],
    ['suppressed', undefined, entry()],
    ['released', entry(), clear({ version: 3 })],
    ['updated', entry(), entry({ version: 3 })],
    // Nothing stood and nothing stands: nobody's business.
    [undefined, clear(), clear({ version: 3 })],
    [undefined, undefined, clear()],
    [undefined, undefined, clear({ reasons: { unsubscribe: [mark({ until: 0 })] } })],
    [
      undefined,
      clear({ reasons: { unsubscribe: [mark({ until: 0 })] } }),
      clear({ reasons: { unsubscribe: [mark({ until: 0, at: NOW })] }, version: 3 }),
    ],
    // A scope of which one list takes nothing, and a lift of what did stand.
    ['updated', undefined, clear({ reasons: { 'unsubscribe:shop:list:1': [mark()] } })],
    [
      'updated',
      clear({ reasons: { 'unsubscribe:shop:list:1': [mark()] } }),
      clear({ reasons: { 'unsubscribe:shop:list:1': [mark({ until: 0 })] }, version: 3 }),
    ],
    // By the time of the write: what ends a minute later suppresses, what ends at that very second no longer does.
    ['suppressed', clear(), entry({ suppressedUntil: SOON })],
    ['updated', clear(), entry({ suppressedUntil: PAST })],
    ['released', entry({ suppressedUntil: SOON }), entry({ suppressedUntil: PAST, version: 3 })],
  ] as const)('%s (row %#)', (change, before, after) => {
    expect(suppressionChange(before, after)?.change).toBe(change);
  });

  test('there was no entry: null before; no new evidence: the time of the write', () => {
    const told = suppressionChange(undefined, entry());
    expect([told?.before, told?.occurredAt]).toEqual([null, mark().at]);
    const again = suppressionChange(entry(), entry({ version: 3 }));
    expect([again?.because, again?.occurredAt]).toEqual([[], NOW]);
  });

  test('new evidence is the newest first in time, told apart by time, end and fingerprint', () => {
    const late = mark({ at: '2026-05-04T09:30:00.000Z' });
    const other = mark({ fingerprint: 'c'.repeat(32) });
    const longer = mark({ until: SOON });
    const told = suppressionChange(
      entry(),
      entry({ version: 3, reasons: { complaint: [mark(), late, other, longer] } }),
    );
    expect(told?.because).toEqual([late, other, longer].map((one) => ({ reason: 'complaint', ...one })));
    expect(told?.occurredAt).toBe('2026-05-04T09:30:00.000Z');
    const moved = suppressionChange(entry(), entry({ version: 3, reasons: { manual: [mark()] } }));
    expect(moved?.because).toEqual([{ reason: 'manual', ...mark() }]);
  });

  test.each([
    ['marks of erased people', entry({ recipient: '~erased#x' })],
    ['a replay that is not to be published', entry({ replayedVersion: 2 })],
    ['what is no entry', { recipient: 'ada@example.com' }],
  ])('nothing of %s', (_title, after) => {
    expect(suppressionChange(undefined, after)).toBeUndefined();
  });

  test('a write after a replay is told again', () => {
    expect(suppressionChange(entry({ replayedVersion: 2 }), entry({ replayedVersion: 2, version: 3 }))).toMatchObject({
      version: 3,
    });
  });
});

describe('what is told of a stored event', () => {
  const event: NormalisedEvent = {
    fingerprint: 'ab'.repeat(16),
    type: 'bounced',
    source: 'news',
    provider: 'sendgrid',
    providerEvent: 'bounce',
    recipient: 'ada@example.com',
    occurredAt: '2026-05-04T10:00:00.123Z',
    receivedAt: '2026-05-04T10:00:09.000Z',
  };

  test('the event as it was, and nothing of how it is kept', () => {
    expect(publishedEvent(eventRecord(event, 35))).toEqual(event);
  });

  test.each([
    ['a replay', eventRecord(event, 35, true)],
    ['a heartbeat', eventRecord({ ...event, source: 'quell-heartbeat' }, 35)],
    ['a token, which is no event', { recipient: '~token#news#t', eventKey: '-', digest: 'd' }],
  ])('nothing of %s', (_title, item) => {
    expect(publishedEvent(item)).toBeUndefined();
  });
});
