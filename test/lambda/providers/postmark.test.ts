import { describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { postmark } from '../../../lambda/providers/postmark/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('postmark', { proofIn: 'authorization' });

const MESSAGE = '883953f4-6105-42a2-a16a-77a8eac79483';
const common = { MessageID: MESSAGE, MessageStream: 'outbound', ServerID: 23 };
const bounced = {
  ...common,
  RecordType: 'Bounce',
  ID: 692560173,
  Email: 'ada@example.com',
  BouncedAt: '2026-05-04T06:00:00.2735393-04:00',
};
const change = {
  ...common,
  RecordType: 'SubscriptionChange',
  MessageStream: 'broadcast',
  Recipient: 'ada@example.com',
  ChangedAt: '2026-05-04T10:00:00Z',
};
const normalise = (event: object) => postmark.normalise(JSON.stringify(event), { options: {}, meta: {} })[0];
const event = (payload: object) => normalisedEvent(normalise(payload) as never, arrival('postmark'));

describe('postmark: mapping', () => {
  test('a full bounce gives every field', () => {
    const raw = `{
      "RecordType": "Bounce", "MessageStream": "outbound", "ID": 4323372036854775807, "Type": "HardBounce", "TypeCode": 1,
      "Name": "Hard bounce", "Tag": "welcome", "MessageID": "${MESSAGE}", "Metadata": {"order_id": "4711"}, "ServerID": 23,
      "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
      "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
      "Email": "Ada@Example.com", "From": "shop@example.org", "BouncedAt": "2026-05-04T06:00:00.2735393-04:00",
      "DumpAvailable": true, "Inactive": true, "CanActivate": true, "Subject": "Your order"
    }`;
    const [draft] = postmark.normalise(raw, { options: {}, meta: {} });
    expect(normalisedEvent(draft as never, arrival('postmark'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'postmark',
      provider: 'postmark',
      providerEvent: 'Bounce/HardBounce',
      providerEventId: '4323372036854775807',
      recipient: 'ada@example.com',
      messageId: MESSAGE,
      occurredAt: '2026-05-04T10:00:00.273Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
      tags: ['welcome'],
      metadata: { order_id: '4711' },
    });
  });

  test('a click gives who, where and with what', () => {
    expect(
      event({
        ...common,
        RecordType: 'Click',
        Recipient: 'ada@example.com',
        ReceivedAt: '2026-05-04T10:00:00Z',
        OriginalLink: 'https://example.com/offer',
        ClickLocation: 'HTML',
        UserAgent: 'Mozilla/5.0',
        Client: { Name: 'Chrome', Company: 'Google', Family: 'Chrome' },
        OS: { Name: 'Linux', Company: 'x', Family: 'Linux' },
        Platform: 'Desktop',
        Geo: { CountryISOCode: 'RS', Country: 'Serbia', IP: '192.0.2.9' },
        Tag: 'welcome',
      }),
    ).toMatchObject({
      type: 'clicked',
      url: 'https://example.com/offer',
      userAgent: 'Mozilla/5.0',
      device: 'Desktop',
      country: 'RS',
      ip: '192.0.2.9',
      occurredAt: '2026-05-04T10:00:00.000Z',
    });
  });

  test.each([
    [
      { ...common, RecordType: 'Delivery', Recipient: 'ada@example.com', DeliveredAt: '2026-05-04T10:00:00Z' },
      { type: 'delivered' },
    ],
    [{ ...common, RecordType: 'Open', Recipient: 'ada@example.com', FirstOpen: true }, { type: 'opened' }],
    [{ ...common, RecordType: 'Click', Recipient: 'ada@example.com' }, { type: 'clicked' }],
    [{ ...bounced, RecordType: 'SpamComplaint', Type: 'SpamComplaint' }, { type: 'complained' }],
    [
      { ...bounced, Type: 'HardBounce' },
      { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [{ ...bounced, Type: 'HardBounce', Details: 'smtp;550 5.7.1 blocked by policy' }, { bounceClass: 'block' }],
    [
      { ...bounced, Type: 'HardBounce', Details: 'smtp;552 5.2.2 mailbox full' },
      { bounceClass: 'soft', bounceCause: 'full' },
    ],
    [
      { ...bounced, Type: 'SoftBounce' },
      { type: 'bounced', bounceClass: 'soft' },
    ],
    [{ ...bounced, Type: 'SoftBounce', Details: 'smtp;550 5.1.1 user unknown' }, { bounceClass: 'soft' }],
    [
      { ...bounced, Type: 'Transient', Details: 'smtp;421 4.7.0 later' },
      { type: 'deferred', smtpCode: 421, smtpStatus: '4.7.0' },
    ],
    [{ ...bounced, Type: 'DnsError' }, { type: 'deferred' }],
    [{ ...bounced, Type: 'OpenRelayTest' }, { type: 'deferred' }],
    [
      { ...bounced, Type: 'Blocked' },
      { type: 'bounced', bounceClass: 'block', bounceCause: 'reputation' },
    ],
    [
      { ...bounced, Type: 'DMARCPolicy' },
      { type: 'bounced', bounceClass: 'block', bounceCause: 'policy' },
    ],
    [
      { ...bounced, Type: 'VirusNotification' },
      { type: 'bounced', bounceClass: 'block', bounceCause: 'content' },
    ],
    [
      { ...bounced, Type: 'SpamNotification' },
      { type: 'bounced', bounceClass: 'block', bounceCause: 'content' },
    ],
    [
      { ...bounced, Type: 'BadEmailAddress' },
      { type: 'dropped', dropReason: 'invalid' },
    ],
    [
      { ...bounced, Type: 'ManuallyDeactivated' },
      { type: 'dropped', dropReason: 'suppressed-unknown' },
    ],
    [
      { ...bounced, Type: 'Unconfirmed' },
      { type: 'dropped', dropReason: 'policy' },
    ],
    [
      { ...bounced, Type: 'SMTPApiError' },
      { type: 'dropped', dropReason: 'other' },
    ],
    [
      { ...bounced, Type: 'TemplateRenderingFailed' },
      { type: 'dropped', dropReason: 'template' },
    ],
    [
      { ...bounced, Type: 'AutoResponder' },
      { type: 'unknown', autoReply: true },
    ],
    [
      { ...bounced, Type: 'AddressChange' },
      { type: 'unknown', autoReply: true },
    ],
    [
      { ...bounced, Type: 'ChallengeVerification' },
      { type: 'unknown', autoReply: true },
    ],
    [
      { ...bounced, Type: 'Unsubscribe' },
      { type: 'unsubscribed', scope: 'postmark:stream:outbound' },
    ],
    [
      { ...bounced, Type: 'Subscribe' },
      { type: 'resubscribed', scope: 'postmark:stream:outbound' },
    ],
    [{ ...bounced, Type: 'SpamComplaint' }, { type: 'complained' }],
    [{ ...bounced, Type: 'InboundError' }, { type: 'unknown' }],
    [
      { ...bounced, Type: 'Unknown' },
      { type: 'bounced', bounceClass: 'undetermined' },
    ],
    [
      { ...bounced, Type: 'Unknown', Details: '550 5.1.1 user unknown' },
      { bounceClass: 'undetermined', smtpStatus: '5.1.1' },
    ],
    [
      { ...bounced, Type: 'Brand new' },
      { type: 'unknown', providerEvent: 'Bounce/Brand new' },
    ],
    [
      { ...change, SuppressSending: true, SuppressionReason: 'ManualSuppression', Origin: 'Recipient' },
      {
        type: 'unsubscribed',
        scope: 'postmark:stream:broadcast',
        providerEvent: 'SubscriptionChange/ManualSuppression/Recipient',
        occurredAt: '2026-05-04T10:00:00.000Z',
      },
    ],
    [
      { ...change, SuppressSending: true, SuppressionReason: 'HardBounce', Origin: 'Recipient' },
      { type: 'bounced', bounceClass: 'hard', echo: true },
    ],
    [
      { ...change, SuppressSending: true, SuppressionReason: 'SpamComplaint', Origin: 'Recipient' },
      { type: 'complained', echo: true },
    ],
    [
      { ...change, SuppressSending: false, SuppressionReason: null, Origin: 'Recipient' },
      { type: 'resubscribed', scope: 'postmark:stream:broadcast' },
    ],
    [{ ...change, SuppressSending: 'maybe' }, { type: 'unknown' }],
    [{ RecordType: 'constructor' }, { type: 'unknown' }],
  ])('%j', (payload, expected) => {
    expect(event(payload)).toMatchObject(expected);
  });

  test.each([
    [true, 'Customer', 'unsubscribed'],
    [false, 'Admin', 'resubscribed'],
  ])('an operator suppresses (%p, %s): no message, the origin is kept', (suppress, origin, type) => {
    const payload = {
      ...change,
      MessageID: null,
      SuppressSending: suppress,
      SuppressionReason: suppress ? 'ManualSuppression' : null,
    };
    const normalised = event({ ...payload, Origin: origin });
    expect(normalised).toMatchObject({ type, scope: 'postmark:stream:broadcast', recipient: 'ada@example.com' });
    expect(normalised.providerEvent).toContain(origin);
    expect(normalised).not.toHaveProperty('messageId');
  });

  test('an inbound mail is the post without a record type', () => {
    expect(
      event({
        From: 'bob@example.net',
        FromName: 'Bob',
        FromFull: { Email: 'bob@example.net', Name: 'Bob', MailboxHash: '' },
        To: '"Shop" <in+x@example.org>, other@example.org',
        ToFull: [{ Email: 'in+x@example.org' }, { Email: 'other@example.org' }],
        OriginalRecipient: 'in+x@example.org',
        Subject: 'Hello',
        MessageID: '73e6d360-66eb-11e1-8e72-a8904824019b',
        Date: 'Mon, 4 May 2026 06:00:00 -04:00',
        TextBody: 'never kept',
        RawEmail: 'never kept',
      }),
    ).toEqual({
      fingerprint: expect.any(String),
      type: 'inbound',
      source: 'postmark',
      provider: 'postmark',
      providerEvent: 'Inbound',
      recipient: 'in+x@example.org',
      from: 'bob@example.net',
      subject: 'Hello',
      messageId: '73e6d360-66eb-11e1-8e72-a8904824019b',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
    });
  });

  test('an inbound mail to several, without the original recipient, names nobody', () => {
    expect(normalise({ ToFull: [{ Email: 'a@example.org' }, { Email: 'b@example.org' }] })).not.toHaveProperty(
      'recipient',
    );
  });

  test('an older bounce without a record type is a bounce; a test post has no message', () => {
    const { RecordType: _type, ...older } = {
      ...bounced,
      Type: 'HardBounce',
      MessageID: '00000000-0000-0000-0000-000000000000',
    };
    expect(event(older)).toMatchObject({ type: 'bounced', recipient: 'ada@example.com' });
    expect(event(older)).not.toHaveProperty('messageId');
  });

  test('an unsubscribe from an unnamed stream counts for all, a resubscribe for none', () => {
    const { MessageStream: _stream, ...unnamed } = change;
    expect(event({ ...unnamed, SuppressSending: true })).toMatchObject({ scope: 'all' });
    expect(event({ ...unnamed, SuppressSending: false })).toMatchObject({ scope: 'postmark:stream:unknown' });
  });
});

describe('postmark: identity', () => {
  const print = (payload: object): string => event(payload).fingerprint;
  const open = { ...common, RecordType: 'Open', Recipient: 'ada@example.com', ReceivedAt: '2026-05-04T10:00:00Z' };

  test('recipients of one message, second opens and other links are other events', () => {
    const click = { ...open, RecordType: 'Click', OriginalLink: 'https://example.com/a' };
    const prints = [
      open,
      { ...open, Recipient: 'bob@example.com' },
      { ...open, ReceivedAt: '2026-05-04T10:00:01Z' },
      click,
      { ...click, OriginalLink: 'https://example.com/b' },
    ].map(print);
    expect(new Set(prints).size).toBe(prints.length);
  });

  test('suppression and reactivation are two; a bounce is its ID', () => {
    expect(print({ ...change, SuppressSending: true })).not.toBe(print({ ...change, SuppressSending: false }));
    expect(print({ ...bounced, Type: 'HardBounce' })).toBe(print({ ...bounced, Type: 'HardBounce', Inactive: true }));
    expect(print({ ...bounced, ID: 1 })).not.toBe(print({ ...bounced, ID: 2 }));
  });
});

describe('postmark: answers and credentials', () => {
  test('403 would end the retries: it is sent as 401', () => {
    expect(postmark.responses).toEqual({ 403: 401 });
  });

  test.each([
    ['user:password', { authorization: `Basic ${Buffer.from('user:password').toString('base64')}` }, ''],
    ['header:X-Webhook-Secret:s3cret', { 'x-webhook-secret': 's3cret' }, ''],
    ['query:key:s3cret', {}, 'key=s3cret'],
  ])('%s', (secret, headers, query) => {
    const request = asRequest({ method: 'POST', headers: headers as never, query, body: '{}' });
    const context = { options: {}, now: 0, fetchText: () => Promise.reject(new Error('no fetch')) };
    expect(postmark.verify(request, { ...context, secrets: ['old:one', secret] })).toEqual({ secretIndex: 1 });
  });
});
