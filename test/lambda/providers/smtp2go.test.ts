import { describe, expect, test } from '@jest/globals';
import { smtp2go } from '../../../lambda/providers/smtp2go/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('smtp2go', { proofIn: 'authorization' });

const base = {
  time: '2026-05-04 10:00:00',
  sendtime: '2026-05-04 09:59:58',
  email_id: '1k2XYZ-AbCdEf-01',
  rcpt: 'ada@example.com',
  recipients: 'ada@example.com, bob@example.com',
  sender: 'bounce@example.org',
  from: 'News <news@example.org>',
  subject: 'Welcome',
  auth: 'api-ABCDEF',
  id: '99',
};
const normaliseText = (raw: string) => smtp2go.normalise(raw, { options: {}, meta: {} })[0];
const normalise = (event: object) => normaliseText(JSON.stringify({ ...base, ...event }));

const bounce = {
  event: 'bounce',
  bounce: 'hard',
  host: 'mx.example.com [192.0.2.5]',
  message: '550 5.1.1 The email account that you tried to reach does not exist',
  context: 'RCPT TO:<ada@example.com>',
  'X-Order-Id': '4711',
};

describe('smtp2go: mapping', () => {
  test.each([
    ['JSON', JSON.stringify({ ...base, ...bounce })],
    ['form', new URLSearchParams({ ...base, ...bounce }).toString()],
  ])('a full bounce as %s gives every field', (_format, raw) => {
    const { events } = smtp2go.split(post(raw), {});
    expect(events).toEqual([raw]);
    expect(stored(normaliseText(raw), 'smtp2go').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'smtp2go',
      provider: 'smtp2go',
      providerEvent: 'bounce',
      recipient: 'ada@example.com',
      messageId: '1k2XYZ-AbCdEf-01',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 The email account that you tried to reach does not exist',
      metadata: { 'X-Order-Id': '4711' },
    });
  });

  test.each([
    [{ event: 'processed' }, { type: 'accepted' }],
    [{ event: 'delivered', message: '250 OK' }, { type: 'delivered' }],
    [
      { event: 'bounce', bounce: 'hard' },
      { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [
      { event: 'bounce', bounce: 'soft', message: '452 4.2.2 full' },
      { bounceClass: 'soft', smtpStatus: '4.2.2' },
    ],
    [{ event: 'bounce', bounce: 'hard', message: '550 5.7.1 listed by spamhaus' }, { bounceClass: 'block' }],
    [{ event: 'bounce', bounce: 'soft', message: '554 5.7.1 blocked' }, { bounceClass: 'block' }],
    [{ event: 'bounce', bounce: 'soft', message: '550 5.1.1 user unknown' }, { bounceClass: 'soft' }],
    [{ event: 'bounce', message: 'no' }, { bounceClass: 'undetermined' }],
    [{ event: 'reject' }, { type: 'dropped', dropReason: 'suppressed-unknown' }],
    [
      { event: 'open', 'user-agent': 'Mozilla/5.0', 'client-device': 'mobile', 'read-secs': 10 },
      { type: 'opened', userAgent: 'Mozilla/5.0', device: 'mobile' },
    ],
    [
      { event: 'click', url: 'https://example.com/a' },
      { type: 'clicked', url: 'https://example.com/a' },
    ],
    [{ event: 'spam' }, { type: 'complained' }],
    [{ event: 'unsubscribe' }, { type: 'unsubscribed', scope: 'all' }],
    [{ event: 'resubscribe' }, { type: 'resubscribed', scope: 'all' }],
    [{ event: 'sms-delivered' }, { type: 'unknown' }],
    [{ event: 'constructor' }, { type: 'unknown' }],
  ])('%j', (event, expected) => {
    expect(normalise(event)).toMatchObject(expected);
  });

  test('the one address is read, not all addressees; without it there is none', () => {
    expect(normalise({ event: 'spam' })?.recipient).toBe('ada@example.com');
    expect(normalise({ event: 'spam', rcpt: '' })).not.toHaveProperty('recipient');
  });

  test('times in both forms', () => {
    expect(normalise({ event: 'open', time: '2026-05-04T10:00:00Z' })?.occurredAt).toBe(1777888800000);
  });

  test('the undocumented id does not tell events apart', () => {
    const print = (event: object) => stored(normalise(event), 'smtp2go').fingerprint;
    expect(print({ event: 'open', id: '1' })).toBe(print({ event: 'open', id: '2' }));
    expect(print({ event: 'open' })).not.toBe(print({ event: 'open', rcpt: 'bob@example.com' }));
  });
});

test('a secret in the URL counts as well as credentials', () => {
  const context = verifyContext(['query:token:s3cret'], {});
  expect(smtp2go.verify(post('event=open', {}, 'token=s3cret'), context)).toEqual({ secretIndex: 0 });
  expect(reasonOf(() => smtp2go.verify(post('event=open', {}, 'token=s3cre'), context))).toBe('bad-proof');
});
