import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import type { RefusedRequest } from '../../../lambda/domain/errors.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { scaleway } from '../../../lambda/providers/scaleway/index.ts';
import { signEnvelope } from '../../../lambda/providers/shared/proof/sns-envelope.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';
import { snsCertificate } from '../../support/surroundings/sns-certificate.ts';

const TOPIC = 'arn:scw:sns:fr-par:project-8c8bfa06-0000-4000-8000-000000000000:mail-events';
const CERTIFICATE_URL = 'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/sns_certificate_0000000000000000.pem';
const { certificate, signingKey } = await snsCertificate();

providerContract('scaleway', {
  options: { topicArns: [TOPIC] },
  proofIn: 'body',
  signingKey,
  unsigned: /,"UnsubscribeURL":"[^"]*"/,
  fetchText: async (url) => {
    if (url !== CERTIFICATE_URL) throw new Error('404');
    return certificate;
  },
});

const base = {
  id: 'af5c1aac-cf1b-4d4d-9e46-e6d0cd40b81c',
  organization_id: 'o1',
  project_id: 'p1',
  domain_id: 'd1',
  domain_name: 'example.com',
  created_at: '2026-05-04T10:00:00.123456Z',
  email_id: 'd4fbec9d-eed9-44d5-af47-c1126467a5ca',
  email_from: 'sender@example.com',
  email_to: 'ada@example.com',
  email_headers: [{ key: 'X-Test', value: '1' }],
};
const envelope = (event: object) => ({
  Type: 'Notification',
  MessageId: '9ae5c56c-6c9c-42e5-b0b1-0fe0f8bbdbf7',
  TopicArn: TOPIC,
  Message: JSON.stringify({ ...base, ...event }),
  Timestamp: '2026-05-04T10:00:01.000Z',
});
const options = parse(scaleway.options, { topicArns: [TOPIC] });
const normalise = (event: object) => scaleway.normalise(JSON.stringify(event), { options, meta: {} });
const inner = (event: object) => normalise(envelope(event))[0];
const reply = (code: number, message: string) => ({ email_response_code: code, email_response_message: message });

