import { describe, expect, test } from '@jest/globals';
import { eventFields } from '../../../lambda/contract/event/fields.ts';
import type { Draft } from '../../../lambda/domain/event/event.ts';
import { type Arrival, normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { stringMap } from '../../../lambda/domain/read.ts';

/** What of an event is kept: an item must stay within what the table takes, whatever an ESP or a sender puts into it. */

const ARRIVAL: Arrival = {
  source: 'news',
  provider: 'sendgrid',
  dedupeGroup: 'news',
  receivedAt: '2026-05-04T10:00:00.000Z',
};
const draft: Draft = { type: 'delivered', providerEvent: 'delivered', identity: ['x'] };
const made = (over: Partial<Draft>, arrival: Partial<Arrival> = {}) =>
  normalisedEvent({ ...draft, ...over }, { ...ARRIVAL, ...arrival });
const entries = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_none, n) => [`k${n}`, 'v'.repeat(length)]));

test('custom data without a name, or by a name that no object may have, is left out: no table takes it', () => {
  expect(
    stringMap(JSON.parse('{"":"x","__proto__":"x","constructor":"x","campaign":"spring","n":1,"list":[1]}')),
  ).toEqual({
    campaign: 'spring',
    n: '1',
  });
  expect(stringMap({ '': 'x' })).toBeUndefined();
});

describe('long texts', () => {
  const texts = eventFields.flatMap(([name, field]) =>
    field.is === 'text' && field.saidBy === undefined && name !== 'scope' ? [[name, field.most] as const] : [],
  );

  test.each(texts)('%s is kept to %i characters, and named where it was longer', (name, most) => {
    const whole = made({ [name]: 'x'.repeat(most) });
    expect([whole[name], whole.truncated]).toEqual(['x'.repeat(most), undefined]);
    const cut = made({ [name]: 'x'.repeat(most + 1) });
    expect([cut[name], cut.truncated]).toEqual(['x'.repeat(most), [name]]);
  });

  test("a scope is cut with the source's name before it, which an operator's has already", () => {
    const scope = `list:${'7'.repeat(300)}`;
    expect(made({ scope })).toMatchObject({ scope: `news:${scope}`.slice(0, 256), truncated: ['scope'] });
    expect(made({ scope: 'list:7' }).scope).toBe('news:list:7');
    expect(made({ scope: 'all' }).scope).toBe('all');
    expect(made({ scope: 'news:list:7' }, { source: 'operator' }).scope).toBe('news:list:7');
  });

  test('half a character is none: what is cut can be stored', () => {
    const cut = made({ subject: `${'x'.repeat(255)}😀` });
    expect(cut.subject).toBe(`${'x'.repeat(255)}\ufffd`);
    expect(made({ subject: '\ud800' }).subject).toBe('\ufffd');
  });

  test('nothing is no text', () => {
    expect(made({ subject: '', tags: [], metadata: {} })).toEqual(made({}));
  });
});

describe('custom data', () => {
  test('20 entries of 256 characters under keys of 128; more is cut and named once', () => {
    expect(made({ metadata: entries(20, 256) })).toMatchObject({ metadata: entries(20, 256) });
    expect(made({ metadata: entries(20, 256) })).not.toHaveProperty('truncated');
    expect(made({ metadata: entries(21, 257) })).toMatchObject({
      metadata: entries(20, 256),
      truncated: ['metadata'],
    });
    const long = made({ metadata: { ['k'.repeat(129)]: 'v' } });
    expect(long).toMatchObject({ metadata: { ['k'.repeat(128)]: 'v' }, truncated: ['metadata'] });
  });

  test('20 tags of 128 characters; more is cut and named', () => {
    const tags = (count: number, length: number) =>
      Array.from({ length: count }, (_none, n) => `${n}`.padEnd(length, 't'));
    expect(made({ tags: tags(20, 128) })).toMatchObject({ tags: tags(20, 128) });
    expect(made({ tags: tags(20, 128) })).not.toHaveProperty('truncated');
    expect(made({ tags: tags(21, 128) })).toMatchObject({ tags: tags(20, 128), truncated: ['tags'] });
    expect(made({ tags: tags(1, 129) })).toMatchObject({ tags: tags(1, 128), truncated: ['tags'] });
  });

  test('what is cut is named in the order of the fields', () => {
    const cut = made({ url: 'u'.repeat(3000), metadata: entries(21, 1), note: 'n'.repeat(600) });
    expect(cut.truncated).toEqual(['url', 'metadata', 'note']);
  });
});

describe('times', () => {
  test.each([
    ['the first millisecond', 1, '1970-01-01T00:00:00.001Z'],
    ['the last day with four digits of year', Date.UTC(9999, 11, 30, 23), '9999-12-30T23:00:00.000Z'],
    ['none at the epoch, which stands for "no time"', 0, undefined],
    ['none before', -1, undefined],
    ['none past four digits', Date.UTC(9999, 11, 31), undefined],
    ['none where the ESP gives none', undefined, undefined],
  ])('%s', (_title, at, written) => {
    expect(made(at === undefined ? {} : { occurredAt: at }).occurredAt).toBe(written);
  });
});
