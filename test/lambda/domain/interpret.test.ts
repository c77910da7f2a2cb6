import { describe, expect, test } from '@jest/globals';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';
import { interpreter, type Normaliser, OPERATOR_ACTS } from '../../../lambda/domain/interpret.ts';
import { OPERATOR } from '../../../lambda/domain/suppression/operator.ts';

const ARRIVAL = { receivedAt: '2026-05-04T10:00:01.000Z', requestId: 'r1' };
const HASH = 'a'.repeat(64);

/** An ESP whose raw event is its recipients, separated by commas. */
const toy: Normaliser<{ readonly word: string }> = {
  id: 'toy',
  normalise: (raw, { options, meta }) =>
    raw.split(',').map((recipient) => ({
      type: 'delivered',
      providerEvent: options.word,
      ...(meta.delivery !== undefined && { messageId: meta.delivery }),
      recipient,
      identity: [options.word, recipient],
    })),
  control: (raw) =>
    raw === 'topic@example.com' ? { kind: 'confirm-subscription', topicArn: 'arn', token: 't' } : undefined,
  bindToken: (raw) => (raw === 'signed@example.com' ? { token: 't1', digest: HASH } : undefined),
};
const read = interpreter('news', { provider: toy, options: { word: 'ok' } });

const eventsOf = (meaning: ReturnType<typeof read>) => ('poison' in meaning ? [] : meaning.events);

describe('what a raw event means', () => {
  test('one event for each recipient, with the place and time of its arrival', () => {
    expect(read('Ada@Example.com,bob@example.com', { delivery: 'm1' }, ARRIVAL)).toEqual({
      events: ['ada@example.com', 'bob@example.com'].map((recipient) => ({
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        type: 'delivered',
        providerEvent: 'ok',
        messageId: 'm1',
        source: 'news',
        provider: 'toy',
        recipient,
        ...ARRIVAL,
      })),
    });
  });

  test('beside the events, what the ESP asks for and what it signed', () => {
    expect(read('topic@example.com', undefined, ARRIVAL)).toMatchObject({
      control: { kind: 'confirm-subscription', topicArn: 'arn', token: 't' },
    });
    const signed = read('signed@example.com', undefined, ARRIVAL);
    expect(signed).toMatchObject({ token: { token: 't1', digest: HASH } });
    expect(signed).not.toHaveProperty('control');
    expect(read('ada@example.com', undefined, ARRIVAL)).not.toHaveProperty('token');
  });

  test('two sources of one group report the same event, of different groups they do not; alone a source is its own group', () => {
    const print = (source: string, dedupeGroup?: string) =>
      eventsOf(
        interpreter(source, { provider: toy, options: { word: 'ok' }, dedupeGroup })('a@example.com', {}, ARRIVAL),
      )[0]?.fingerprint;
    expect(print('news', 'both')).toBe(print('sales', 'both'));
    expect(print('news')).toBe(print('sales', 'news'));
    expect(print('news')).not.toBe(print('sales'));
    expect(print('news')).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    ['an error in our words is told in them', new PoisonEvent('The event has no name.'), 'The event has no name.'],
    [
      'of any other error only its name',
      new RangeError('ada@example.com is bad'),
      "The provider's code failed (RangeError).",
    ],
    ['of what is no error at all only its kind', 'ada@example.com', "The provider's code failed (string)."],
  ])('%s', (_title, thrown, poison) => {
    const failing = (method: 'normalise' | 'control' | 'bindToken'): Normaliser<{ readonly word: string }> => ({
      ...toy,
      [method]: () => {
        throw thrown;
      },
    });
    for (const method of ['normalise', 'control', 'bindToken'] as const)
      expect(
        interpreter('news', { provider: failing(method), options: { word: 'ok' } })('a@example.com', {}, ARRIVAL),
      ).toEqual({
        poison,
      });
  });

  test("operators' acts are read like an ESP's events, and name their scope in full", () => {
    const act = {
      act: 'suppress',
      recipient: 'ada@example.com',
      reason: 'unsubscribe',
      scope: 'news:list:7',
      at: '2026-05-04T10:00:00.000Z',
      actor: 'bob',
      note: 'asked by phone',
    };
    const readAct = interpreter(OPERATOR, OPERATOR_ACTS);
    expect(eventsOf(readAct(JSON.stringify(act), {}, ARRIVAL))).toEqual([
      expect.objectContaining({ type: 'suppressed', source: 'operator', provider: 'operator', scope: 'news:list:7' }),
    ]);
    expect(readAct('{}', {}, ARRIVAL)).toEqual({ poison: expect.stringContaining('An operator act needs') });
  });
});
