import { describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { sparkpost } from '../../../lambda/providers/sparkpost/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('sparkpost', { proofIn: 'authorization', timeless: ['inbound'] });

const base = {
  event_id: '92356927693813856',
  timestamp: '1777888800',
  message_id: '000443ee14578172be22',
  transmission_id: '65832150921904138',
  rcpt_to: 'ada@example.com',
  raw_rcpt_to: 'Ada@example.com',
};
const raw = (event: object, kind = 'message_event'): string =>
  JSON.stringify({ msys: { [kind]: { ...base, ...event } } });
const normalise = (text: string) => sparkpost.normalise(text, { options: {}, meta: {} });
const event = (payload: object, kind?: string) =>
  normalisedEvent(normalise(raw(payload, kind))[0] as never, arrival('sparkpost'));
const bounce = (bounceClass: string, reason = '550', type = 'bounce') => ({
  type,
  bounce_class: bounceClass,
  raw_reason: reason,
});

const AUTHORIZATION = `Basic ${Buffer.from('user:password').toString('base64')}`;
const request = (body: string, authorization = AUTHORIZATION) =>
  asRequest({ method: 'POST', headers: { authorization, 'x-messagesystems-batch-id': 'b1' }, body });
const verify = (body: string, authorization?: string) =>
  sparkpost.verify(request(body, authorization), {
    secrets: ['user:password'],
    options: {},
    now: 0,
    fetchText: () => Promise.reject(new Error('no fetch')),
  });

describe('sparkpost: mapping', () => {
  test('a full bounce gives every field', () => {
    const [draft] = normalise(
      JSON.stringify({
        msys: {
          message_event: {
            type: 'bounce',
            bounce_class: '10',
            campaign_id: 'Welcome',
            customer_id: '1',
            error_code: '550',
            event_id: '84345317653491230',
            ip_pool: 'pool',
            message_id: '0004e3724f57753a3561',
            msg_from: 'shop@example.org',
            raw_rcpt_to: 'Ada@Example.com',
            raw_reason: '550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown',
            rcpt_meta: { order_id: '4711' },
            rcpt_tags: ['male', 'US'],
            rcpt_to: 'ada@example.com',
            rcpt_type: 'cc',
            reason: '550 5.1.1 ...@... Recipient address rejected: ...',
            subaccount_id: '101',
            timestamp: '1777888800',
            transmission_id: '84345317650824116',
          },
        },
        cust: { id: '00000' },
      }),
    );
    expect(normalisedEvent(draft as never, arrival('sparkpost'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'sparkpost',
      provider: 'sparkpost',
      providerEvent: 'bounce',
      providerEventId: '84345317653491230',
      recipient: 'ada@example.com',
      messageId: '84345317650824116',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown',
      tags: ['male', 'US', 'Welcome'],
      metadata: { order_id: '4711' },
    });
  });

  test('a click gives who, where, with what and whether a machine did it', () => {
    expect(
      event(
        {
          type: 'click',
          target_link_url: 'https://example.com/offer',
          ip_address: '192.0.2.9',
          user_agent: 'Mozilla/5.0',
          user_agent_parsed: { device_family: 'Mac', is_prefetched: false, is_proxy: false },
          geo_ip: { country: 'US', region: 'MD', city: 'Columbia' },
        },
        'track_event',
      ),
    ).toMatchObject({
      type: 'clicked',
      url: 'https://example.com/offer',
      ip: '192.0.2.9',
      userAgent: 'Mozilla/5.0',
      device: 'Mac',
      country: 'US',
      machine: false,
    });
  });

  test.each([
    [{ type: 'injection' }, { type: 'accepted' }],
    [{ type: 'delivery' }, { type: 'delivered' }],
    [
      {
        type: 'delay',
        bounce_class: '21',
        error_code: '454',
        raw_reason: '454 4.4.4 [internal] no MX or A for domain',
      },
      { type: 'deferred', smtpCode: 454, smtpStatus: '4.4.4' },
    ],
    [
      { type: 'policy_rejection', raw_reason: '550 5.7.1 not allowed' },
      { type: 'dropped', dropReason: 'policy' },
    ],
    [
      { type: 'policy_rejection', raw_reason: '554 5.7.1 recipient address suppressed due to customer policy' },
      { type: 'dropped', dropReason: 'suppressed-unknown' },
    ],
    [
      { type: 'generation_rejection', reason: '554 5.7.1 recipient address suppressed due to customer policy' },
      { type: 'dropped', dropReason: 'suppressed-unknown' },
    ],
    [
      { type: 'generation_rejection', reason: '554 5.7.1 rejected' },
      { type: 'dropped', dropReason: 'policy' },
    ],
    [
      {
        type: 'generation_failure',
        timestamp: '2026-05-04T10:00:00.000+00:00',
        raw_reason: '554 5.3.3 Error while rendering part html',
      },
      { type: 'dropped', dropReason: 'template', occurredAt: '2026-05-04T10:00:00.000Z' },
    ],
    [{ type: 'open' }, { type: 'opened' }],
    [{ type: 'initial_open' }, { type: 'opened' }],
    [{ type: 'amp_open' }, { type: 'opened' }],
    [{ type: 'amp_initial_open' }, { type: 'opened' }],
    [
      { type: 'open', user_agent_parsed: { is_prefetched: true, is_proxy: false } },
      { type: 'opened', machine: true },
    ],
    [
      { type: 'open', user_agent_parsed: { is_proxy: true } },
      { type: 'opened', machine: true },
    ],
    [{ type: 'click' }, { type: 'clicked' }],
    [{ type: 'amp_click' }, { type: 'clicked' }],
    [{ type: 'spam_complaint', fbtype: 'abuse' }, { type: 'complained' }],
    [{ type: 'spam_complaint', fbtype: 'not-spam' }, { type: 'unknown' }],
    [{ type: 'list_unsubscribe' }, { type: 'unsubscribed', scope: 'sparkpost:non_transactional:0' }],
    [
      { type: 'link_unsubscribe', transactional: '1', subaccount_id: '101' },
      { type: 'unsubscribed', scope: 'sparkpost:transactional:101' },
    ],
    ...[
      'relay_injection',
      'relay_delivery',
      'relay_tempfail',
      'sms_status',
      'ab_test_completed',
      'success',
      'error',
      'constructor',
    ].map((type) => [{ type }, { type: 'unknown' }] as const),
  ])('%j', (payload, expected) => {
    expect(event(payload)).toMatchObject(expected);
  });

  test.each([
    ['10', { bounceClass: 'hard', bounceCause: 'mailbox' }],
    ['30', { bounceClass: 'hard' }],
    ...['20', '40'].map((code) => [code, { bounceClass: 'soft' }] as const),
    // DNS, size, time, "transient".
    ...['21', '23', '24', '70'].map((code) => [code, { bounceClass: 'soft', bounceCause: 'technical' }] as const),
    ['22', { bounceClass: 'soft', bounceCause: 'full' }],
    ...['25', '50', '54'].map((code) => [code, { bounceClass: 'block', bounceCause: 'policy' }] as const),
    ['51', { bounceClass: 'block', bounceCause: 'reputation' }],
    ...['52', '53'].map((code) => [code, { bounceClass: 'block', bounceCause: 'content' }] as const),
    ['1', { bounceClass: 'undetermined' }],
    ['60', { type: 'unknown', autoReply: true }],
    ['100', { type: 'unknown', autoReply: true }],
    ['80', { type: 'unknown' }],
    ['90', { type: 'unsubscribed', scope: 'sparkpost:non_transactional:0' }],
  ])('bounce_class %s', (code, expected) => {
    expect(event(bounce(code))).toMatchObject({ type: 'bounced', ...expected });
    expect(event(bounce(code, '550', 'out_of_band'))).toMatchObject({ type: 'bounced', ...expected });
  });

  test('class and reply are weighed: hard can soften, soft never hardens, "no recipient" has no cause', () => {
    expect(event(bounce('10', '550 5.7.1 listed at spamhaus'))).toMatchObject({
      bounceClass: 'block',
      bounceCause: 'reputation',
    });
    expect(event(bounce('20', '550 5.1.1 user unknown'))).toMatchObject({ bounceClass: 'soft' });
    expect(event(bounce('22', 'full'))).toMatchObject({ bounceCause: 'full' });
    expect(event(bounce('51', 'listed'))).toMatchObject({ bounceCause: 'reputation' });
    expect(event(bounce('30'))).not.toHaveProperty('bounceCause');
    expect(event(bounce('777', '550 5.1.1 user unknown'))).toMatchObject({ bounceClass: 'hard' });
    expect(event(bounce('777'))).toMatchObject({ bounceClass: 'undetermined' });
  });

  test('an inbound mail has sender, recipient, subject and id', () => {
    const mail = {
      friendly_from: 'bob@example.net',
      msg_from: 'bounce@example.net',
      rcpt_to: 'in@example.org',
      webhook_id: '4839201967643219',
      content: {
        subject: 'Hello',
        to: ['in@example.org'],
        headers: [{ 'Return-Path': '<bob@example.net>' }, { 'Message-ID': '<m1@example.net>' }],
        email_rfc822: 'never kept',
      },
    };
    const [draft] = normalise(JSON.stringify({ msys: { relay_message: mail } }));
    expect(draft).toEqual({
      type: 'inbound',
      providerEvent: 'relay_message',
      recipient: 'in@example.org',
      from: 'bob@example.net',
      subject: 'Hello',
      messageId: 'm1@example.net',
      identity: ['relay_message', expect.any(String)],
    });
  });
});

describe('sparkpost: batches, pings and identity', () => {
  test.each(['[{"msys":{}}]', ' [ { "msys" : { } } ] ', '[]'])('%j is a ping: answered 200, nothing stored', (body) => {
    expect(verify(body)).toEqual({ secretIndex: 0, answer: { status: 200 } });
  });

  test('a ping without credentials is refused; a batch is no ping', () => {
    expect(() => verify('[{"msys":{}}]', 'Basic bm86bm8=')).toThrow('credentials');
    expect(verify(`[${raw({ type: 'open' })}]`)).toEqual({ secretIndex: 0 });
    expect(verify('[{"msys":{}},{"msys":{"track_event":{}}}]')).toEqual({ secretIndex: 0 });
    expect(verify('{"msys":{}}')).toEqual({ secretIndex: 0 });
  });

  test('a malformed element stands alone and an empty one is no event', () => {
    const { events } = sparkpost.split(
      request(`[${raw({ type: 'open' })}, 42, {"msys":{}}, ${raw({ type: 'click' })}]`),
      {},
    );
    expect(events).toHaveLength(4);
    expect(() => normalise(events[1] as string)).toThrow('not a JSON object');
    expect(normalise(events[2] as string)).toEqual([]);
    expect([events[0], events[3]].map((text) => normalise(text as string)[0]?.type)).toEqual(['opened', 'clicked']);
  });

  test('the event id is the event; without one the text is', () => {
    const print = (payload: object): string => event(payload).fingerprint;
    expect(print({ type: 'open', geo_ip: { country: 'DE' } })).toBe(print({ type: 'open' }));
    expect(print({ type: 'open' })).not.toBe(print({ type: 'open', event_id: '2' }));
    const sms = { type: 'sms_status', event_id: undefined };
    expect(print(sms)).toBe(print(sms));
    expect(print(sms)).not.toBe(print({ ...sms, status: 'sent' }));
  });

  test('every status but 200 is retried: none is replaced', () => {
    expect(sparkpost.responses).toBeUndefined();
  });
});
