import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../lambda/contract/config.ts';
import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event.ts';
import { judge } from '../../../lambda/domain/policy.ts';

const event = (over: Partial<NormalisedEvent>): NormalisedEvent => ({
  fingerprint: 'f'.repeat(32),
  type: 'bounced',
  source: 's',
  provider: 'sendgrid',
  providerEvent: 'bounce',
  recipient: 'ada@example.com',
  occurredAt: '2026-05-04T10:00:00.000Z',
  receivedAt: '2026-05-04T10:00:01.000Z',
  ...over,
});
const AT = Date.parse('2026-05-04T10:00:00.000Z') / 1000;

describe('policy: who is suppressed, why, until when', () => {
  test.each([
    [{ bounceClass: 'hard', bounceCause: 'mailbox' }, 'hard_bounce', FOREVER],
    [{ bounceClass: 'hard', bounceCause: 'domain' }, 'hard_bounce', FOREVER],
    [{ bounceClass: 'hard' }, 'hard_bounce', AT + 30 * 86_400],
    [{ type: 'complained' }, 'complaint', FOREVER],
    [{ type: 'complained', candidates: 1 }, 'complaint', FOREVER],
    [{ type: 'unsubscribed', scope: 'all' }, 'unsubscribe', FOREVER],
    [{ type: 'resubscribed', scope: 'all' }, 'unsubscribe', 0],
    [{ type: 'dropped', dropReason: 'invalid' }, 'hard_bounce', FOREVER],
  ] as [Partial<NormalisedEvent>, string, number][])('%j: %s', (over, reason, until) => {
    expect(judge(event(over), DEFAULT_POLICY)).toMatchObject({ reason, mark: { until } });
  });

  test.each([
    [{ bounceClass: 'soft' }],
    [{ bounceClass: 'block', bounceCause: 'reputation' }],
    [{ bounceClass: 'undetermined' }],
    [{ type: 'complained', candidates: 2 }],
    [{ type: 'dropped', dropReason: 'content' }],
    [{ type: 'delivered' }],
    [{ type: 'opened' }],
    [{ type: 'unknown' }],
    [{ type: 'inbound' }],
  ] as [Partial<NormalisedEvent>][])('%j suppresses nobody', (over) => {
    expect(judge(event(over), DEFAULT_POLICY)).toBeUndefined();
  });

  test('without a recipient or a time nobody is judged', () => {
    const { recipient: _recipient, ...nobody } = event({ type: 'complained' });
    const { occurredAt: _occurredAt, ...never } = event({ type: 'complained' });
    expect(judge(nobody, DEFAULT_POLICY)).toBeUndefined();
    expect(judge(never, DEFAULT_POLICY)).toBeUndefined();
  });

  test('"dropped because suppressed" is an echo', () => {
    expect(judge(event({ type: 'dropped', dropReason: 'suppressed-bounce' }), DEFAULT_POLICY)?.mark.echo).toBe(true);
    expect(judge(event({ type: 'complained' }), DEFAULT_POLICY)?.mark).not.toHaveProperty('echo');
  });

  test('a duration of 0 switches a reason off', () => {
    expect(judge(event({ type: 'complained' }), { ...DEFAULT_POLICY, complaint: 0 })).toBeUndefined();
  });

  test('an unsubscribe is limited to its scope', () => {
    expect(judge(event({ type: 'unsubscribed', scope: 's:list:9' }), DEFAULT_POLICY)?.scope).toBe('s:list:9');
  });
});
