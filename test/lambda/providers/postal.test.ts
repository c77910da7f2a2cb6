import { createPublicKey, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { postal } from '../../../lambda/providers/postal/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('postal', { proofIn: 'x-postal-signature-256' });
describe('with SHA-1 allowed', () => {
  providerContract('postal', { proofIn: 'x-postal-signature', options: { allowSha1: true } });
});

const options = { allowSha1: false };
const message = {
  id: 12345,
  token: 'abcdef123',
  direction: 'outgoing',
  message_id: '5817a64332f44_4ec93ff59e79d154565eb@mail.example.org',
  to: 'ada@example.com',
  from: 'news@example.org',
  subject: 'Welcome',
  timestamp: 1777888700.12,
  spam_status: 'NotSpam',
  tag: 'welcome',
};
const normaliseAll = (event: object) => postal.normalise(JSON.stringify(event), { options, meta: {} });
const normalise = (event: string | undefined, payload: object) =>
  normaliseAll({ event, timestamp: 1777888801.5, uuid: '0fbd9e2b-1c1e-4a5b', payload: { message, ...payload } })[0];

describe('postal: mapping', () => {
  test('a full failure gives every field', () => {
    const draft = normalise('MessageDeliveryFailed', {
      status: 'HardFail',
      details: 'Permanent SMTP delivery error when sending to mx.example.com (192.0.2.5)',
      output: '550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown',
      sent_with_ssl: true,
      timestamp: 1777888800.25,
      time: 0.5,
    });
    expect(stored(draft, 'postal').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'postal',
      provider: 'postal',
      providerEvent: 'MessageDeliveryFailed',
      providerEventId: '0fbd9e2b-1c1e-4a5b',
      recipient: 'ada@example.com',
      messageId: '5817a64332f44_4ec93ff59e79d154565eb@mail.example.org',
      occurredAt: '2026-05-04T10:00:00.250Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown',
      tags: ['welcome'],
    });
  });

  test.each([
    ['MessageSent', { output: '250 OK' }, { type: 'delivered' }],
    [
      'MessageDelayed',
      { status: 'SoftFail', output: '451 4.7.1 greylisted' },
      { type: 'deferred', smtpStatus: '4.7.1' },
    ],
    ['MessageDeliveryFailed', { output: '550 5.7.1 blocked using spamhaus' }, { bounceClass: 'block' }],
    ['MessageDeliveryFailed', { output: '552 5.2.2 mailbox full' }, { bounceClass: 'soft', bounceCause: 'full' }],
    [
      'MessageDeliveryFailed',
      { details: 'Maximum number of delivery attempts (18) has been reached' },
      { type: 'bounced', bounceClass: 'undetermined', diagnostic: expect.stringContaining('Maximum') },
    ],
    ['MessageDeliveryFailed', { output: '550 no' }, { bounceClass: 'undetermined', smtpCode: 550 }],
    [
      'MessageHeld',
      { details: 'Recipient (ada@example.com) is on the suppression list (reason: too many soft fails)' },
      { type: 'dropped', dropReason: 'suppressed-unknown' },
    ],
    ['MessageHeld', { details: 'Server is in development mode.' }, { type: 'deferred' }],
    [
      'MessageLinkClicked',
      { url: 'https://example.com/a', ip_address: '192.0.2.1', user_agent: 'Mozilla/5.0' },
      { type: 'clicked', url: 'https://example.com/a', ip: '192.0.2.1', userAgent: 'Mozilla/5.0' },
    ],
    ['MessageLoaded', { ip_address: '192.0.2.1' }, { type: 'opened', occurredAt: 1777888801500 }],
    ['MessageSent', { message: { ...message, direction: 'incoming' } }, { type: 'unknown' }],
    ['DomainDNSError', {}, { type: 'unknown' }],
    ['SendLimitApproaching', {}, { type: 'unknown' }],
    ['SendLimitExceeded', {}, { type: 'unknown' }],
    ['constructor', {}, { type: 'unknown' }],
    [
      undefined,
      { status: 'HardFail', output: '550 5.1.1 x' },
      { type: 'bounced', providerEvent: 'MessageDeliveryFailed' },
    ],
    [undefined, { status: 'Sent' }, { type: 'delivered' }],
    [undefined, { status: 'SoftFail' }, { type: 'deferred' }],
    [undefined, { status: 'Held' }, { type: 'deferred' }],
    [undefined, { url: 'https://example.com/a' }, { type: 'clicked' }],
    [undefined, { ip_address: '192.0.2.1' }, { type: 'opened' }],
    [undefined, { bounce: {} }, { type: 'bounced', bounceClass: 'undetermined' }],
    [undefined, {}, { type: 'unknown', providerEvent: 'unnamed' }],
  ])('%s %j', (event, payload, expected) => {
    expect(normalise(event, payload)).toMatchObject(expected);
  });

  test('a bounce that came back names the first message and no reason', () => {
    const event = {
      event: 'MessageBounced',
      timestamp: 1777888800,
      uuid: 'u',
      payload: { original_message: message, bounce: { id: 9, direction: 'incoming', to: 'x@psrp.example.org' } },
    };
    const [draft] = normaliseAll(event);
    expect(draft).toMatchObject({ type: 'bounced', bounceClass: 'undetermined', recipient: 'ada@example.com' });
    expect(draft).not.toHaveProperty('diagnostic');
  });

  test('a message on an HTTP endpoint is inbound, without its body', () => {
    const [draft] = normaliseAll({
      id: 77,
      rcpt_to: 'support@example.org',
      mail_from: 'ada@example.com',
      token: 'tok',
      subject: 'Help',
      message_id: 'm1@example.com',
      timestamp: 1777888800.0,
      from: 'Ada <ada@example.com>',
      to: 'support@example.org',
      plain_body: 'secret text',
    });
    expect(stored(draft, 'postal').event).toEqual({
      type: 'inbound',
      source: 'postal',
      provider: 'postal',
      providerEvent: 'inbound',
      recipient: 'support@example.org',
      from: 'Ada <ada@example.com>',
      subject: 'Help',
      messageId: 'm1@example.com',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
    });
  });

  test('the uuid is the same in every attempt and tells events apart', () => {
    const print = (uuid: string, timestamp: number) =>
      stored(normaliseAll({ event: 'MessageSent', timestamp, uuid, payload: { message } })[0], 'postal').fingerprint;
    expect(print('a', 1)).toBe(print('a', 2));
    expect(print('a', 1)).not.toBe(print('b', 1));
  });

  test('a 503 goes out as 429: on an HTTP endpoint Postal bounces the mail after a 5xx', () => {
    expect(postal.responses).toEqual({ 503: 429 });
  });
});

