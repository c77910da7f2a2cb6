import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { eventKey, eventRecord, expiresAt, recordedEvent } from '../../../../lambda/domain/event/record.ts';

const EVENT: NormalisedEvent = {
  fingerprint: 'ab'.repeat(16),
  type: 'bounced',
  bounceClass: 'hard',
  source: 'news',
  provider: 'sendgrid',
  providerEvent: 'bounce',
  recipient: 'ada@example.com',
  messageId: 'm1',
  occurredAt: '2026-05-04T10:00:00.123Z',
  receivedAt: '2026-05-04T10:00:09.000Z',
  tags: ['a'],
};
const { recipient: _recipient, ...nobody } = EVENT;
const { occurredAt: _occurredAt, ...timeless } = EVENT;
const { messageId: _messageId, ...nothing } = nobody;
const DAY = 86_400;
const seconds = (iso: string): number => Date.parse(iso) / 1000;

describe('the key of an event', () => {
  test.each([
    ['person and time', EVENT, 'ada@example.com', `2026-05-04T10:00:00.123Z#${EVENT.fingerprint}`],
    ['no time: no date either', timeless, 'ada@example.com', `-#${EVENT.fingerprint}`],
    [
      'nobody: source and mail, which no address can be',
      nobody,
      '~news#m1',
      `2026-05-04T10:00:00.123Z#${EVENT.fingerprint}`,
    ],
    [
      'nobody and no mail: spread by the fingerprint',
      nothing,
      '~news#ab',
      `2026-05-04T10:00:00.123Z#${EVENT.fingerprint}`,
    ],
  ])('%s', (_title, event, partition, sort) => {
    expect(eventKey(event)).toEqual({ recipient: partition, eventKey: sort });
  });
});

describe('the end of a record', () => {
  test('counts from the event where that is later, and from the arrival where that is', () => {
    expect(expiresAt(EVENT, 35)).toBe(seconds('2026-05-04T10:00:09Z') + 35 * DAY);
    const early = { ...EVENT, occurredAt: '2026-05-06T10:00:00.000Z' };
    expect(expiresAt(early, 35)).toBe(seconds('2026-05-06T10:00:00Z') + 35 * DAY);
    expect(expiresAt(timeless, 1)).toBe(seconds('2026-05-04T10:00:09Z') + DAY);
  });

  test('is whole seconds, never too early', () => {
    expect(expiresAt({ ...EVENT, receivedAt: '2026-05-04T10:00:09.001Z' }, 0)).toBe(seconds('2026-05-04T10:00:10Z'));
  });
});

describe('a record', () => {
  test('says nothing twice: what the keys hold is no attribute', () => {
    expect(eventRecord(EVENT, 35)).toEqual({
      recipient: 'ada@example.com',
      eventKey: `2026-05-04T10:00:00.123Z#${EVENT.fingerprint}`,
      // The hour it arrived in, and one of sixteen partitions by its fingerprint.
      hour: '2026-05-04T10#b',
      type: 'bounced',
      bounceClass: 'hard',
      source: 'news',
      provider: 'sendgrid',
      providerEvent: 'bounce',
      messageId: 'm1',
      receivedAt: '2026-05-04T10:00:09.000Z',
      tags: ['a'],
      expiresAt: expiresAt(EVENT, 35),
    });
  });

  test('of a replay that is not to be published is marked, no other', () => {
    expect(eventRecord(EVENT, 35, true)).toEqual({ ...eventRecord(EVENT, 35), replayed: true });
  });

  test.each([
    ['an event', EVENT],
    ['one without a time', timeless],
    ['one without a recipient', nobody],
    ['one with neither recipient nor mail', nothing],
  ])('is read back as the event it was made of: %s', (_title, event) => {
    expect(recordedEvent(eventRecord(event, 35))).toEqual(event);
    expect(recordedEvent(eventRecord(event, 35, true))).toEqual(event);
  });
});

describe('the index by hour', () => {
  const keyOf = (facts: Partial<typeof EVENT>) => eventRecord({ ...EVENT, ...facts } as typeof EVENT, 35).hour;

  test('holds what went wrong and acts by hand, and nothing else', () => {
    const listed = EVENT_TYPES.filter((type) => keyOf({ type } as never) !== undefined);
    expect(listed).toEqual([
      'bounced',
      'dropped',
      'complained',
      'unsubscribed',
      'resubscribed',
      'suppressed',
      'lifted',
    ]);
  });

  test('is cut into sixteen partitions an hour, evenly, so that a wave fills none of them', () => {
    const keys = Array.from({ length: 256 }, (_, n) =>
      keyOf({ fingerprint: `${n.toString(16).padStart(2, '0')}${'0'.repeat(30)}` }),
    );
    const sizes = [...Map.groupBy(keys, (key) => key).values()].map(({ length }) => length);
    expect(sizes).toEqual(Array.from({ length: 16 }, () => 16));
  });

  test('is read back as the event it was', () => {
    expect(recordedEvent(eventRecord(EVENT, 35))).not.toHaveProperty('hour');
  });
});

describe('search keys', () => {
  const metadata = { Order_ID: '4711', order_id: '4712', campaign: 'x', constructor_: 'y' };

  test('are attributes of their own, in lower case, that very key before another spelling; only those of the settings', () => {
    const record = eventRecord({ ...EVENT, metadata }, 35, false, ['order_id', 'absent']);
    expect(Object.entries(record).filter(([name]) => name.startsWith('custom:'))).toEqual([
      ['custom:order_id', '4712'],
    ]);
    const spelt = eventRecord({ ...EVENT, metadata: { ORDER_ID: '1', Order_Id: '2' } }, 35, false, ['order_id']);
    expect(spelt['custom:order_id']).toBe('1');
    expect(eventRecord({ ...EVENT, metadata }, 35)).not.toHaveProperty('custom:order_id');
  });

  test('are no part of the event', () => {
    const event = { ...EVENT, metadata };
    expect(recordedEvent(eventRecord(event, 35, false, ['order_id']))).toEqual(event);
  });
});
