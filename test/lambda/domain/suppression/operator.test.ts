import { describe, expect, test } from '@jest/globals';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import { PoisonEvent } from '../../../../lambda/domain/errors.ts';
import { normalisedEvent } from '../../../../lambda/domain/event/normalised.ts';
import { normaliseAct, OPERATOR, type OperatorAct } from '../../../../lambda/domain/suppression/operator.ts';

const ACT: OperatorAct = {
  act: 'suppress',
  recipient: 'ada@example.com',
  reason: 'manual',
  at: '2026-05-04T10:00:00.000Z',
  actor: 'bob',
  note: 'because',
};
const event = (over: Partial<OperatorAct> = {}, receivedAt = '2026-05-04T10:00:01.000Z') =>
  normalisedEvent(normaliseAct(JSON.stringify({ ...ACT, ...over })), {
    source: OPERATOR,
    provider: OPERATOR,
    dedupeGroup: OPERATOR,
    receivedAt,
  });

describe('operator acts', () => {
  test('become events that say what, who and why', () => {
    expect(event()).toMatchObject({
      type: 'suppressed',
      reason: 'manual',
      until: FOREVER,
      actor: 'bob',
      note: 'because',
    });
    const lifted = event({ act: 'lift', until: 5 });
    expect(lifted.type).toBe('lifted');
    expect(lifted).not.toHaveProperty('until');
  });

  test('keep the fingerprint that the first version gave them: replayed after an upgrade they must not count twice', () => {
    expect(event().fingerprint).toBe('aa6fd42627cac1dbc1ef685a05978cc5');
  });

  test('are the same whoever writes them down, whenever and why; another end, time, reason or scope is another act', () => {
    const { fingerprint } = event();
    expect(event({ actor: 'eve', note: 'again' }, '2027-01-01T00:00:00.000Z').fingerprint).toBe(fingerprint);
    for (const over of [
      { until: 1_900_000_000 },
      { at: '2026-05-04T10:00:00.001Z' },
      { reason: 'complaint' },
      { act: 'lift' },
    ]) {
      expect(event(over as Partial<OperatorAct>).fingerprint).not.toBe(fingerprint);
    }
    const left = (scope?: string) =>
      event({ reason: 'unsubscribe', ...(scope !== undefined && { scope }) }).fingerprint;
    expect(new Set([left(), left('news:list:7'), left('news:list:8')]).size).toBe(3);
  });

  test('name a scope in full, on unsubscribes only', () => {
    expect(event({ reason: 'unsubscribe', scope: 'news:list:7' }).scope).toBe('news:list:7');
    expect(event({ reason: 'unsubscribe' }).scope).toBe('all');
    expect(event({ scope: 'news:list:7' })).not.toHaveProperty('scope');
  });

  test.each(['act', 'recipient', 'reason', 'at', 'actor', 'note'] as const)('without %s they are poison', (name) => {
    const { [name]: _gone, ...rest } = ACT;
    expect(() => normaliseAct(JSON.stringify(rest))).toThrow(PoisonEvent);
  });

  test.each([['{"act":'], ['[]'], [JSON.stringify({ ...ACT, reason: 'constructor' })]])(
    '%s is poison that is not quoted',
    (raw) => {
      expect(() => normaliseAct(raw)).toThrow(PoisonEvent);
      try {
        normaliseAct(raw);
      } catch (error) {
        expect((error as Error).message).not.toContain('ada@');
      }
    },
  );
});
