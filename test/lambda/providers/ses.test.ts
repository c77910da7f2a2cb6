import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import type { RefusedRequest } from '../../../lambda/domain/errors.ts';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import type { SampleRequest, VerifyContext } from '../../../lambda/providers/provider.ts';
import { ses } from '../../../lambda/providers/ses/index.ts';
import { signEnvelope } from '../../../lambda/providers/shared/proof/sns-envelope.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';
import { snsCertificate } from '../../support/surroundings/sns-certificate.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:ses-events';
const CERTIFICATE_URL = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000000000000000.pem';
const NOW = Date.UTC(2026, 4, 4, 10, 0, 1);

const { certificate, signingKey } = await snsCertificate();
const other = await snsCertificate();
const past = await snsCertificate({ signingKey, to: new Date(Date.UTC(2026, 4, 4)) });

providerContract('ses', {
  options: { topicArns: [TOPIC] },
  proofIn: 'body',
  signingKey,
  unsigned: /,"UnsubscribeURL":"[^"]*"/,
  fetchText: async (url) => {
    if (url !== CERTIFICATE_URL) throw new Error('404');
    return certificate;
  },
});

const normalise = (event: unknown, options = parse(ses.options, {})) =>
  ses.normalise(JSON.stringify(event), { options, meta: {} });
const prints = (event: unknown) => normalise(event).map((draft) => normalisedEvent(draft, arrival('ses')).fingerprint);

const mail = {
  timestamp: '2026-05-04T09:59:58.000Z',
  source: 'Shop <sender@example.com>',
  messageId: '0100017a0000-aaaa-000000',
  destination: ['ada@example.com', 'bob@example.org'],
};
const one = { ...mail, destination: ['ada@example.com'] };
const bounce = (type: string, subType: string, recipient: object = {}) => ({
  eventType: 'Bounce',
  mail,
  bounce: {
    bounceType: type,
    bounceSubType: subType,
    bouncedRecipients: [{ emailAddress: 'bob@example.org', ...recipient }],
    timestamp: '2026-05-04T10:00:00.000Z',
    feedbackId: '0100017a-feedback-000000',
    reportingMTA: 'dsn; a8-96.smtp-out.example.net',
  },
});
const complaint = (over: object, recipients = ['ada@example.com']) => ({
  eventType: 'Complaint',
  mail,
  complaint: {
    complainedRecipients: recipients.map((emailAddress) => ({ emailAddress })),
    timestamp: '2026-05-04T10:00:00.000Z',
    feedbackId: 'complaint-1',
    ...over,
  },
});

