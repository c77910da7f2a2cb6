import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { busEntry } from '../../../../lambda/handlers/publish/entry.ts';
import { fatesOf } from '../../../../lambda/handlers/publish/fates.ts';

/** What a change of a table is on the bus, and what becomes of it by the bus's answer. */

describe('a change', () => {
  const record = (Keys: object, after?: object, before?: object) =>
    ({
      dynamodb: {
        Keys: marshall(Keys),
        ...(after && { NewImage: marshall({ ...Keys, ...after }) }),
        ...(before && { OldImage: marshall({ ...Keys, ...before }) }),
      },
    }) as unknown as DynamoDBRecord;
  const entry = (one: DynamoDBRecord) => busEntry(one, new Set(['bounced']));
  const stored = { recipient: 'ada@example.com', eventKey: `2026-05-04T10:00:00.000Z#${'0'.repeat(32)}` };
  const person = { recipient: 'ada@example.com' };

  test('of the events is an event, where its type is published', () => {
    expect(entry(record(stored, { type: 'bounced', source: 'news' }))).toEqual({
      detailType: 'Email Event',
      detail: expect.objectContaining({ type: 'bounced', source: 'news', recipient: 'ada@example.com' }),
    });
    expect(entry(record(stored, { type: 'opened', source: 'news' }))).toBeUndefined();
    expect(entry(record(stored, { type: 'bounced', source: 'quell-heartbeat' }))).toBeUndefined();
  });

  test('of the events that holds a surge is that surge', () => {
    const surge = { kind: 'link', link: 'https://shop.example/a', clicks: 30 };
    const key = { recipient: '~quell-clicks#a', eventKey: 'announced' };
    expect(entry(record(key, { surge }))).toEqual({ detailType: 'Clicks Surging', detail: surge });
  });

  test('of the list is a change of it, against what stood there', () => {
    const mark = { at: '2026-05-04T10:00:00.000Z', until: 9e9, fingerprint: 'f', source: 'news', event: 'x' };
    const standing = { suppressedUntil: 9e9, version: 1, updatedAt: mark.at, reasons: { complaint: [mark] } };
    const change = (before?: object) => entry(record(person, standing, before));
    expect(change()).toMatchObject({
      detailType: 'Suppression Changed',
      detail: { recipient: 'ada@example.com', change: 'suppressed', before: null },
    });
    expect(change({ ...standing, version: 0 })?.detail).toMatchObject({ change: 'updated', because: [] });
    expect(entry(record({ recipient: '~erased#a' }, { erasedAt: 'x' }))).toBeUndefined();
  });

  test('that takes something away is none, nor one without a word', () => {
    expect(entry(record(stored, undefined, { type: 'bounced' }))).toBeUndefined();
    expect(entry({})).toBeUndefined();
  });
});

describe('after the answer of the bus', () => {
  const NOW = Date.UTC(2026, 4, 4, 10);
  const change = (name: string, age = 0) => ({
    name,
    record: { dynamodb: { ApproximateCreationDateTime: (NOW - age) / 1000 } } as DynamoDBRecord,
  });
  const fates = (...all: [outcome: 'sent' | 'failed' | 'never', age?: number][]) => {
    const changes = all.map(([, age], at) => change(String(at), age));
    const found = fatesOf(
      changes,
      all.map(([outcome]) => outcome),
      NOW,
    );
    const names = (some: readonly { readonly name: string }[]) => some.map(({ name }) => name).join();
    return [names(found.never), names(found.late), found.stop?.name];
  };

  test('what it will never take is buried, and what is sent is done', () => {
    expect(fates(['sent'], ['never'], ['sent'], ['never'])).toEqual(['1,3', '', undefined]);
  });

  test('what it does not take now comes again, with all that follow: none of these is buried', () => {
    expect(fates(['never'], ['sent'], ['failed'], ['never'], ['failed', 3_600_000])).toEqual(['0', '', '2']);
    expect(fates(['failed'], ['failed'])).toEqual(['', '', '0']);
  });

  test('what it has refused for an hour is buried: what comes after it goes on', () => {
    expect(fates(['failed', 3_600_000], ['sent'], ['failed', 3_599_999])).toEqual(['', '0', '2']);
    expect(fates(['failed', 3_600_000], ['never'])).toEqual(['1', '0', undefined]);
    // Of unknown age: it must not stop the others for ever.
    const nameless = { record: {} as DynamoDBRecord };
    expect(fatesOf([nameless], ['failed'], NOW)).toEqual({ never: [], late: [nameless], stop: undefined });
  });
});
