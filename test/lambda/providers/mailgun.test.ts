import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { RefusedRequest } from '../../../lambda/domain/errors.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { mailgun } from '../../../lambda/providers/mailgun/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('mailgun', { proofIn: 'body' });

const KEY = 'account-signing-key';
const PARENT = 'parent-signing-key';
const NOW = Date.UTC(2026, 4, 4, 10, 0, 0);
const TIMESTAMP = String(NOW / 1000);
const TOKEN = '651869375b9df3c98fc15c4889b102119add1235c38fc92824';
const sign = (key: string, timestamp = TIMESTAMP, token = TOKEN): string =>
  createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');

const headers = {
  to: 'ada@example.com',
  'message-id': '20260504100000.1.DF5966851B4BAA99@mg.example.org',
  from: 'Shop <shop@mg.example.org>',
  subject: 'Your order',
};
const base = {
  id: 'hTWCTD81RtiDN-1',
  timestamp: 1777888800.153125,
  recipient: 'ada@example.com',
  message: { headers },
};
const body = (data: object, signature: object = { timestamp: TIMESTAMP, token: TOKEN, signature: sign(KEY) }): string =>
  JSON.stringify({ signature, 'event-data': data });
const draft = (data: object) => mailgun.normalise(body({ ...base, ...data }), { options: {}, meta: {} })[0];
const event = (data: object) => normalisedEvent(draft(data) as never, arrival('mailgun'));
const request = (text: string, contentType = 'application/json') =>
  asRequest({ method: 'POST', headers: { 'content-type': contentType }, body: text });
const verify = (text: string, over: { secrets?: string[]; now?: number; contentType?: string } = {}) =>
  mailgun.verify(request(text, over.contentType), {
    secrets: over.secrets ?? [KEY],
    options: {},
    now: over.now ?? NOW,
    fetchText: () => Promise.reject(new Error('no fetch')),
  });
const refusal = (run: () => unknown): RefusedRequest => {
  try {
    run();
  } catch (error) {
    if (error instanceof RefusedRequest) return error;
    throw error;
  }
  throw new Error('accepted');
};
const failed = (reason: string, code: number, message = '', over: object = {}) => ({
  event: 'failed',
  severity: 'permanent',
  reason,
  'delivery-status': { code, message, description: '', 'attempt-no': 1, ...over },
});