describe('ses: mapping', () => {
  test('a full bounce of one of two destinations gives every field, and names nobody else', () => {
    const drafts = normalise({
      ...bounce('Permanent', 'General', {
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 <bob@example.org> User unknown',
      }),
      mail: { ...mail, tags: { 'ses:configuration-set': ['main'], campaign: ['spring', 'eu'] } },
    });
    expect(drafts.map((draft) => normalisedEvent(draft, arrival('ses')))).toEqual([
      {
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        type: 'bounced',
        bounceClass: 'hard',
        bounceCause: 'mailbox',
        source: 'ses',
        provider: 'ses',
        providerEvent: 'Bounce',
        providerEventId: '0100017a-feedback-000000',
        recipient: 'bob@example.org',
        messageId: '0100017a0000-aaaa-000000',
        occurredAt: '2026-05-04T10:00:00.000Z',
        receivedAt: '2026-05-04T10:00:01.000Z',
        smtpCode: 550,
        smtpStatus: '5.1.1',
        diagnostic: 'smtp; 550 5.1.1 <bob@example.org> User unknown',
        metadata: { campaign: 'spring, eu', 'ses:configuration-set': 'main' },
      },
    ]);
    expect(Object.keys(drafts[0]?.metadata ?? {})).toEqual(['campaign', 'ses:configuration-set']);
  });

  test.each([
    [
      { eventType: 'Send', mail: one, send: {} },
      { type: 'accepted', occurredAt: Date.UTC(2026, 4, 4, 9, 59, 58) },
    ],
    [bounce('Permanent', 'NoEmail'), { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    [bounce('Permanent', 'General'), { type: 'bounced', bounceClass: 'hard' }],
    [bounce('Permanent', 'Suppressed'), { type: 'dropped', dropReason: 'suppressed-bounce' }],
    [bounce('Permanent', 'OnAccountSuppressionList'), { type: 'dropped', dropReason: 'suppressed-unknown' }],
    [bounce('Permanent', 'UnsubscribedRecipient'), { type: 'dropped', dropReason: 'suppressed-unsubscribe' }],
    [
      bounce('Permanent', 'General', { status: '5.7.1', diagnosticCode: 'smtp; 550 5.7.1 listed at spamhaus' }),
      { bounceClass: 'block', bounceCause: 'reputation' },
    ],
    [bounce('Permanent', 'General', { status: '5.2.2' }), { bounceClass: 'soft', bounceCause: 'full' }],
    [bounce('Permanent', 'General', { status: '4.2.2' }), { bounceClass: 'soft', bounceCause: 'full' }],
    [bounce('Permanent', 'General', { action: 'delayed' }), { bounceClass: 'soft' }],
    [bounce('Transient', 'General'), { type: 'bounced', bounceClass: 'soft', autoReply: true }],
    [bounce('Transient', 'MailboxFull'), { bounceClass: 'soft', bounceCause: 'full' }],
    [bounce('Transient', 'MessageTooLarge'), { bounceClass: 'soft' }],
    [bounce('Transient', 'ContentRejected'), { bounceClass: 'block', bounceCause: 'content' }],
    [bounce('Transient', 'AttachmentRejected'), { bounceClass: 'block', bounceCause: 'content' }],
    [
      bounce('Transient', 'General', { status: '4.7.0', diagnosticCode: 'smtp; 421 4.7.0 try later' }),
      { bounceClass: 'soft', smtpCode: 421 },
    ],
    [bounce('Transient', 'General', { status: '5.1.1' }), { bounceClass: 'soft' }],
    [bounce('Transient', 'General', { status: '5.7.26' }), { bounceClass: 'block', bounceCause: 'policy' }],
    [bounce('Undetermined', 'Undetermined', { status: '5.1.1' }), { bounceClass: 'undetermined' }],
    [complaint({}), { type: 'complained' }],
    [complaint({ complaintFeedbackType: 'abuse' }), { type: 'complained' }],
    [complaint({ complaintFeedbackType: 'fraud' }), { type: 'complained' }],
    [complaint({ complaintFeedbackType: 'virus' }), { type: 'complained' }],
    [complaint({ complaintFeedbackType: 'other' }), { type: 'complained' }],
    [complaint({ complaintFeedbackType: 'not-spam' }), { type: 'unknown' }],
    [complaint({ complaintFeedbackType: 'auth-failure' }), { type: 'unknown' }],
    [
      complaint({ complaintSubType: 'OnAccountSuppressionList' }),
      { type: 'dropped', dropReason: 'suppressed-complaint' },
    ],
    [
      { eventType: 'Reject', mail: one, reject: { reason: 'Bad content' } },
      { type: 'dropped', dropReason: 'content', diagnostic: 'Bad content' },
    ],
    [
      { eventType: 'Rendering Failure', mail: one, failure: { templateName: 'T', errorMessage: 'Attribute missing' } },
      { type: 'dropped', dropReason: 'template', diagnostic: 'Attribute missing', recipient: 'ada@example.com' },
    ],
    [
      {
        eventType: 'DeliveryDelay',
        mail: one,
        deliveryDelay: {
          delayType: 'MailboxFull',
          timestamp: '2026-05-04T10:00:00.000Z',
          delayedRecipients: [{ emailAddress: 'ada@example.com', status: '4.2.2' }],
        },
      },
      { type: 'deferred', smtpStatus: '4.2.2', diagnostic: 'MailboxFull', recipient: 'ada@example.com' },
    ],
    [
      {
        eventType: 'Open',
        mail: one,
        open: { timestamp: '2026-05-04T10:00:00Z', ipAddress: '192.0.2.7', userAgent: 'UA' },
      },
      { type: 'opened', ip: '192.0.2.7', userAgent: 'UA', recipient: 'ada@example.com' },
    ],
    [
      {
        eventType: 'Click',
        mail: one,
        click: {
          timestamp: '2026-05-04T10:00:00Z',
          ipAddress: '192.0.2.7',
          link: 'https://example.com/a',
          linkTags: null,
        },
      },
      { type: 'clicked', url: 'https://example.com/a', recipient: 'ada@example.com' },
    ],
    [
      {
        notificationType: 'Received',
        mail: { ...one, commonHeaders: { from: ['Grace <grace@example.org>'], subject: 'Hello' } },
        receipt: { timestamp: '2026-05-04T10:00:00Z', recipients: ['inbox@example.com'] },
        content: 'body',
      },
      { type: 'inbound', recipient: 'inbox@example.com', from: 'Grace <grace@example.org>', subject: 'Hello' },
    ],
    [
      { eventType: 'Constructor', mail: one },
      { type: 'unknown', providerEvent: 'Constructor' },
    ],
  ])('%j', (event, expected) => {
    const drafts = normalise(event);
    expect(drafts).toHaveLength(1);
    expect(drafts[0]).toMatchObject(expected);
    expect(drafts[0]?.machine).toBeUndefined();
  });

  test('what a reply contradicts keeps no cause', () => {
    expect(normalise(bounce('Permanent', 'General'))[0]).not.toHaveProperty('bounceCause');
    expect(normalise(bounce('Transient', 'General', { status: '5.1.1' }))[0]).not.toHaveProperty('autoReply');
  });

  test('recipients of one Permanent bounce are judged each by its own status', () => {
    const event = bounce('Permanent', 'General');
    const drafts = normalise({
      ...event,
      bounce: {
        ...event.bounce,
        bouncedRecipients: [
          { emailAddress: 'ada@example.com', status: '5.1.1' },
          { emailAddress: 'bob@example.org', status: '4.2.2' },
        ],
      },
    });
    expect(drafts.map(({ recipient, bounceClass }) => [recipient, bounceClass])).toEqual([
      ['ada@example.com', 'hard'],
      ['bob@example.org', 'soft'],
    ]);
  });

  test('a bounce that names nobody is recorded about nobody', () => {
    const event = bounce('Undetermined', 'Undetermined');
    const [draft] = normalise({ ...event, bounce: { ...event.bounce, bouncedRecipients: [] } });
    expect(draft).toMatchObject({ type: 'bounced', bounceClass: 'undetermined' });
    expect(draft).not.toHaveProperty('recipient');
  });

  test('Send and Delivery go to every destination; an open of two is about nobody', () => {
    expect(normalise({ eventType: 'Send', mail }).map(({ recipient }) => recipient)).toEqual(mail.destination);
    const delivery = { timestamp: '2026-05-04T10:00:00.000Z', recipients: mail.destination, smtpResponse: '250 OK' };
    expect(normalise({ eventType: 'Delivery', mail, delivery }).map(({ type }) => type)).toEqual([
      'delivered',
      'delivered',
    ]);
    expect(normalise({ eventType: 'Open', mail, open: { timestamp: '2026-05-04T10:00:00Z' } })[0]).not.toHaveProperty(
      'recipient',
    );
  });

  test('several complained recipients are candidates', () => {
    const drafts = normalise(complaint({ complaintFeedbackType: 'abuse' }, mail.destination));
    expect(drafts).toEqual([
      expect.objectContaining({ recipient: 'ada@example.com', candidates: 2 }),
      expect.objectContaining({ recipient: 'bob@example.org', candidates: 2 }),
    ]);
    expect(normalise(complaint({}))[0]).not.toHaveProperty('candidates');
  });

  const subscription = (old: object, now: object) => ({
    eventType: 'Subscription',
    mail: one,
    subscription: {
      contactList: 'News',
      timestamp: '2026-05-04T10:00:00.000Z',
      source: 'UnsubscribeHeader',
      newTopicPreferences: now,
      oldTopicPreferences: old,
    },
  });
  const topics = (...status: string[]) => ({
    unsubscribeAll: false,
    topicSubscriptionStatus: status.map((subscriptionStatus, i) => ({ topicName: `t${i}`, subscriptionStatus })),
  });

  test.each([
    [{ unsubscribeAll: false }, { unsubscribeAll: true }, [['unsubscribed', 'list:News']]],
    [{ unsubscribeAll: true }, { unsubscribeAll: false }, [['resubscribed', 'list:News']]],
    [topics('OptIn'), topics('OptOut'), [['unsubscribed', 'topic:News/t0']]],
    [topics('OptOut', 'OptIn'), topics('OptIn', 'OptIn'), [['resubscribed', 'topic:News/t0']]],
    [
      topics('OptIn', 'OptOut'),
      topics('OptOut', 'OptIn'),
      [
        ['unsubscribed', 'topic:News/t0'],
        ['resubscribed', 'topic:News/t1'],
      ],
    ],
    [topics('OptIn'), topics('OptIn'), [['unknown', undefined]]],
  ])('preferences %j to %j', (old, now, expected) => {
    const event = subscription(old, now);
    expect(normalise(event).map(({ type, scope }) => [type, scope])).toEqual(expected);
    expect(new Set(prints(event)).size).toBe(expected.length);
  });

  test('an address in a display name is one address, and its case makes no second event', () => {
    const delivered = (to: string) => ({
      eventType: 'Delivery',
      mail: one,
      delivery: { timestamp: '2026-05-04T10:00:00.000Z', recipients: [to] },
    });
    expect(prints(delivered('Ada@Example.com'))).toEqual(prints(delivered('ada@example.com')));
  });
});

describe('ses: one fact through several channels', () => {
  const event = bounce('Permanent', 'General', { status: '5.1.1' });
  const { eventType, ...content } = event;
  const asNotification = { notificationType: 'Bounce', ...content };
  const envelope = (message: unknown) => ({
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: TOPIC,
    Subject: null,
    Message: JSON.stringify(message),
    Timestamp: '2026-05-04T10:00:00.500Z',
  });
  const eventBridge = {
    version: '0',
    id: '12a18625-3f2d-4c70-a1ac-9a8e3c9a1ad1',
    'detail-type': 'Email Bounced',
    source: 'aws.ses',
    account: '123456789012',
    time: '2026-05-04T10:00:02Z',
    region: 'us-east-1',
    detail: { eventType: 'Bounce', ...content },
  };

  test.each([
    ['event publishing, envelope', envelope(event)],
    ['identity notification, envelope', envelope(asNotification)],
    ['identity notification, raw delivery', asNotification],
    ['EventBridge', eventBridge],
    ['EventBridge without eventType', { ...eventBridge, detail: content }],
    ['EventBridge through SNS', envelope(eventBridge)],
  ])('%s', (_name, delivery) => {
    expect(prints(delivery)).toEqual(prints(event));
    expect(normalise(delivery)[0]).toMatchObject({ type: 'bounced', recipient: 'bob@example.org' });
  });

  test.each([
    'Email Sent',
    'Email Delivered',
    'Email Bounced',
    'Email Complaint Received',
    'Email Rejected',
    'Email Opened',
    'Email Clicked',
    'Email Rendering Failed',
    'Email Delivery Delayed',
    'Email Subscribed',
  ])('EventBridge %s has a type', (detailType) => {
    const detail = {
      mail: one,
      subscription: { contactList: 'News', newTopicPreferences: { unsubscribeAll: true } },
    };
    expect(normalise({ ...eventBridge, 'detail-type': detailType, detail })[0]?.type).not.toBe('unknown');
  });

  test.each([
    envelope({ notificationType: 'AmazonSnsSubscriptionSucceeded', message: 'ok' }),
    { ...envelope(''), Message: 'Successfully validated SNS topic for Amazon SES event publishing.' },
    { ...eventBridge, 'detail-type': 'Advisor Recommendation Status Open', detail: {} },
    { ...eventBridge, 'detail-type': 'Sending Status Enabled', detail: {} },
  ])('notices about the channel store nothing', (notice) => {
    expect(normalise(notice)).toEqual([]);
  });

  test('what is not about mail is kept as unknown, about nobody', () => {
    const alarm = envelope({ AlarmName: 'x' });
    expect(normalise(alarm)).toEqual([expect.objectContaining({ type: 'unknown', providerEvent: 'unnamed' })]);
    expect(prints(alarm)).not.toEqual(prints({ ...alarm, MessageId: 'another' }));
    expect(() => normalise({ hello: 'world' })).toThrow(PoisonEvent);
    expect(() => normalise({ Type: 'Notification' })).toThrow(PoisonEvent);
  });
});

describe('ses: SNS envelope', () => {
  const options = parse(ses.options, { topicArns: [TOPIC] });
  const context = (over: Partial<VerifyContext<typeof options>> = {}): VerifyContext<typeof options> => ({
    secrets: [],
    options,
    now: NOW,
    fetchText: async () => certificate,
    ...over,
  });
  const base = {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: TOPIC,
    Message: '{"a":"line\\nbreak \\u00e9 \\"quoted\\" é"}',
    Timestamp: '2026-05-04T10:00:00.500Z',
  };
  const subscription = {
    ...base,
    Type: 'SubscriptionConfirmation',
    Message: 'You have chosen to subscribe to the topic.\nVisit the SubscribeURL.',
    SubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc',
    Token: 'abc',
  };
  const post = (envelope: object, url = CERTIFICATE_URL, headers: Record<string, string> = {}) =>
    asRequest({ method: 'POST', headers, body: JSON.stringify({ ...envelope, SigningCertURL: url }) } as SampleRequest);
  const refusal = async (...args: Parameters<typeof ses.verify>): Promise<RefusedRequest> => {
    try {
      await ses.verify(...args);
    } catch (error) {
      return error as RefusedRequest;
    }
    throw new Error('accepted');
  };
  const never: VerifyContext<unknown>['fetchText'] = () => {
    throw new Error('nothing may be fetched');
  };

  test.each(['1', '2'] as const)(
    'signature version %s: every message type, with and without a subject',
    async (version) => {
      for (const envelope of [
        base,
        { ...base, Subject: 'Amazon SES Email Event Notification' },
        subscription,
        { ...subscription, Type: 'UnsubscribeConfirmation' },
      ]) {
        await expect(ses.verify(post(signEnvelope(envelope, signingKey, version)), context())).resolves.toEqual({});
      }
      const nullSubject = { ...signEnvelope(base, signingKey, version), Subject: null };
      await expect(ses.verify(post(nullSubject), context())).resolves.toEqual({});
    },
  );

  test('version 1 can be switched off, version 3 is never accepted', async () => {
    const strict = parse(ses.options, { topicArns: [TOPIC], allowSignatureV1: false });
    const old = post(signEnvelope(base, signingKey, '1'));
    expect((await refusal(old, context({ options: strict }))).reason).toBe('bad-proof');
    const next = post({ ...signEnvelope(base, signingKey), SignatureVersion: '3' });
    expect((await refusal(next, context())).reason).toBe('bad-proof');
  });

  test('only allowed topics may speak, and nothing is fetched for others', async () => {
    const foreign = { ...base, TopicArn: 'arn:aws:sns:us-east-1:999999999999:ses-events' };
    const refused = await refusal(post(signEnvelope(foreign, signingKey)), context({ fetchText: never }));
    expect(refused.reason).toBe('topic-not-allowed');
    expect(refused.message).not.toContain('999999999999');
    const unset = parse(ses.options, {});
    const request = post(signEnvelope(base, signingKey));
    const hint = await refusal(request, context({ options: unset, fetchText: never }));
    expect([hint.reason, hint.message]).toEqual(['topic-not-allowed', expect.stringContaining('topicArns')]);
  });

  test.each([
    'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-ab.pem',
    'https://user:pw@sns.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com:444/SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com:443/SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com/../SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com/a/../SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem?x=1',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem#x',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem/x',
    'https://sns.us-east-1.amazonaws.com\\@evil.example/SimpleNotificationService-ab.pem',
    ' https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'HTTPS://SNS.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com.cn/SimpleNotificationService-ab.pem',
    'https://snsXus-east-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'https://s3.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'https://sns.us-east-1.amazonaws.com/evil.pem',
    'https://sns.us-east-1.amazonaws.com/',
    'not a url',
    '',
  ])('a certificate at %j is never fetched', async (url) => {
    const refused = await refusal(post(signEnvelope(base, signingKey), url), context({ fetchText: never }));
    expect([refused.reason, refused.status]).toEqual(['bad-proof', 401]);
  });

  test('the Chinese partition has its own host', async () => {
    const topic = 'arn:aws-cn:sns:cn-north-1:123456789012:ses-events';
    const china = parse(ses.options, { topicArns: [topic] });
    const envelope = signEnvelope({ ...base, TopicArn: topic }, signingKey);
    const at = (host: string) => post(envelope, `https://${host}/SimpleNotificationService-c1.pem`);
    await expect(ses.verify(at('sns.cn-north-1.amazonaws.com.cn'), context({ options: china }))).resolves.toEqual({});
    expect((await refusal(at('sns.cn-north-1.amazonaws.com'), context({ options: china }))).reason).toBe('bad-proof');
  });

  test.each([
    ['x-amz-sns-message-type', 'SubscriptionConfirmation'],
    ['x-amz-sns-message-id', 'another'],
    ['x-amz-sns-topic-arn', 'arn:aws:sns:us-east-1:123456789012:other'],
    ['x-amz-sns-rawdelivery', 'true'],
  ])('%s: %s is refused', async (header, value) => {
    const request = post(signEnvelope(base, signingKey), CERTIFICATE_URL, { [header]: value });
    expect((await refusal(request, context())).status).toBe(401);
  });

  test.each(['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type', 'Subject', 'Signature'])(
    'a changed or odd %s is refused',
    async (name) => {
      const signed = signEnvelope({ ...base, Subject: 'x' }, signingKey);
      for (const value of ['changed', '', null, 7, ['x'], {}]) {
        const refused = await refusal(post({ ...signed, [name]: value }), context());
        expect(refused.status).toBe(401);
      }
    },
  );

  test('a signature has one spelling', async () => {
    const signed = signEnvelope(base, signingKey);
    const signature = signed.Signature as string;
    const last = signature.at(-3) as string;
    const twin = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const spelt = `${signature.slice(0, -3)}${twin[twin.indexOf(last) + 1]}==`;
    expect(Buffer.from(spelt, 'base64')).toEqual(Buffer.from(signature, 'base64'));
    expect((await refusal(post({ ...signed, Signature: spelt }), context())).status).toBe(401);
  });

  test('a certificate is fetched once, a failure is not remembered, another key is refused', async () => {
    const url = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-cafe.pem';
    const request = post(signEnvelope(base, signingKey), url);
    for (const broken of [
      () => Promise.reject(new Error('down')),
      () => Promise.resolve('<html>'),
      () => Promise.resolve(''),
    ]) {
      const refused = await refusal(request, context({ fetchText: broken }));
      expect([refused.reason, refused.status]).toEqual(['cannot-verify', 503]);
    }
    const fetched: string[] = [];
    const fetchText = async (address: string) => {
      fetched.push(address);
      return certificate;
    };
    await ses.verify(request, context({ fetchText }));
    await ses.verify(request, context({ fetchText }));
    expect(fetched).toEqual([url]);
    const forged = post(signEnvelope(base, other.signingKey), url);
    expect((await refusal(forged, context({ fetchText }))).reason).toBe('bad-proof');
  });

  test('a certificate counts only while it is valid, by the clock given', async () => {
    const url = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-dead.pem';
    const request = post(signEnvelope(base, past.signingKey), url);
    const fetchText = async () => past.certificate;
    expect((await refusal(request, context({ fetchText }))).reason).toBe('bad-proof');
    await expect(ses.verify(request, context({ fetchText, now: Date.UTC(2026, 4, 3) }))).resolves.toEqual({});
    expect((await refusal(request, context({ fetchText, now: Date.UTC(2019, 0, 1) }))).reason).toBe('bad-proof');
  });

  test('the publish time may be old: SNS does not renew it', async () => {
    const week = { ...base, Timestamp: '2026-04-27T10:00:00.000Z' };
    await expect(ses.verify(post(signEnvelope(week, signingKey)), context())).resolves.toEqual({});
  });

  test('a subscription waits for its confirmation and stores nothing; the end of one is recorded and never undone', () => {
    const raw = JSON.stringify(subscription);
    expect(ses.control?.(raw)).toEqual({ kind: 'confirm-subscription', topicArn: TOPIC, token: 'abc' });
    expect(normalise(subscription)).toEqual([]);
    const ended = { ...subscription, Type: 'UnsubscribeConfirmation' };
    expect(ses.control?.(JSON.stringify(ended))).toBeUndefined();
    expect(normalise(ended)).toEqual([
      {
        type: 'unknown',
        providerEvent: 'UnsubscribeConfirmation',
        occurredAt: Date.UTC(2026, 4, 4, 10, 0, 0, 500),
        identity: ['UnsubscribeConfirmation', TOPIC, base.MessageId],
      },
    ]);
    expect(ses.control?.(JSON.stringify(base))).toBeUndefined();
  });

  test('the raw event is the envelope as received', () => {
    const body = `  {"Type" : "Notification",\n "Message":"{}" }\n`;
    const request = asRequest({ method: 'POST', headers: { 'content-type': 'text/plain' }, body });
    expect(ses.split(request, options)).toEqual({ events: [body.trim()] });
  });

  test('settings: ARNs are exact, misspelt options are refused', () => {
    expect(parse(ses.options, {})).toEqual({ topicArns: [], createTopic: false, allowSignatureV1: true });
    for (const bad of [{ topicArns: ['*'] }, { topicArns: ['arn:aws:sns:*:123456789012:x'] }, { topics: [] }]) {
      expect(() => parse(ses.options, bad)).toThrow();
    }
  });
});