describe('postal: proof', () => {
  const key = postal.generateKey();
  const secret = key.secret as string;
  const body = '{"event":"MessageSent"}\r\n';
  const made = (digest: string) => sign(digest, Buffer.from(body), key.signingKey).toString('base64');
  const verify = (headers: Record<string, string>, allowSha1 = false, value = secret, query = '') =>
    reasonOf(() => postal.verify(post(body, headers, query), verifyContext([value], { allowSha1 })));
  const both = { 'x-postal-signature': made('sha1'), 'x-postal-signature-256': made('sha256') };

  test('SHA-256 is enough; SHA-1 alone only where it is allowed', () => {
    expect(verify({ 'x-postal-signature-256': both['x-postal-signature-256'] })).toEqual({ secretIndex: 0 });
    expect(verify({ 'x-postal-signature': both['x-postal-signature'] })).toBe('missing-proof');
    expect(verify({ 'x-postal-signature': both['x-postal-signature'] }, true)).toEqual({ secretIndex: 0 });
  });

  test('where both came SHA-256 decides, allowed or not', () => {
    expect(verify({ ...both, 'x-postal-signature-256': made('sha1') }, true)).toBe('bad-proof');
    expect(verify({ ...both, 'x-postal-signature': 'AAAA' }, true)).toEqual({ secretIndex: 0 });
  });

  test.each([
    ['the whole DKIM record', `v=DKIM1; t=s; h=sha256; p=${secret};`],
    ['the record cut in two strings', `"v=DKIM1; p=${secret.slice(0, 99)}" "${secret.slice(99)}"`],
    [
      'PEM',
      createPublicKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'spki' }).export({
        type: 'spki',
        format: 'pem',
      }) as string,
    ],
  ])('the key may be %s', (_form, value) => {
    expect(verify(both, false, value)).toEqual({ secretIndex: 0 });
  });

  test('on a shared installation the token in the URL is asked for too', () => {
    const value = `query:token:s3cret ${secret}`;
    expect(verify(both, false, value, 'token=s3cret')).toEqual({ secretIndex: 0 });
    expect(verify(both, false, value, 'token=other')).toBe('bad-proof');
    expect(verify(both, false, value)).toBe('bad-proof');
  });

  test('no key at all is our fault', () => {
    expect(verify(both, false, 'not a key')).toBe('secret-unreadable');
  });
});
