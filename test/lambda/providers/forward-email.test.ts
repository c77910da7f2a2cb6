import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { forwardEmail } from '../../../lambda/providers/forward-email/index.ts';
import { post, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('forward-email', { proofIn: 'x-webhook-signature' });

const base = {
  email_id: '66a1b2c3d4e5f60718293a4b',
  list_id: 'news.example.org',
  list_unsubscribe: '<https://example.org/u>',
  feedback_id: 'f:1',
  recipient: 'ada@example.com',
  message: '550 5.1.1 user unknown',
  response: '550 5.1.1 <ada@example.com>: user unknown',
  response_code: 550,
  truth_source: 'example.com',
  headers: { 'Message-ID': '<m1@example.org>', Subject: 'Welcome' },
  bounced_at: '2026-05-04T10:00:00.000Z',
};
const normalise = (more: object) =>
  forwardEmail.normalise(JSON.stringify({ ...base, ...more }), { options: {}, meta: {} })[0];
const mute = { response: 'no', message: 'no', response_code: undefined };

describe('forward-email: mapping', () => {
  test('a full bounce gives every field', () => {
    const bounce = {
      action: 'reject',
      message: 'User unknown',
      category: 'recipient',
      code: 550,
      status: '5.1.1',
      line: 7,
    };
    expect(stored(normalise({ bounce }), 'forward-email').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'forward-email',
      provider: 'forward-email',
      providerEvent: 'bounce',
      recipient: 'ada@example.com',
      messageId: '66a1b2c3d4e5f60718293a4b',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 <ada@example.com>: user unknown',
    });
  });

  test.each([
    [
      { response: undefined, message: undefined, response_code: undefined, bounce: { category: 'recipient' } },
      { bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [
      { ...mute, bounce: { category: 'block' } },
      { bounceClass: 'block', bounceCause: 'reputation' },
    ],
    [
      { ...mute, bounce: { category: 'spam' } },
      { bounceClass: 'block', bounceCause: 'content' },
    ],
    [
      { ...mute, bounce: { category: 'virus' } },
      { bounceClass: 'block', bounceCause: 'content' },
    ],
    [{ bounce: { category: 'spam' } }, { bounceClass: 'block' }],
    [{ bounce: { category: 'network' } }, { type: 'bounced', bounceClass: 'soft' }],
    [{ bounce: { category: 'constructor' } }, { bounceClass: 'soft' }],
    [{ bounce: {} }, { type: 'bounced', bounceClass: 'soft' }],
    [{ response: '452 4.2.2 full', response_code: 452, bounce: { category: 'recipient' } }, { bounceClass: 'soft' }],
    [{ response: '550 5.7.1 blocked', bounce: { category: 'recipient' } }, { bounceClass: 'block' }],
    [{ ...mute, bounce: { category: 'recipient', status: true, code: 'x' } }, { bounceClass: 'hard' }],
    [{ bounced_at: undefined }, { type: 'unknown' }],
  ])('%j', (more, expected) => {
    expect(normalise(more)).toMatchObject(expected);
  });

  test('mail, address and time tell bounces apart', () => {
    const print = (more: object) => stored(normalise({ bounce: {}, ...more }), 'forward-email').fingerprint;
    expect(print({})).toBe(print({ headers: {} }));
    expect(print({})).not.toBe(print({ recipient: 'bob@example.com' }));
    expect(print({})).not.toBe(print({ bounced_at: '2026-05-04T10:00:01.000Z' }));
  });

  test('upper-case hex is a digest as well', () => {
    const body = '{"bounce":{}}';
    const signature = createHmac('sha256', 'k').update(body).digest('hex').toUpperCase();
    expect(forwardEmail.verify(post(body, { 'x-webhook-signature': signature }), verifyContext(['k'], {}))).toEqual({
      secretIndex: 0,
    });
  });
});
