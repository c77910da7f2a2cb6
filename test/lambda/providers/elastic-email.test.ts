import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { elasticEmail } from '../../../lambda/providers/elastic-email/index.ts';
import { get, post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('elastic-email', { proofIn: 'authorization' });
describe('the signed scheme', () => {
  providerContract('elastic-email', { proofIn: 'x-elasticemail-signature', options: { signed: true } });
});

const options = { signed: false };
const base = {
  transaction: '0d4a7d5c-2f5c-4d1e-8d6e-6f5a1b2c3d4e',
  messageid: 'pL6bXrLk2yVc',
  to: 'ada@example.com',
  from: 'news@example.org',
  date: '2026-05-04 10:00:00',
  subject: 'Welcome & more',
  channel: 'Newsletter May',
  account: 'owner@example.org',
};
const form = (more: Record<string, string>) => new URLSearchParams({ ...base, ...more }).toString();
const normalise = (more: Record<string, string>) => elasticEmail.normalise(form(more), { options, meta: {} })[0];

describe('elastic-email: mapping', () => {
  test('a full bounce gives every field', () => {
    const draft = normalise({ status: 'Error', category: 'NoMailbox', postback: 'order-4711' });
    expect(stored(draft, 'elastic-email').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'elastic-email',
      provider: 'elastic-email',
      providerEvent: 'Error',
      recipient: 'ada@example.com',
      messageId: 'pL6bXrLk2yVc',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      diagnostic: 'NoMailbox',
      tags: ['Newsletter May'],
      metadata: { postback: 'order-4711' },
    });
  });

  test.each([
    [{ status: 'Sent' }, { type: 'accepted' }],
    [{ status: 'Opened' }, { type: 'opened' }],
    [
      { status: 'Clicked', target: 'https://example.com/a?b=1&c=2' },
      { type: 'clicked', url: 'https://example.com/a?b=1&c=2' },
    ],
    [{ status: 'Unsubscribed' }, { type: 'unsubscribed', scope: 'channel:Newsletter May' }],
    [
      { status: 'Unsubscribed', channel: '' },
      { type: 'unsubscribed', scope: 'all' },
    ],
    [{ status: 'AbuseReport' }, { type: 'complained' }],
    [{ status: 'Whatever' }, { type: 'unknown' }],
    [{ status: 'constructor' }, { type: 'unknown' }],
    [{ status: 'Error' }, { type: 'bounced', bounceClass: 'undetermined' }],
    ...(
      [
        ['NoMailbox', 'hard', 'mailbox'],
        ['DNSProblem', 'soft', 'technical'],
        ['GreyListed', 'soft', 'technical'],
        ['Throttled', 'soft', 'technical'],
        ['Timeout', 'soft', 'technical'],
        ['ConnectionProblem', 'soft', 'technical'],
        ['ConnectionTerminated', 'soft', 'technical'],
        ['Spam', 'block', 'content'],
        ['BlackListed', 'block', 'reputation'],
        ['ContentFilter', 'block', 'content'],
        ['SPFProblem', 'block', 'policy'],
        ['WhitelistingProblem', 'block', 'policy'],
      ] as const
    ).map(([category, bounceClass, bounceCause]) => [
      { status: 'Error', category },
      { type: 'bounced', bounceClass, bounceCause },
    ]),
    ...['Ignore', 'CodeError', 'ManualCancel', 'NotDelivered', 'NotDelivered(Cancelled)'].map((category) => [
      { status: 'Error', category },
      { type: 'dropped', dropReason: 'other', diagnostic: category },
    ]),
    ...['AccountProblem', 'Unknown', 'constructor'].map((category) => [
      { status: 'Error', category },
      { type: 'bounced', bounceClass: 'undetermined' },
    ]),
  ] as [Record<string, string>, object][])('%j', (more, expected) => {
    expect(normalise(more)).toMatchObject(expected);
  });

  test.each([
    ['2026-05-04 10:00:00', '2026-05-04T10:00:00.000Z'],
    ['2026-05-04T10:00:00Z', '2026-05-04T10:00:00.000Z'],
    ['5/4/2026 10:00:00 AM', '2026-05-04T10:00:00.000Z'],
    ['05/04/2026 12:05:06 PM', '2026-05-04T12:05:06.000Z'],
    ['5/4/2026 12:05:06 am', '2026-05-04T00:05:06.000Z'],
    ['5/4/2026 22:05:06', '2026-05-04T22:05:06.000Z'],
    ['13/4/2026 10:00:00', undefined],
    ['yesterday', undefined],
  ])('the date %s is %s', (date, expected) => {
    expect(stored(normalise({ status: 'Opened', date }), 'elastic-email').event.occurredAt).toBe(expected);
  });

  test('status, message, address, date and link tell events apart', () => {
    const print = (more: Record<string, string>) => stored(normalise(more), 'elastic-email').fingerprint;
    const click = { status: 'Clicked', target: 'https://example.com/a' };
    expect(print(click)).toBe(print({ ...click, subject: 'other' }));
    for (const other of [
      { target: 'https://example.com/b' },
      { messageid: 'x' },
      { to: 'bob@example.com' },
      { date: '2026-05-04 10:00:01' },
    ])
      expect(print({ ...click, ...other })).not.toBe(print(click));
  });
});