describe('scaleway: mapping', () => {
  test('a full bounce gives every field', () => {
    const draft = inner({ type: 'email_mailbox_not_found', ...reply(550, '550 5.1.1 User unknown') });
    expect(normalisedEvent(draft as never, arrival('scaleway'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'scaleway',
      provider: 'scaleway',
      providerEvent: 'email_mailbox_not_found',
      providerEventId: 'af5c1aac-cf1b-4d4d-9e46-e6d0cd40b81c',
      recipient: 'ada@example.com',
      messageId: 'd4fbec9d-eed9-44d5-af47-c1126467a5ca',
      occurredAt: '2026-05-04T10:00:00.123Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 User unknown',
    });
  });

  test.each([
    [{ type: 'email_queued' }, { type: 'accepted' }],
    [{ type: 'email_delivered', ...reply(250, '250 OK') }, { type: 'delivered' }],
    [
      { type: 'email_deferred', ...reply(421, '421 4.7.0 later'), email_try_count: 2 },
      { type: 'deferred', smtpCode: 421, smtpStatus: '4.7.0', diagnostic: '421 4.7.0 later' },
    ],
    [
      { type: 'email_dropped', ...reply(550, '550 no') },
      { type: 'bounced', bounceClass: 'hard', smtpCode: 550 },
    ],
    [
      { type: 'email_dropped', ...reply(550, '550 5.1.2 Bad domain') },
      { bounceClass: 'hard', bounceCause: 'domain' },
    ],
    [
      { type: 'email_dropped', ...reply(550, '550 5.7.1 policy') },
      { bounceClass: 'block', bounceCause: 'policy' },
    ],
    [
      { type: 'email_dropped', ...reply(552, '552 5.2.2 full') },
      { bounceClass: 'soft', bounceCause: 'full' },
    ],
    [
      { type: 'email_dropped', email_error: 'no such user' },
      { bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [{ type: 'email_mailbox_not_found' }, { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    [{ type: 'email_mailbox_not_found', ...reply(550, '550 5.7.1 blocked') }, { bounceClass: 'block' }],
    [{ type: 'email_spam' }, { type: 'bounced', bounceClass: 'block', bounceCause: 'content' }],
    [
      { type: 'email_spam', ...reply(550, '550 5.1.1 unknown') },
      { bounceClass: 'block', bounceCause: 'content' },
    ],
    [
      { type: 'email_blocklisted', blocklist_type: 'mailbox_not_found', blocklist_reason: 'not found' },
      { type: 'dropped', dropReason: 'suppressed-bounce', diagnostic: 'not found' },
    ],
    [{ type: 'email_blocklisted', blocklist_type: 'mailbox_full' }, { dropReason: 'suppressed-unknown' }],
    [
      { type: 'blocklist_created', blocklist_type: 'mailbox_not_found', email_id: undefined },
      { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox', echo: true },
    ],
    [
      { type: 'blocklist_created', blocklist_type: 'mailbox_full' },
      { type: 'bounced', bounceClass: 'soft', echo: true },
    ],
    [
      { type: 'blocklist_created', blocklist_type: 'other' },
      { bounceClass: 'undetermined', echo: true },
    ],
    [{ type: 'unknown_type' }, { type: 'unknown' }],
    [{ type: 'constructor' }, { type: 'unknown' }],
  ])('%j', (event, expected) => {
    expect(inner(event)).toMatchObject(expected);
  });

  test('a plain drop keeps no cause', () => {
    expect(inner({ type: 'email_dropped', ...reply(550, '550 no') })).not.toHaveProperty('bounceCause');
  });

  test('the inner id decides what is the same, in or out of an envelope', () => {
    const event = { type: 'email_queued' };
    expect(normalise({ ...base, ...event })[0]?.identity).toEqual(inner(event)?.identity);
    expect(inner({ ...event, id: 'other' })?.identity).not.toEqual(inner(event)?.identity);
    expect(inner({ ...event, id: undefined })?.identity).toEqual([
      'email_queued',
      base.email_id,
      base.email_to,
      base.created_at,
    ]);
  });
});

describe('scaleway: envelope', () => {
  const signed = (over: object = {}) => signEnvelope({ ...envelope({ type: 'email_queued' }), ...over }, signingKey);
  const run = async (message: object, url = CERTIFICATE_URL) => {
    const fetched: string[] = [];
    const request = asRequest({
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ ...message, SigningCertURL: url }),
    });
    const fetchText = async (address: string) => {
      fetched.push(address);
      return certificate;
    };
    try {
      await scaleway.verify(request, { secrets: [], options, now: Date.UTC(2026, 4, 4), fetchText });
      return { verdict: 'accepted', fetched };
    } catch (error) {
      return { verdict: (error as RefusedRequest).reason, fetched };
    }
  };

  test.each([
    'http://messaging.s3.fr-par.scw.cloud/fr-par/sns/c.pem',
    'https://attacker.s3.fr-par.scw.cloud/fr-par/sns/c.pem',
    'https://messaging.s3.nl-ams.scw.cloud/fr-par/sns/c.pem',
    'https://messaging.s3.fr-par.scw.cloud.example.com/fr-par/sns/c.pem',
    'https://messaging.s3.fr-par.scw.cloud@example.com/fr-par/sns/c.pem',
    'https://messaging.s3.fr-par.scw.cloud:8443/fr-par/sns/c.pem',
    'https://messaging.s3.fr-par.scw.cloud/nl-ams/sns/c.pem',
    'https://messaging.s3.fr-par.scw.cloud/certs/c.pem',
    'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/../c.pem',
    'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/a/c.pem',
    'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/c.pem?x',
    'https://sns.fr-par.amazonaws.com/SimpleNotificationService-ab.pem',
  ])('a certificate at %j is never fetched', async (url) => {
    expect(await run(signed(), url)).toEqual({ verdict: 'bad-proof', fetched: [] });
  });

  test('another topic is refused before any fetch', async () => {
    expect(await run(signed({ TopicArn: `${TOPIC}-2` }))).toEqual({ verdict: 'topic-not-allowed', fetched: [] });
  });

  const confirmation = (SubscribeURL: string) =>
    signed({ Type: 'SubscriptionConfirmation', Message: 'Confirm.', Token: 't', SubscribeURL });

  test("a subscription is confirmed at Scaleway's own address, by whoever obeys the message: the proof only reads", async () => {
    const url = `https://sns.mnq.fr-par.scaleway.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=t`;
    expect(await run(confirmation(url))).toEqual({ verdict: 'accepted', fetched: [] });
    expect(scaleway.control?.(JSON.stringify(confirmation(url)))).toEqual({ kind: 'fetch-url', url });
    expect((await run({ ...confirmation(url), Token: 'u' })).verdict).toBe('bad-proof');
  });

  test('no other message asks for anything', () => {
    const url = 'https://sns.mnq.fr-par.scaleway.com/?Token=t';
    for (const Type of ['Notification', 'UnsubscribeConfirmation', undefined])
      expect(scaleway.control?.(JSON.stringify({ ...confirmation(url), Type }))).toBeUndefined();
  });

  test.each([
    'https://sns.mnq.nl-ams.scaleway.com/?Token=t',
    'https://sns.mnq.fr-par.scaleway.com.example.com/?Token=t',
    'https://sns.mnq.fr-par.scaleway.com@example.com/?Token=t',
    'https://u@sns.mnq.fr-par.scaleway.com/?Token=t',
    'http://sns.mnq.fr-par.scaleway.com/?Token=t',
    'https://sns.mnq.fr-par.scaleway.com:444/?Token=t',
    'nowhere',
  ])('a confirmation at %j is refused, and nobody is told to fetch it', async (url) => {
    expect((await run(confirmation(url))).verdict).toBe('bad-proof');
    expect(scaleway.control?.(JSON.stringify(confirmation(url)))).toBeUndefined();
  });

  test('a confirmation stores nothing; the end of a subscription is recorded, about nobody', () => {
    expect(normalise(confirmation('x'))).toEqual([]);
    const [ended] = normalise({ ...confirmation('x'), Type: 'UnsubscribeConfirmation' });
    expect(ended).toMatchObject({ type: 'unknown', providerEvent: 'UnsubscribeConfirmation' });
    expect(ended).not.toHaveProperty('recipient');
  });

  test('settings: exact ARNs of Scaleway', () => {
    for (const bad of ['*', 'arn:aws:sns:us-east-1:123456789012:x', 'arn:scw:sns:*:p:x'])
      expect(() => parse(scaleway.options, { topicArns: [bad] })).toThrow();
  });
});
