import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { customerio } from '../../../lambda/providers/customerio/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('customerio', { proofIn: 'x-cio-signature' });

const normaliseAll = (event: object) => customerio.normalise(JSON.stringify(event), { options: {}, meta: {} });
const base = { event_id: '01E4C4CT6YDC7Y5M7FE1GWWPQJ', timestamp: 1777888800 };
const data = {
  customer_id: '42',
  identifiers: { id: '42', email: 'ada@example.com', cio_id: 'd9c106000001' },
  delivery_id: 'RPILAgUBcRhIBqSp7kiPekGBIeVh',
  recipient: 'ada@example.com',
  subject: 'Welcome',
};
const email = (metric: string, more: object = {}) =>
  normaliseAll({ ...base, object_type: 'email', metric, data: { ...data, ...more } })[0];

describe('customerio: mapping', () => {
  test('a full bounce gives every field', () => {
    const { event } = stored(
      email('bounced', {
        failure_message: '550 5.1.1 The email account that you tried to reach does not exist',
        campaign_id: 23,
        action_id: 38,
        content_id: 0,
      }),
      'customerio',
    );
    expect(event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'customerio',
      provider: 'customerio',
      providerEvent: 'email.bounced',
      providerEventId: '01E4C4CT6YDC7Y5M7FE1GWWPQJ',
      recipient: 'ada@example.com',
      messageId: 'RPILAgUBcRhIBqSp7kiPekGBIeVh',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 The email account that you tried to reach does not exist',
      metadata: { campaign_id: '23', action_id: '38', content_id: '0' },
    });
  });

  test.each([
    ['drafted', {}, { type: 'unknown' }],
    ['attempted', { failure_message: '421 4.7.0 later' }, { type: 'deferred', smtpCode: 421, smtpStatus: '4.7.0' }],
    ['sent', {}, { type: 'accepted' }],
    ['delivered', {}, { type: 'delivered' }],
    ['opened', {}, { type: 'opened' }],
    ['human_opened', {}, { type: 'opened', machine: false }],
    ['clicked', { href: 'https://example.com/a', link_id: '1' }, { type: 'clicked', url: 'https://example.com/a' }],
    ['human_clicked', { href: 'https://example.com/a' }, { type: 'clicked', machine: false }],
    ['bounced', {}, { type: 'bounced', bounceClass: 'hard' }],
    ['bounced', { failure_message: '552 5.2.2 mailbox full' }, { bounceClass: 'soft', bounceCause: 'full' }],
    ['bounced', { failure_message: '550 5.7.1 blocked, see spamhaus' }, { bounceClass: 'block' }],
    ['dropped', {}, { type: 'dropped', dropReason: 'suppressed-unknown' }],
    ['undeliverable', { failure_message: 'limit' }, { type: 'dropped', dropReason: 'policy', diagnostic: 'limit' }],
    ['failed', {}, { type: 'dropped', dropReason: 'other' }],
    ['spammed', {}, { type: 'complained' }],
    ['unsubscribed', {}, { type: 'unsubscribed', scope: 'all', messageId: data.delivery_id }],
    ['converted', {}, { type: 'unknown' }],
    ['constructor', {}, { type: 'unknown' }],
  ])('email %s %j', (metric, more, expected) => {
    expect(email(metric, more)).toMatchObject(expected);
  });

  test('a bounce that names no cause has none, and an open without a word about machines says nothing', () => {
    expect(email('bounced')).not.toHaveProperty('bounceCause');
    expect(email('opened')).not.toHaveProperty('machine');
  });

  test.each(['sms', 'push', 'webhook', 'slack', 'in_app', 'whatsapp'])('%s metrics are unknown', (object_type) => {
    expect(normaliseAll({ ...base, object_type, metric: 'bounced', data })[0]?.type).toBe('unknown');
  });

  test.each([
    ['unsubscribed', 'unsubscribed'],
    ['subscribed', 'resubscribed'],
  ])('customer %s has no recipient field: the identifier is read', (metric, type) => {
    const { recipient: _none, ...customer } = data;
    expect(normaliseAll({ ...base, object_type: 'customer', metric, data: customer })).toEqual([
      expect.objectContaining({ type, scope: 'all', recipient: 'ada@example.com' }),
    ]);
  });

  test('changed preferences give one event per topic', () => {
    const content = JSON.stringify({ topics: { topic_7: false, topic_8: true, topic_9: null } });
    const drafts = normaliseAll({
      ...base,
      object_type: 'customer',
      metric: 'cio_subscription_preferences_changed',
      data: { content, customer_id: '42', email_address: 'ada@example.com', identifiers: { id: '42' } },
    });
    expect(drafts).toMatchObject([
      { type: 'unsubscribed', scope: 'topic:7', recipient: 'ada@example.com' },
      { type: 'resubscribed', scope: 'topic:8', recipient: 'ada@example.com' },
    ]);
    expect(new Set(drafts.map((draft) => stored(draft, 'customerio').fingerprint)).size).toBe(2);
  });

  test.each([['not json'], ['[]'], ['{"topics":[]}'], [''], [7]])(
    'preferences %j stay one unknown event',
    (content) => {
      const event = { ...base, object_type: 'customer', metric: 'cio_subscription_preferences_changed' };
      expect(normaliseAll({ ...event, data: { ...data, content } })).toMatchObject([{ type: 'unknown' }]);
    },
  );

  test('the format before 2021 names the event in one word', () => {
    const old = { event_id: '1', event_type: 'email_bounced', timestamp: 1777888800 };
    expect(normaliseAll({ ...old, data: { email_address: 'ada@example.com' } })).toMatchObject([
      { type: 'bounced', providerEvent: 'email.bounced', recipient: 'ada@example.com' },
    ]);
  });

  test('the event id tells events apart, and both unsubscribes of one click are kept', () => {
    const print = (draft: Parameters<typeof stored>[0]) => stored(draft, 'customerio').fingerprint;
    const customer = { ...base, object_type: 'customer', metric: 'unsubscribed', data };
    expect(print(email('unsubscribed'))).not.toBe(print(normaliseAll(customer)[0]));
    const other = { ...base, event_id: 'other', object_type: 'email', metric: 'opened', data };
    expect(print(email('opened'))).not.toBe(print(normaliseAll(other)[0]));
  });
});

describe('customerio: proof', () => {
  const body = '{"event_id":"1","object_type":"email","metric":"sent","timestamp":1777888800,"data":{}}\n';
  const signed = (timestamp: string, text = `v0:${timestamp}:${body}`) => ({
    'x-cio-timestamp': timestamp,
    'x-cio-signature': createHmac('sha256', 'k').update(text).digest('hex'),
  });
  const verify = (headers: Record<string, string>) =>
    reasonOf(() => customerio.verify(post(body, headers), verifyContext(['k'], {})));

  test('the version is signed and not in the header; a trailing line feed is part of the body', () => {
    expect(verify(signed('1777888800'))).toEqual({ secretIndex: 0 });
    expect(verify(signed('1777888800', `1777888800:${body}`))).toBe('bad-proof');
  });

  test.each([
    ['1777888501', { secretIndex: 0 }],
    ['1777888500', 'stale'],
    ['1777889101', { secretIndex: 0 }],
    ['1777889102', 'stale'],
    ['soon', 'bad-proof'],
  ])('signed at %s', (timestamp, expected) => {
    expect(verify(signed(timestamp))).toEqual(expected);
  });

  test('without a timestamp there is no proof', () => {
    const { 'x-cio-timestamp': _gone, ...rest } = signed('1777888800');
    expect(verify(rest)).toBe('missing-proof');
  });
});
