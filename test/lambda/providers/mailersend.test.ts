import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { mailersend } from '../../../lambda/providers/mailersend/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('mailersend', { proofIn: 'signature' });

const PUBLIC = 'test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G';
const options = parse(mailersend.options, {});
const data = {
  id: '63fd1c1d31b9c750540fe85c',
  domain_id: 'yv69oxl5kl785kw2',
  message_id: '63fd1c1d5f010335ed07066b',
  email_id: '63fd1c1de225707fa905f0a8',
  subject: 'Your order',
  email: 'ada@example.com',
  tags: ['welcome'],
  meta: [],
};
const root = (type: string, over: object = {}) => ({
  type,
  created_at: '2026-05-04T10:00:00.520507Z',
  data: { ...data, type: type.split('.')[1], ...over },
});
const older = (type: string, morph: object | null = null, email: object = {}) => ({
  type,
  domain_id: 'yv69oxl5kl785kw2',
  created_at: '2026-05-04T10:00:09.520507Z',
  webhook_id: 'w1',
  url: 'https://hooks.example.org/x',
  data: {
    object: 'activity',
    id: '63fd1c1fcfbe46145d003a7b',
    type: type.split('.')[1],
    created_at: '2026-05-04T10:00:00.506000Z',
    email: {
      object: 'email',
      id: '63fd1c1de225707fa905f0a8',
      from: 'shop@example.org',
      status: 'sent',
      tags: null,
      message: { object: 'message', id: '63fd1c1d5f010335ed07066b' },
      recipient: { object: 'recipient', id: 'r1', email: 'ada@example.com' },
      ...email,
    },
    morph,
    template_id: '',
  },
});
const normalise = (payload: object) => mailersend.normalise(JSON.stringify(payload), { options, meta: {} })[0];
const event = (payload: object) => normalisedEvent(normalise(payload) as never, arrival('mailersend'));

describe('mailersend: mapping', () => {
  test('a full event of the present shape gives every field', () => {
    expect(
      event(root('activity.hard_bounced', { reason: '550 5.1.1 user unknown', meta: { order_id: 4711 } })),
    ).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'mailersend',
      provider: 'mailersend',
      providerEvent: 'activity.hard_bounced',
      providerEventId: '63fd1c1d31b9c750540fe85c',
      recipient: 'ada@example.com',
      messageId: '63fd1c1d5f010335ed07066b',
      occurredAt: '2026-05-04T10:00:00.520Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 user unknown',
      tags: ['welcome'],
      metadata: { order_id: '4711' },
    });
  });

  test('a full event of the older shape gives every field', () => {
    const morph = { object: 'recipient_bounce', reason: 'Host or domain name not found' };
    expect(event(older('activity.hard_bounced', morph, { tags: ['tag1', 'Tag 2'] }))).toEqual({
      fingerprint: expect.any(String),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'domain',
      source: 'mailersend',
      provider: 'mailersend',
      providerEvent: 'activity.hard_bounced',
      providerEventId: '63fd1c1fcfbe46145d003a7b',
      recipient: 'ada@example.com',
      messageId: '63fd1c1d5f010335ed07066b',
      occurredAt: '2026-05-04T10:00:00.506Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      diagnostic: 'Host or domain name not found',
      tags: ['tag1', 'Tag 2'],
    });
  });

  test.each([
    ['activity.sent', { type: 'accepted' }],
    ['activity.delivered', { type: 'delivered' }],
    ['activity.deferred', { type: 'deferred' }],
    ['activity.soft_bounced', { type: 'bounced', bounceClass: 'soft' }],
    ['activity.hard_bounced', { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    ['activity.opened', { type: 'opened' }],
    ['activity.opened_unique', { type: 'opened' }],
    ['activity.clicked', { type: 'clicked' }],
    ['activity.clicked_unique', { type: 'clicked' }],
    ['activity.unsubscribed', { type: 'unsubscribed', scope: 'mailersend:domain:yv69oxl5kl785kw2' }],
    ['activity.spam_complaint', { type: 'complained' }],
    ['activity.constructor', { type: 'unknown' }],
  ])('%s, in both shapes', (type, expected) => {
    expect(event(root(type))).toMatchObject({ ...expected, recipient: 'ada@example.com' });
    expect(event(older(type))).toMatchObject({ ...expected, recipient: 'ada@example.com' });
  });

  test.each([
    [root('recipient.on_hold_added'), { type: 'dropped', dropReason: 'suppressed-unknown', echo: true }],
    [root('recipient.on_hold_removed'), { type: 'unknown', echo: true }],
    [root('survey_response.submitted'), { type: 'unknown' }],
    [root('sender_identity.verified'), { type: 'unknown' }],
    [
      { type: 'maintenance.start', created_at: '2026-05-04 10:00:00', data: {} },
      { type: 'unknown', occurredAt: '2026-05-04T10:00:00.000Z' },
    ],
    [root('inbound_forward.failed'), { type: 'unknown' }],
    [root('bulk_email.completed'), { type: 'unknown' }],
    [root('email_list.verified'), { type: 'unknown' }],
    [root('sms.delivered'), { type: 'unknown' }],
    [root('activity.hard_bounced', { reason: '550 5.7.1 blocked by policy' }), { bounceClass: 'block' }],
    [root('activity.soft_bounced', { reason: '550 5.1.1 user unknown' }), { bounceClass: 'soft' }],
    [
      root('activity.deferred', { reason: '421 4.7.0 later' }),
      { type: 'deferred', smtpCode: 421, diagnostic: '421 4.7.0 later' },
    ],
    [
      older('activity.clicked', { object: 'click', ip: '192.0.2.9', url: 'https://example.com/a' }),
      { type: 'clicked', ip: '192.0.2.9', url: 'https://example.com/a' },
    ],
    [
      {
        type: 'inbound.message',
        created_at: '2026-05-04T10:00:00.000000Z',
        data: {
          id: 'i1',
          subject: 'Hello',
          from: { email: 'bob@example.net', name: 'Bob' },
          recipients: { rcptTo: [{ email: 'in@example.org' }], to: { raw: 'in@example.org' } },
          headers: { 'Message-ID': '<m1@example.net>' },
          html: 'never kept',
        },
      },
      {
        type: 'inbound',
        from: 'bob@example.net',
        recipient: 'in@example.org',
        subject: 'Hello',
        messageId: 'm1@example.net',
      },
    ],
  ])('%j', (payload, expected) => {
    expect(event(payload)).toMatchObject(expected);
  });

  test('`meta: []` is no metadata', () => {
    expect(event(root('activity.opened'))).not.toHaveProperty('metadata');
  });

  test('the id and the type are the event; slashes may be escaped', () => {
    const print = (payload: object): string => event(payload).fingerprint;
    expect(print(root('activity.opened'))).toBe(print(root('activity.opened')));
    expect(print(root('activity.opened'))).not.toBe(print(root('activity.opened_unique')));
    expect(print(root('activity.opened'))).not.toBe(print(root('activity.opened', { id: 'other' })));
    const raw = JSON.stringify(root('activity.clicked', { url: 'https://example.com/a' })).replaceAll('/', '\\/');
    expect(mailersend.normalise(raw, { options, meta: {} })[0]?.url).toBe('https://example.com/a');
  });
});