describe('elastic-email: requests', () => {
  const secret = 'query:token:s3cret';
  const context = verifyContext([secret], options);

  test('the check of the URL is answered without effect, with and without the secret', () => {
    for (const query of ['', 'token=s3cret', 'token=s3cret&status=']) {
      expect(elasticEmail.probe?.(get(query))).toEqual({ status: 200 });
      expect(elasticEmail.probe?.({ ...get(query), method: 'HEAD' })).toEqual({ status: 200 });
    }
    expect(elasticEmail.probe?.(post(''))).toBeUndefined();
  });

  test('a notification by GET needs the secret, and is stored without it', () => {
    const request = get(`token=s3cret&${form({ status: 'Opened' })}&utm=x`);
    expect(elasticEmail.probe?.(request)).toBeUndefined();
    expect(elasticEmail.verify(request, context)).toEqual({ secretIndex: 0 });
    const { events } = elasticEmail.split(request, options);
    expect(events).toEqual([form({ status: 'Opened' })]);
    expect(elasticEmail.normalise(events[0] as string, { options, meta: {} })[0]).toMatchObject({
      type: 'opened',
      recipient: 'ada@example.com',
    });
    expect(reasonOf(() => elasticEmail.verify(get(form({ status: 'Opened' })), context))).toBe('missing-proof');
  });

  test('a post may carry the notification in its body or in the query', () => {
    const body = form({ status: 'Sent' });
    expect(elasticEmail.split(post(body, {}, 'token=s3cret'), options)).toEqual({ events: [body] });
    expect(elasticEmail.split(post('', {}, `token=s3cret&${body}`), options)).toEqual({ events: [body] });
    expect(reasonOf(() => elasticEmail.split(post('', {}, 'token=s3cret'), options))).toBe('unreadable');
  });

  test('the sample goes the way of its secret', async () => {
    const sample = elasticEmail.sample({
      type: 'bounced',
      recipient: 'ada@example.com',
      at: 1777888800000,
      id: 'ab',
      signingKey: secret,
      options,
    });
    expect(sample?.method).toBe('GET');
    const request = asRequest(sample as NonNullable<typeof sample>);
    expect(elasticEmail.verify(request, context)).toEqual({ secretIndex: 0 });
    expect(elasticEmail.split(request, options).events).toHaveLength(1);
  });
});

describe('elastic-email: the signed scheme', () => {
  const body = JSON.stringify({ ...base, status: 'Opened' });
  const mac = createHmac('sha256', 'k').update(`1777888800.${body}`);
  const digest = mac.digest();
  const verify = (signature: string, timestamp = '1777888800') =>
    reasonOf(() =>
      elasticEmail.verify(
        post(body, { 'x-elasticemail-timestamp': timestamp, 'x-elasticemail-signature': signature }),
        verifyContext(['k'], { signed: true }),
      ),
    );

  test('hex or base64, with or without the version', () => {
    for (const written of [digest.toString('hex'), digest.toString('base64')]) {
      expect(verify(`v1=${written}`)).toEqual({ secretIndex: 0 });
      expect(verify(written)).toEqual({ secretIndex: 0 });
      expect(verify(`v1=${written}`, '1777888801')).toBe('bad-proof');
    }
  });

  test('a secret in the URL does not stand in for the signature', () => {
    const request = post(body, {}, 'token=s3cret');
    expect(reasonOf(() => elasticEmail.verify(request, verifyContext(['query:token:s3cret'], { signed: true })))).toBe(
      'missing-proof',
    );
  });

  test('names are read in any case', () => {
    const raw = JSON.stringify({
      Status: 'Opened',
      To: 'ada@example.com',
      MessageID: 'm',
      EventDate: '2026-05-04T10:00:00Z',
    });
    expect(elasticEmail.normalise(raw, { options: { signed: true }, meta: {} })[0]).toMatchObject({
      type: 'opened',
      recipient: 'ada@example.com',
      messageId: 'm',
      occurredAt: 1777888800000,
    });
  });
});
