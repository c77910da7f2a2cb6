import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { klaviyo } from '../../../lambda/providers/klaviyo/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('klaviyo', { proofIn: 'klaviyo-signature' });

const event = (topic: string, event_properties: object = {}, more: object = {}) => ({
  external_id: '7abXYZ',
  topic: `event:klaviyo.${topic}`,
  payload: {
    data: {
      type: 'event',
      id: '7abXYZ',
      attributes: {
        timestamp: 1777888800,
        datetime: '2026-05-04T10:00:00+00:00',
        uuid: '0e6d6c00-479f-11f1-8001-5c8c2e2d1a01',
        event_properties,
      },
    },
    included: [
      { type: 'metric', id: 'M1', attributes: { name: 'Bounced Email' } },
      { type: 'profile', id: '01GDDKASAP8TKDDA2GRZDSVP4H', attributes: { email: 'ada@example.com' } },
    ],
    ...more,
  },
});
const normaliseRaw = (raw: object) => klaviyo.normalise(JSON.stringify(raw), { options: {}, meta: {} })[0];
const normalise = (...given: Parameters<typeof event>) => normaliseRaw(event(...given));

describe('klaviyo: mapping', () => {
  test('a full bounce gives every field', () => {
    const draft = normalise('bounced_email', {
      'Bounce Type': 'Hard',
      'Campaign Name': 'May news',
      $message: '01HJK',
      $flow: 'X1y2Z3',
      Subject: 'Welcome',
      'Email Domain': 'example.com',
    });
    expect(stored(draft, 'klaviyo').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'klaviyo',
      provider: 'klaviyo',
      providerEvent: 'event:klaviyo.bounced_email',
      providerEventId: '7abXYZ',
      recipient: 'ada@example.com',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      metadata: { 'Campaign Name': 'May news', $message: '01HJK', $flow: 'X1y2Z3' },
    });
  });

  test.each([
    ['received_email', {}, { type: 'delivered' }],
    ['opened_email', {}, { type: 'opened' }],
    ['opened_email', { 'Apple Privacy Open': true }, { type: 'opened', machine: true }],
    ['opened_email', { machine_open: 'False' }, { type: 'opened', machine: false }],
    ['clicked_email', { URL: 'https://example.com/a' }, { type: 'clicked', url: 'https://example.com/a' }],
    ['clicked_email', { 'Bot Click': true }, { type: 'clicked', machine: true }],
    ['bounced_email', { 'Bounce Type': 'Soft' }, { type: 'bounced', bounceClass: 'soft' }],
    ['bounced_email', {}, { type: 'bounced', bounceClass: 'undetermined' }],
    ['dropped_email', {}, { type: 'dropped', dropReason: 'other' }],
    ['marked_email_as_spam', {}, { type: 'complained' }],
    ['unsubscribed_from_email_marketing', {}, { type: 'unsubscribed', scope: 'all' }],
    ['subscribed_to_email_marketing', {}, { type: 'resubscribed', scope: 'all' }],
    ['manually_suppressed_from_email_marketing', {}, { type: 'unsubscribed', scope: 'all' }],
    ['manually_unsuppressed_from_email_marketing', {}, { type: 'resubscribed', scope: 'all' }],
    ['updated_email_preferences', {}, { type: 'unknown' }],
    ['received_sms', {}, { type: 'unknown' }],
    ['bounced_push', {}, { type: 'unknown' }],
    ['submitted_review', {}, { type: 'unknown' }],
    ['constructor', {}, { type: 'unknown' }],
  ])('%s %j', (topic, properties, expected) => {
    expect(normalise(topic, properties)).toMatchObject(expected);
  });

  test('a topic of somebody else’s metric is unknown', () => {
    expect(normaliseRaw({ ...event('x'), topic: 'event:api.bounced_email' })?.type).toBe('unknown');
    expect(normaliseRaw({ ...event('x'), topic: 'bounced_email' })?.type).toBe('unknown');
  });

  test('an open that says nothing of machines has no word on them', () => {
    expect(normalise('opened_email')).not.toHaveProperty('machine');
    expect(normalise('opened_email', { 'Apple Privacy Open': 'perhaps' })).not.toHaveProperty('machine');
  });

  test('without a profile the properties may name the address; a profile without one names nobody', () => {
    expect(normalise('opened_email', { $email: 'bob@example.com' }, { included: [] })?.recipient).toBe(
      'bob@example.com',
    );
    expect(normalise('opened_email', {}, { included: [{ type: 'profile', attributes: {} }] })).not.toHaveProperty(
      'recipient',
    );
  });

  test('the time in seconds serves where there is no date', () => {
    const payload = { data: { attributes: { timestamp: 1777888800 } } };
    expect(normaliseRaw({ ...event('opened_email'), payload })?.occurredAt).toBe(1777888800000);
  });

  test('the external id tells events apart', () => {
    const print = (external_id: string) =>
      stored(normaliseRaw({ ...event('opened_email'), external_id }), 'klaviyo').fingerprint;
    expect(print('a')).toBe(print('a'));
    expect(print('a')).not.toBe(print('b'));
  });
});

describe('klaviyo: bodies and proof', () => {
  const split = (body: string) => reasonOf(() => klaviyo.split(post(body), {}));

  test('the batch is cut as it stands; a bad element stands alone', () => {
    expect(split('{"meta":{"version":1},"data":[{"topic": "a"}, null ,{"topic":"b"}]}')).toEqual({
      events: ['{"topic": "a"}', 'null', '{"topic":"b"}'],
    });
    expect(split('{"data":[],"meta":{}}')).toBe('unreadable');
    expect(split('[{"topic":"a"}]')).toBe('unreadable');
  });

  test('the timestamp is signed after the body, whatever its form and age', () => {
    const body = '{"data":[{}]}';
    const verify = (text: string, timestamp: string) =>
      reasonOf(() =>
        klaviyo.verify(
          post(body, {
            'klaviyo-timestamp': timestamp,
            'klaviyo-signature': createHmac('sha256', 'k').update(text).digest('hex'),
          }),
          verifyContext(['k'], {}),
        ),
      );
    expect(verify(`${body}1577888800`, '1577888800')).toEqual({ secretIndex: 0 });
    expect(verify(`${body}2020-01-01T00:00:00Z`, '2020-01-01T00:00:00Z')).toEqual({ secretIndex: 0 });
    expect(verify(`1577888800${body}`, '1577888800')).toBe('bad-proof');
  });
});