describe('mailersend: proof', () => {
  const KEY = 'own-signing-secret';
  const verify = (body: string, signedWith: string, secrets = [KEY], over: object = {}) =>
    mailersend.verify(
      asRequest({
        method: 'POST',
        headers: { signature: createHmac('sha256', signedWith).update(body).digest('hex') },
        body,
      }),
      {
        secrets,
        options: parse(mailersend.options, over),
        now: 0,
        fetchText: () => Promise.reject(new Error('no fetch')),
      },
    );
  const ping = '{"type":"webhook.test","message":"This is a test webhook.","created_at":"2026-05-04T10:00:00.000000Z"}';

  test('the ping is taken with the public secret or our own, and stores nothing', () => {
    expect(verify(ping, PUBLIC)).toEqual({ answer: { status: 200 } });
    expect(verify(ping, KEY)).toEqual({ secretIndex: 0, answer: { status: 200 } });
    expect(verify(ping, 'new-public', [KEY], { pingSecret: 'new-public' })).toEqual({ answer: { status: 200 } });
    expect(() => verify(ping, PUBLIC, [KEY], { pingSecret: 'new-public' })).toThrow('does not match');
  });

  test.each([
    ['activity.hard_bounced', JSON.stringify(root('activity.hard_bounced'))],
    ['a type that only holds the word', JSON.stringify(root('webhook.test.activity.hard_bounced'))],
    ['the word elsewhere', JSON.stringify({ ...root('activity.hard_bounced'), message: 'webhook.test' })],
    ['two types, the second of which counts', `{"type":"webhook.test","type":"activity.hard_bounced"}`],
    ['no JSON', 'webhook.test'],
  ])('%s signed with the public secret is a forgery', (_name, body) => {
    expect(() => verify(body, PUBLIC)).toThrow('does not match');
  });

  test('the public secret proves nothing even where it was stored as ours', () => {
    const body = JSON.stringify(root('activity.hard_bounced'));
    expect(() => verify(body, PUBLIC, [PUBLIC])).toThrow('form this provider uses');
    expect(verify(body, KEY, [PUBLIC, KEY])).toEqual({ secretIndex: 1 });
  });

  test('an event is not given up while a secret or the address list is being changed', () => {
    expect(mailersend.responses).toEqual({ 401: 503, 403: 503 });
  });
});