describe('mailgun: mapping', () => {
  test('a full bounce gives every field', () => {
    expect(
      event({
        event: 'failed',
        severity: 'permanent',
        reason: 'bounce',
        'log-level': 'error',
        'recipient-domain': 'example.com',
        'recipient-provider': 'Example',
        'delivery-status': {
          tls: true,
          'mx-host': 'mx.example.com',
          'attempt-no': 1,
          description: '',
          'session-seconds': 2.95,
          'enhanced-code': '5.1.1',
          code: 550,
          message: '5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking',
          'certificate-verified': true,
        },
        envelope: {
          transport: 'smtp',
          sender: 'shop@mg.example.org',
          'sending-ip': '192.0.2.7',
          targets: 'ada@example.com',
        },
        flags: { 'is-routed': false, 'is-authenticated': true, 'is-system-test': false, 'is-test-mode': false },
        tags: ['order', 'eu'],
        'user-variables': { order_id: '4711' },
        campaigns: [],
        storage: { url: 'https://example.net/messages/x', key: 'x' },
      }),
    ).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'mailgun',
      provider: 'mailgun',
      providerEvent: 'failed',
      providerEventId: 'hTWCTD81RtiDN-1',
      recipient: 'ada@example.com',
      messageId: '20260504100000.1.DF5966851B4BAA99@mg.example.org',
      occurredAt: '2026-05-04T10:00:00.153Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking',
      tags: ['order', 'eu'],
      metadata: { order_id: '4711' },
    });
  });

  test('a click gives who, where and with what', () => {
    expect(
      event({
        event: 'clicked',
        url: 'https://example.com/offer',
        ip: '192.0.2.9',
        geolocation: { country: 'US', region: 'CA', city: 'San Francisco' },
        'client-info': {
          'client-type': 'browser',
          'client-name': 'Chrome',
          'client-os': 'Linux',
          'device-type': 'desktop',
          'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
          bot: '',
        },
        message: { headers: { 'message-id': '<20130503182626.18666@mg.example.org>' } },
      }),
    ).toMatchObject({
      type: 'clicked',
      url: 'https://example.com/offer',
      ip: '192.0.2.9',
      country: 'US',
      device: 'desktop',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
      messageId: '20130503182626.18666@mg.example.org',
    });
  });

  test.each([
    [{ event: 'accepted' }, { type: 'accepted' }],
    [{ event: 'delivered', 'delivery-status': { code: 250, message: 'OK' } }, { type: 'delivered' }],
    [
      { ...failed('generic', 498, 'No MX for example.com'), severity: 'temporary' },
      { type: 'deferred', smtpCode: 498, diagnostic: 'No MX for example.com' },
    ],
    [
      { ...failed('greylisted', 450, 'Recipient address rejected: Greylisted'), severity: 'temporary' },
      { type: 'deferred', smtpCode: 450 },
    ],
    [
      failed('suppress-bounce', 605, 'Not delivering to previously bounced address'),
      { type: 'dropped', dropReason: 'suppressed-bounce' },
    ],
    [failed('generic', 605), { type: 'dropped', dropReason: 'suppressed-bounce' }],
    [
      failed('suppress-unsubscribe', 606),
      { type: 'dropped', dropReason: 'suppressed-unsubscribe', scope: expect.stringMatching(/domain:/) },
    ],
    [failed('generic', 606), { type: 'dropped', dropReason: 'suppressed-unsubscribe' }],
    [failed('suppress-complaint', 607), { type: 'dropped', dropReason: 'suppressed-complaint' }],
    [failed('generic', 607), { type: 'dropped', dropReason: 'suppressed-complaint' }],
    [failed('generic', 625, 'Poor mailing list quality'), { type: 'dropped', dropReason: 'policy' }],
    [
      failed('espblock', 550, 'sending server is not welcome'),
      { type: 'bounced', bounceClass: 'block', bounceCause: 'policy' },
    ],
    [failed('espblock', 550, '5.1.1 user unknown'), { bounceClass: 'block' }],
    [failed('bounce', 550, '5.1.1 user unknown'), { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    [failed('bounce', 550, '5.7.1 listed at spamhaus'), { bounceClass: 'block', bounceCause: 'reputation' }],
    [failed('bounce', 550, 'gone', { 'enhanced-code': '5.7.1' }), { bounceClass: 'block', smtpStatus: '5.7.1' }],
    [failed('bounce', 452, '4.2.2 mailbox full'), { bounceClass: 'soft', bounceCause: 'full' }],
    [failed('delayed-bounce', 550, '5.1.1 no such user'), { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [failed('hardfail', 550, '5.1.2 host not found'), { bounceClass: 'hard', bounceCause: 'domain' }],
    [failed('old', 450, 'too old'), { type: 'bounced', bounceClass: 'soft' }],
    [failed('old', 499, 'No MX'), { bounceClass: 'soft' }],
    [failed('generic', 498, 'No MX for example.com'), { bounceClass: 'soft' }],
    [failed('generic', 421, 'service not available'), { bounceClass: 'soft' }],
    [failed('generic', 550, '5.1.1 user unknown'), { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [failed('generic', 550, 'no'), { bounceClass: 'undetermined' }],
    [
      { event: 'failed', severity: 'permanent', reason: 'generic', 'delivery-status': null },
      { bounceClass: 'undetermined' },
    ],
    [
      {
        event: 'rejected',
        reject: { reason: 'Sandbox subdomains are for test purposes only', description: '' },
        recipient: undefined,
      },
      {
        type: 'dropped',
        dropReason: 'policy',
        recipient: 'ada@example.com',
        diagnostic: 'Sandbox subdomains are for test purposes only',
      },
    ],
    [
      { event: 'opened', ip: '192.0.2.9' },
      { type: 'opened', ip: '192.0.2.9' },
    ],
    [
      { event: 'opened', 'client-info': { bot: 'apple' } },
      { type: 'opened', machine: true },
    ],
    [
      { event: 'clicked', 'client-info': { 'client-type': 'robot' } },
      { type: 'clicked', machine: true },
    ],
    [{ event: 'unsubscribed' }, { type: 'unsubscribed', scope: 'mailgun:domain:mg.example.org' }],
    [{ event: 'unsubscribed', domain: { name: 'news.example.org' } }, { scope: 'mailgun:domain:news.example.org' }],
    [
      { event: 'unsubscribed', 'mailing-list': { address: 'list@mg.example.org', 'list-id': 'list.mg.example.org' } },
      { scope: 'mailgun:list:list@mg.example.org' },
    ],
    [{ event: 'unsubscribed', message: {} }, { scope: 'all' }],
    [{ event: 'complained' }, { type: 'complained' }],
    [
      { event: 'stored' },
      { type: 'inbound', from: 'Shop <shop@mg.example.org>', subject: 'Your order', recipient: 'ada@example.com' },
    ],
    [{ event: 'list_member_uploaded' }, { type: 'unknown' }],
    [{ event: 'list_uploaded' }, { type: 'unknown' }],
    [{ event: 'list_member_upload_error' }, { type: 'unknown' }],
    [{ event: 'constructor' }, { type: 'unknown' }],
  ])('%j', (data, expected) => {
    expect(event(data)).toMatchObject(expected);
  });

  test('a permanent failure whose reply names no dead mailbox has no cause', () => {
    expect(draft(failed('bounce', 550, 'no'))).not.toHaveProperty('bounceCause');
    expect(draft(failed('bounce', 550))).toMatchObject({ bounceClass: 'hard' });
  });

  test('a rejected mail to several names nobody; an empty `bot` says nothing of machines', () => {
    const to = 'ada@example.com, bob@example.com';
    expect(draft({ event: 'rejected', recipient: undefined, message: { headers: { to } } })).not.toHaveProperty(
      'recipient',
    );
    expect(draft({ event: 'opened', 'client-info': { bot: '', 'client-type': 'browser' } })).not.toHaveProperty(
      'machine',
    );
  });
});

describe('mailgun: identity', () => {
  const print = (data: object): string => event(data).fingerprint;

  test('test posts share one id over all types: the word keeps them apart', () => {
    expect(
      new Set(['clicked', 'opened', 'unsubscribed'].map((word) => print({ event: word, id: 'Ase7i2zsRYeDXztHGENqRA' })))
        .size,
    ).toBe(3);
  });

  test('one id on two days is two events, on two recipients too; account and domain webhooks report one', () => {
    expect(print({ event: 'opened' })).not.toBe(print({ event: 'opened', timestamp: 1777975200.153125 }));
    expect(print({ event: 'opened' })).not.toBe(print({ event: 'opened', recipient: 'bob@example.com' }));
    expect(print({ event: 'opened' })).toBe(print({ event: 'opened', 'log-level': 'info' }));
  });
});

describe('mailgun: proof', () => {
  const data = { ...base, event: 'opened' };

  test('the parent account proves a subaccount by its own signature over the same timestamp and token', () => {
    const own = { timestamp: TIMESTAMP, token: TOKEN, signature: sign('subaccount-key') };
    const both = body(data, { ...own, 'parent-signature': sign(PARENT) });
    expect(verify(both, { secrets: [PARENT] })).toEqual({ secretIndex: 0 });
    expect(verify(both, { secrets: ['subaccount-key'] })).toEqual({ secretIndex: 0 });
    expect(refusal(() => verify(both)).reason).toBe('bad-proof');
    const beside = JSON.stringify({ signature: own, 'parent-signature': sign(PARENT), 'event-data': data });
    expect(verify(beside, { secrets: [PARENT] })).toEqual({ secretIndex: 0 });
  });

  test('a parent triple with another token proves nothing: only the token that is bound may be signed', () => {
    const other = 'f'.repeat(50);
    const forged = JSON.stringify({
      signature: { timestamp: TIMESTAMP, token: other, signature: '0'.repeat(64) },
      'parent-signature': { timestamp: TIMESTAMP, token: TOKEN, signature: sign(PARENT) },
      'event-data': data,
    });
    expect(refusal(() => verify(forged, { secrets: [PARENT] })).reason).toBe('bad-proof');
  });

  test.each([
    [0, true],
    [8 * 3600, true],
    [25 * 3600, true],
    [25 * 3600 + 1, false],
    [-300, true],
    [-301, false],
  ])('a triple that is %d s old: accepted %p', (age, accepted) => {
    const now = NOW + age * 1000;
    if (accepted) expect(verify(body(data), { now })).toEqual({ secretIndex: 0 });
    else expect(refusal(() => verify(body(data), { now })).reason).toBe('stale');
  });

  test('timestamp and token cannot trade digits', () => {
    const moved = { timestamp: TIMESTAMP.slice(0, -1), token: TIMESTAMP.slice(-1) + TOKEN, signature: sign(KEY) };
    expect(refusal(() => verify(body(data, moved))).status).toBe(401);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', `event=opened&timestamp=${TIMESTAMP}&token=${TOKEN}&signature=x`],
    ['a multipart form', 'multipart/form-data; boundary=b', '--b\r\n'],
    ['a form without a type', '', `event=opened&timestamp=${TIMESTAMP}&token=${TOKEN}&signature=x`],
  ])('%s is refused with a hint', (_name, contentType, text) => {
    const refused = refusal(() => verify(text, { contentType }));
    expect(refused.reason).toBe('unsupported');
    expect(refused.message).toContain('JSON');
    expect(refusal(() => mailgun.split(request(text, contentType), {})).reason).toBe('unsupported');
  });

  test('no status of ours is 406, which would end the retries', () => {
    expect(mailgun.responses).toBeUndefined();
  });
});

describe('mailgun: the token is bound to its body', () => {
  const HASH = createHash('sha256').update(TOKEN).digest('hex');
  const split = (text: string): string => mailgun.split(request(text), {}).events[0] as string;

  test('the same triple with swapped event data verifies, but its digest differs', () => {
    const genuine = body({ ...base, event: 'opened' });
    const swapped = body({ ...base, event: 'complained' });
    expect(verify(swapped)).toEqual({ secretIndex: 0 });
    const [first, second] = [genuine, swapped].map((text) => mailgun.bindToken?.(split(text)));
    expect(first?.token).toBe(HASH);
    expect(second?.token).toBe(HASH);
    expect(second?.digest).not.toBe(first?.digest);
  });

  test('a retry has the same pair, so that it passes after a failed commit', () => {
    const text = body({ ...base, event: 'opened' });
    expect(verify(text, { now: NOW + 8 * 3600 * 1000 })).toEqual({ secretIndex: 0 });
    expect(mailgun.bindToken?.(split(`  ${text}\n`))).toEqual({
      token: HASH,
      digest: createHash('sha256')
        .update(JSON.stringify({ ...base, event: 'opened' }))
        .digest('hex'),
    });
  });

  test('what goes on holds nothing that would prove another request, and the event to the letter', () => {
    const text = body({ ...base, event: 'opened', id: 'x' }).replace('"x"', '"\\u0078"  ');
    expect(split(text)).toContain('"\\u0078"  ');
    expect(split(text)).not.toMatch(new RegExp(`${TOKEN}|${TIMESTAMP}"|${sign(KEY)}`));
  });

  test('parent account and subaccount report one event with a signature each: it is one body', () => {
    const data = { ...base, event: 'opened' };
    const other = { timestamp: TIMESTAMP, token: TOKEN, signature: '0'.repeat(64), 'parent-signature': sign(KEY) };
    expect(mailgun.bindToken?.(split(body(data, other)))).toEqual(mailgun.bindToken?.(split(body(data))));
  });

  test.each(['', 'no JSON', '[]', '{}', '{"signature":{"token":""}}', '{"signature":null}'])(
    '%j has no token',
    (raw) => {
      expect(mailgun.bindToken?.(raw)).toBeUndefined();
    },
  );
});
