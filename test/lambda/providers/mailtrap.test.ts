import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { mailtrap } from '../../../lambda/providers/mailtrap/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('mailtrap', { proofIn: 'mailtrap-signature' });
describe('without signing', () => {
  providerContract('mailtrap', { proofIn: 'authorization', options: { auth: 'shared-secret' } });
});

const options = { auth: 'signature' } as const;
const base = {
  event_id: 'bede7236-2284-43d6-a953-1fdcafd0fdbc',
  message_id: '1df37d17-0286-4d8b-8edf-bc4ec5be86e6',
  email: 'ada@example.com',
  timestamp: 1777888800,
  sending_stream: 'transactional',
  sending_domain_name: 'example.org',
};
const normalise = (event: object) =>
  mailtrap.normalise(JSON.stringify({ ...base, ...event }), { options, meta: {} })[0];

describe('mailtrap: mapping', () => {
  test('a full bounce gives every field', () => {
    const draft = normalise({
      event: 'bounce',
      category: 'Password reset',
      custom_variables: { order_id: 4711, vip: true },
      response: 'bounced (550 5.1.1 The email account that you tried to reach does not exist)',
      response_code: 550,
      bounce_category: 'bad-mailbox',
      ip: '192.0.2.9',
    });
    expect(stored(draft, 'mailtrap').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'mailtrap',
      provider: 'mailtrap',
      providerEvent: 'bounce',
      providerEventId: 'bede7236-2284-43d6-a953-1fdcafd0fdbc',
      recipient: 'ada@example.com',
      messageId: '1df37d17-0286-4d8b-8edf-bc4ec5be86e6',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: 'bounced (550 5.1.1 The email account that you tried to reach does not exist)',
      tags: ['Password reset'],
      metadata: { order_id: '4711', vip: 'true' },
    });
  });

  test.each([
    [{ event: 'delivery' }, { type: 'delivered' }],
    [
      { event: 'open', ip: '192.0.2.1', user_agent: 'Mozilla/5.0' },
      { type: 'opened', ip: '192.0.2.1', userAgent: 'Mozilla/5.0' },
    ],
    [
      { event: 'click', url: 'https://example.com/a' },
      { type: 'clicked', url: 'https://example.com/a' },
    ],
    [
      { event: 'soft bounce', response: '452 4.2.2 over quota', response_code: 452 },
      { type: 'deferred', smtpCode: 452, smtpStatus: '4.2.2' },
    ],
    [{ event: 'bounce' }, { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    [
      { event: 'bounce', bounce_category: 'bad-domain' },
      { bounceClass: 'hard', bounceCause: 'domain' },
    ],
    [
      { event: 'bounce', bounce_category: 'spam', response: '550 5.1.1 unknown user' },
      { bounceClass: 'block', bounceCause: 'content' },
    ],
    [
      { event: 'bounce', bounce_category: 'policy-related' },
      { bounceClass: 'block', bounceCause: 'policy' },
    ],
    [
      { event: 'bounce', bounce_category: 'reputation' },
      { bounceClass: 'block', bounceCause: 'reputation' },
    ],
    [
      { event: 'bounce', bounce_category: 'quota-issues' },
      { bounceClass: 'soft', bounceCause: 'full' },
    ],
    [
      { event: 'bounce', response_code: 550, response: '550 5.7.1 rejected by policy' },
      { bounceClass: 'block', bounceCause: 'policy' },
    ],
    [
      { event: 'suspension', reason: 'limit reached' },
      { type: 'deferred', diagnostic: 'limit reached' },
    ],
    [
      { event: 'reject', reason: 'Recipient in suppression list. Reason: hard bounce' },
      { type: 'dropped', dropReason: 'suppressed-bounce' },
    ],
    [
      { event: 'reject', reason: 'Recipient in suppression list. Reason: unsubscription' },
      { type: 'dropped', dropReason: 'suppressed-unsubscribe', scope: 'stream:transactional' },
    ],
    [
      { event: 'reject', reason: 'Recipient in suppression list. Reason: spam complaint' },
      { dropReason: 'suppressed-complaint' },
    ],
    [{ event: 'reject', reason: 'Recipient in suppression list' }, { dropReason: 'suppressed-unknown' }],
    [
      { event: 'reject', reason: 'Sending domain is not verified' },
      { type: 'dropped', dropReason: 'policy' },
    ],
    [{ event: 'spam' }, { type: 'complained' }],
    [{ event: 'unsubscribe' }, { type: 'unsubscribed', scope: 'stream:transactional' }],
    [{ event: 'unsubscribe', sending_stream: 'bulk' }, { scope: 'stream:bulk' }],
    [{ event: 'unsubscribe', sending_stream: null }, { scope: 'all' }],
    [
      { event: 'inbound.message_received', inbox_id: 7, timestamp: 1777888800123 },
      { type: 'inbound', occurredAt: 1777888800123 },
    ],
    [{ event: 'soft_bounce' }, { type: 'unknown' }],
    [{ event: 'constructor' }, { type: 'unknown' }],
  ])('%j', (event, expected) => {
    expect(normalise(event)).toMatchObject(expected);
  });

  test('the event id tells events apart', () => {
    const print = (event: object) => stored(normalise(event), 'mailtrap').fingerprint;
    expect(print({ event: 'open' })).toBe(print({ event: 'open', user_agent: 'other' }));
    expect(print({ event: 'open' })).not.toBe(print({ event: 'open', event_id: 'second' }));
  });
});

describe('mailtrap: bodies', () => {
  const split = (body: string) => reasonOf(() => mailtrap.split(post(body), options));
  const line = JSON.stringify({ ...base, event: 'open' });

  test('a list of events is cut without being rewritten', () => {
    expect(split('{ "events": [ {"event":"open", "n":12345678901234567890},\n{"event":"click"} ], "x": 1 }')).toEqual({
      events: ['{"event":"open", "n":12345678901234567890}', '{"event":"click"}'],
    });
  });

  test('a bad element or a bad line stands alone, its neighbours survive', () => {
    expect(split('{"events":[{"event":"open"},42,{"event":"click"}]}')).toEqual({
      events: ['{"event":"open"}', '42', '{"event":"click"}'],
    });
    expect(split(`${line}\r\n{"event":"cl\n\n${line}\n`)).toEqual({ events: [line, ' {"event":"cl', line] });
  });

  test('one line alone is JSON Lines as well', () => {
    expect(split(`${line}\n`)).toEqual({ events: [line] });
  });

  test.each([['{"events":[]}'], ['{"events":{}}'], ['{"events":[{}'], ['{}'], ['[]'], ['nothing\nat all']])(
    '%s is refused',
    (body) => {
      expect(split(body)).toBe('unreadable');
    },
  );
});

test('the signature is lower-case hex over the raw body, also where that is not UTF-8', () => {
  const body = Buffer.concat([
    Buffer.from('{"events":[{"event":"open","ip":"'),
    Buffer.from([0xff]),
    Buffer.from('"}]}'),
  ]);
  const signature = createHmac('sha256', 'secret').update(body).digest('hex');
  expect(mailtrap.verify(post(body, { 'mailtrap-signature': signature }), verifyContext(['secret'], options))).toEqual({
    secretIndex: 0,
  });
});
