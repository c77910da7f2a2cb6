import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { lettermint } from '../../../lambda/providers/lettermint/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('lettermint', { proofIn: 'x-lettermint-signature' });

const normalise = (event: string, data: object = {}, more: object = {}) =>
  lettermint.normalise(
    JSON.stringify({
      id: 'a0b1c2d3',
      event,
      timestamp: '2026-05-04T10:00:00.000000Z',
      data: {
        message_id: 'msg_42',
        recipient: 'ada@example.com',
        subject: 'Welcome',
        metadata: {},
        tag: null,
        ...data,
      },
      ...more,
    }),
    { options: {}, meta: {} },
  )[0];

describe('lettermint: mapping', () => {
  test('a full bounce gives every field', () => {
    const draft = normalise('message.hard_bounced', {
      response: { status_code: 550, enhanced_status_code: '5.1.1', content: 'user unknown' },
      metadata: { order: 4711 },
      tag: 'welcome',
    });
    expect(stored(draft, 'lettermint').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'lettermint',
      provider: 'lettermint',
      providerEvent: 'message.hard_bounced',
      providerEventId: 'a0b1c2d3',
      recipient: 'ada@example.com',
      messageId: 'msg_42',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: 'user unknown',
      tags: ['welcome'],
      metadata: { order: '4711' },
    });
  });

  const reply = (status_code: number, enhanced_status_code: string, content = '') => ({
    response: { status_code, enhanced_status_code, content },
  });
  test.each([
    ['message.created', {}, { type: 'accepted' }],
    ['message.sent', {}, { type: 'accepted' }],
    ['message.delivered', reply(250, '2.0.0'), { type: 'delivered' }],
    ['message.hard_bounced', {}, { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    ['message.hard_bounced', reply(550, '5.7.1', 'blocked'), { bounceClass: 'block' }],
    ['message.hard_bounced', reply(552, '5.2.2'), { bounceClass: 'soft', bounceCause: 'full' }],
    ['message.soft_bounced', reply(452, '4.2.2'), { type: 'bounced', bounceClass: 'soft', smtpStatus: '4.2.2' }],
    ['message.soft_bounced', reply(550, '5.1.1'), { bounceClass: 'soft' }],
    ['message.failed', { reason: 'timeout' }, { type: 'dropped', dropReason: 'other', diagnostic: 'timeout' }],
    ['message.suppressed', {}, { type: 'dropped', dropReason: 'suppressed-unknown' }],
    ['message.suppressed', { reason: 'manual' }, { dropReason: 'suppressed-unknown', diagnostic: 'manual' }],
    ['message.suppressed', { reason: 'unsubscribed' }, { dropReason: 'suppressed-unsubscribe' }],
    ['message.suppressed', { reason: 'spam_complaint' }, { dropReason: 'suppressed-complaint' }],
    ['message.suppressed', { reason: 'hard_bounce' }, { dropReason: 'suppressed-bounce' }],
    ['message.suppressed', { reason: 'soft_bounce' }, { dropReason: 'suppressed-unknown' }],
    ['message.policy_rejected', {}, { type: 'dropped', dropReason: 'policy' }],
    ['message.spam_complaint', {}, { type: 'complained' }],
    ['message.unsubscribed', {}, { type: 'unsubscribed', scope: 'all' }],
    ['message.opened', { bot: { machine: true }, user_agent: 'Mozilla/5.0' }, { type: 'opened', machine: true }],
    [
      'message.clicked',
      { destination_url: 'https://example.com/a', device_type: 'desktop', bot: { machine: false } },
      { type: 'clicked', url: 'https://example.com/a', device: 'desktop', machine: false },
    ],
    [
      'message.inbound',
      { from: { email: 'bob@example.org', name: 'Bob' }, subject: 'Help', body: { text: 'x' } },
      { type: 'inbound', from: 'bob@example.org', subject: 'Help', recipient: 'ada@example.com' },
    ],
    ['message.auto_replied', {}, { type: 'unknown', autoReply: true }],
    ['message.scheduled', {}, { type: 'unknown' }],
    ['suppression.added', {}, { type: 'unknown' }],
    ['constructor', {}, { type: 'unknown' }],
  ])('%s %j', (event, data, expected) => {
    expect(normalise(event, data)).toMatchObject(expected);
  });

  test('the event id tells events apart', () => {
    const print = (id: string | undefined) => stored(normalise('message.opened', {}, { id }), 'lettermint').fingerprint;
    expect(print('a')).toBe(print('a'));
    expect(new Set([print('a'), print('b'), print(undefined)]).size).toBe(3);
  });
});

describe('lettermint: proof', () => {
  const verify = (body: string, timestamp = '1777888800', over = (hex: string) => `t=${timestamp},v1=${hex}`) => {
    const hex = createHmac('sha256', 'whsec_k').update(`${timestamp}.${body}`).digest('hex');
    const request = post(body, { 'x-lettermint-signature': over(hex) });
    return reasonOf(() => lettermint.verify(request, verifyContext(['whsec_k'], {})));
  };
  const body = '{"event":"message.sent"}';

  test('the secret is used whole, with its prefix', () => {
    expect(verify(body)).toEqual({ secretIndex: 0 });
  });

  test.each([
    ['1777888501', { secretIndex: 0 }],
    ['1777888500', 'stale'],
    ['1777889102', 'stale'],
  ])('signed at %s', (timestamp, expected) => {
    expect(verify(body, timestamp)).toEqual(expected);
  });

  test.each([
    ['no time', (hex: string) => `v1=${hex}`],
    ['another time', (hex: string) => `t=1777888801,v1=${hex}`],
    ['another version', (hex: string) => `t=1777888800,v2=${hex}`],
    ['something after it', (hex: string) => `t=1777888800,v1=${hex},v0=x`],
  ])('%s is refused', (_name, over) => {
    expect(verify(body, '1777888800', over)).toBe('bad-proof');
  });

  test('the test button is answered and stores nothing', () => {
    expect(verify('{"event":"webhook.test","data":{}}')).toEqual({ secretIndex: 0, answer: { status: 200 } });
  });

  test('a signed body that is no JSON is unreadable', () => {
    expect(verify('event=webhook.test')).toBe('unreadable');
  });
});
