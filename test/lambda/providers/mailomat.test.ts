import { describe, expect, test } from '@jest/globals';
import { mailomat } from '../../../lambda/providers/mailomat/index.ts';
import { hexHmac } from '../../../lambda/providers/shared/proof/hmac.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('mailomat', { proofIn: 'x-mom-webhook-signature' });

const SECRET = 'a-webhook-secret-of-mailomat';
const TIMESTAMP = '1777888800';
const base = {
  id: '1d958822-0934-4c6a-abc8-5defec4baa64',
  eventType: 'failure_perm',
  occurredAt: '2026-05-04T12:00:00+02:00',
  messageUuid: '1684f904-596e-4d9f-ba16-ead5c4d27957',
  messageId: 'm1@s.example.com',
  recipient: 'Ada@Example.com',
};
const normalise = (event: object) =>
  mailomat.normalise(JSON.stringify({ ...base, ...event }), { options: {}, meta: {} })[0];

describe('mailomat: mapping', () => {
  test('a full bounce gives every field', () => {
    expect(stored(normalise({ payload: { reason: '550 5.1.1 user unknown' } }), 'mailomat').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'mailomat',
      provider: 'mailomat',
      providerEvent: 'failure_perm',
      providerEventId: base.id,
      recipient: 'ada@example.com',
      messageId: 'm1@s.example.com',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 user unknown',
    });
  });

  test.each([
    [{ eventType: 'accepted' }, { type: 'accepted' }],
    [
      { eventType: 'not_accepted', payload: { reason: 'no' } },
      { type: 'dropped', dropReason: 'other', diagnostic: 'no' },
    ],
    [{ eventType: 'delivered' }, { type: 'delivered' }],
    [
      { eventType: 'failure_tmp', payload: { reason: '421 4.7.0 later' } },
      { type: 'deferred', smtpCode: 421 },
    ],
    [
      { eventType: 'failure_perm', payload: { reason: '550 5.7.1 blocked' } },
      { type: 'bounced', bounceClass: 'block' },
    ],
    [{ eventType: 'failure_perm' }, { type: 'bounced', bounceClass: 'hard' }],
    [{ eventType: 'opened' }, { type: 'opened' }],
    [{ eventType: 'clicked' }, { type: 'clicked' }],
    [{ eventType: 'constructor' }, { type: 'unknown' }],
  ])('%j', (event, expected) => {
    expect(normalise(event)).toMatchObject(expected);
  });

  test('"permanent" without a reply names no cause', () => {
    expect(normalise({ payload: undefined })).not.toHaveProperty('bounceCause');
  });

  test('mail, person, time and word tell events apart; the id does not', () => {
    const print = (event: object) => stored(normalise(event), 'mailomat').fingerprint;
    expect(print({ id: 'another' })).toBe(print({}));
    expect(print({ occurredAt: '2026-05-04T12:00:01+02:00' })).not.toBe(print({}));
    expect(print({ recipient: 'bob@example.com' })).not.toBe(print({}));
  });
});

describe('mailomat: proof', () => {
  const signed = (over: Record<string, string> = {}, body: object = base, algorithm = 'sha256') => {
    const about = { id: base.id, event: base.eventType, timestamp: TIMESTAMP, ...over };
    return post(JSON.stringify(body), {
      'x-mom-webhook-id': about.id,
      'x-mom-webhook-event': about.event,
      'x-mom-webhook-timestamp': about.timestamp,
      'x-mom-webhook-signature': `${algorithm}=${hexHmac(SECRET, `${about.id}.${about.event}.${about.timestamp}`)}`,
    });
  };
  const verify = (request: ReturnType<typeof post>) =>
    reasonOf(() => mailomat.verify(request, verifyContext([SECRET], {})));

  test('the documented scheme: SHA-256 over id, event and timestamp with dots', () => {
    expect(verify(signed())).toEqual({ secretIndex: 0 });
  });

  test.each([
    ['another id in the body', signed({}, { ...base, id: 'other' })],
    ['another event in the body', signed({}, { ...base, eventType: 'delivered' })],
    ['no id in the body', signed({}, { ...base, id: undefined })],
    ['an algorithm of the sender’s choice', signed({}, base, 'md5')],
  ])('%s is refused', (_name, request) => {
    expect(verify(request)).toBe('bad-proof');
  });

  test.each([
    ['25 hours and a second ago', String(1777888801 - 25 * 3600 - 1), 'stale'],
    ['25 hours ago', String(1777888801 - 25 * 3600), { secretIndex: 0 }],
  ])('signed %s', (_name, timestamp, expected) => {
    expect(verify(signed({ timestamp }))).toEqual(expected);
  });

  test('the id is the token that is bound to the whole event', () => {
    const bind = (event: object) => mailomat.bindToken?.(JSON.stringify(event));
    expect(bind(base)).toMatchObject({ token: base.id });
    expect(bind({ ...base, recipient: 'eve@example.com' })?.digest).not.toBe(bind(base)?.digest);
    expect(mailomat.bindToken?.('[')).toBeUndefined();
  });
});
