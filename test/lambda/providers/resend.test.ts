import { describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { resend } from '../../../lambda/providers/resend/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('resend', { proofIn: 'svix-signature' });

const mail = {
  broadcast_id: '8b146471-e88e-4322-86af-016cd36fd216',
  created_at: '2026-05-04T09:59:00.000000+00:00',
  email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
  message_id: '<111-222@example.net>',
  from: 'Shop <sender@example.com>',
  to: ['Ada <ada@example.com>'],
  subject: 'Hello',
  tags: { category: 'welcome', constructor: 'x' },
};
const event = (type: string, data: object = {}, over: object = {}) => ({
  type,
  created_at: '2026-05-04T10:00:00.126Z',
  data: { ...mail, ...data },
  ...over,
});
const normalise = (payload: object, meta: Record<string, string> = { id: 'msg_1' }) =>
  resend.normalise(JSON.stringify(payload), { options: {}, meta })[0];
const print = (payload: object, meta?: Record<string, string>) =>
  normalisedEvent(normalise(payload, meta) as never, arrival('resend')).fingerprint;
const bounced = (type: string, subType: string, message = 'It bounced.') =>
  event('email.bounced', { bounce: { type, subType, message } });
const contact = (unsubscribed: unknown, audience?: string) => ({
  type: 'contact.updated',
  created_at: '2026-05-04T10:00:00.000Z',
  data: {
    id: 'c1',
    email: 'ada@example.com',
    unsubscribed,
    segment_ids: [],
    ...(audience && { audience_id: audience }),
  },
});
const listed = (type: string, origin?: string) => ({
  type,
  created_at: '2026-05-04T10:00:00.000Z',
  data: { id: 's1', email: 'ada@example.com', origin, source_id: null },
});

describe('resend: mapping', () => {
  test('a full bounce gives every field', () => {
    expect(
      normalisedEvent(normalise(bounced('Permanent', 'NoEmail', '550 5.1.1 User unknown')) as never, arrival('resend')),
    ).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'resend',
      provider: 'resend',
      providerEvent: 'email.bounced',
      providerEventId: 'msg_1',
      recipient: 'ada@example.com',
      messageId: '56761188-7520-42d8-8898-ff6fc54ce618',
      occurredAt: '2026-05-04T10:00:00.126Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 User unknown',
      metadata: { category: 'welcome' },
    });
  });

  test.each([
    [event('email.sent'), { type: 'accepted' }],
    [event('email.scheduled'), { type: 'accepted' }],
    [event('email.delivered'), { type: 'delivered' }],
    [event('email.delivery_delayed'), { type: 'deferred' }],
    [event('email.delivered_delayed'), { type: 'deferred' }],
    [bounced('Permanent', 'General'), { type: 'bounced', bounceClass: 'hard' }],
    [bounced('Permanent', 'Suppressed'), { type: 'dropped', dropReason: 'suppressed-bounce' }],
    [bounced('Permanent', 'OnAccountSuppressionList'), { type: 'dropped', dropReason: 'suppressed-unknown' }],
    [
      bounced('Permanent', 'General', '550 5.7.1 blocked by spamhaus'),
      { bounceClass: 'block', bounceCause: 'reputation' },
    ],
    [bounced('Transient', 'General'), { type: 'bounced', bounceClass: 'soft', autoReply: true }],
    [bounced('Transient', 'MailboxFull'), { bounceClass: 'soft', bounceCause: 'full' }],
    [bounced('Transient', 'ContentRejected'), { bounceClass: 'block', bounceCause: 'content' }],
    [bounced('Undetermined', 'Undetermined'), { bounceClass: 'undetermined' }],
    [
      event('email.bounced', { bounce: { message: 'Resend has suppressed sending to this address.' } }),
      { type: 'dropped', dropReason: 'suppressed-bounce' },
    ],
    [
      event('email.bounced', { bounce: { message: "The recipient's email provider sent a hard bounce message." } }),
      { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [event('email.bounced', { bounce: { message: 'Something went wrong.' } }), { bounceClass: 'undetermined' }],
    [event('email.bounced'), { type: 'bounced', bounceClass: 'undetermined' }],
    [
      event('email.suppressed', { suppressed: { type: 'OnAccountSuppressionList', message: 'On the list.' } }),
      { type: 'dropped', dropReason: 'suppressed-unknown', diagnostic: 'On the list.' },
    ],
    [event('email.suppressed', { suppressed: { type: 'Suppressed' } }), { dropReason: 'suppressed-bounce' }],
    [event('email.suppressed', { suppressed: { type: 'bounce' } }), { dropReason: 'suppressed-bounce' }],
    [event('email.suppressed', { suppressed: { type: 'complaint' } }), { dropReason: 'suppressed-complaint' }],
    [event('email.suppressed'), { dropReason: 'suppressed-unknown' }],
    [
      event('email.failed', { failed: { reason: 'reached_daily_quota' } }),
      { type: 'dropped', dropReason: 'other', diagnostic: 'reached_daily_quota' },
    ],
    [event('email.complained'), { type: 'complained', recipient: 'Ada <ada@example.com>' }],
    [event('email.opened'), { type: 'opened' }],
    [
      event('email.clicked', {
        click: {
          ipAddress: '192.0.2.4',
          link: 'https://example.com/a',
          timestamp: '2026-05-04T10:00:00Z',
          userAgent: 'UA',
        },
      }),
      { type: 'clicked', url: 'https://example.com/a', ip: '192.0.2.4', userAgent: 'UA' },
    ],
    [
      event('email.received', { to: ['a@example.com', 'b@example.com'], received_for: ['inbox@example.com'] }),
      { type: 'inbound', recipient: 'inbox@example.com', from: 'Shop <sender@example.com>', subject: 'Hello' },
    ],
    [contact(true, 'a1'), { type: 'unsubscribed', scope: 'audience:a1', recipient: 'ada@example.com' }],
    [contact(true), { type: 'unsubscribed', scope: 'all' }],
    [contact(false, 'a1'), { type: 'resubscribed', scope: 'audience:a1' }],
    [contact(false), { type: 'unknown', recipient: 'ada@example.com' }],
    [contact('yes', 'a1'), { type: 'unknown' }],
    [{ ...contact(true), type: 'contact.created' }, { type: 'unknown' }],
    [{ ...contact(true), type: 'contact.deleted' }, { type: 'unknown' }],
    [{ ...event('domain.updated'), data: { id: 'd1' } }, { type: 'unknown' }],
    [listed('suppression.added', 'bounce'), { type: 'bounced', bounceClass: 'hard', echo: true }],
    [listed('suppression.added', 'complaint'), { type: 'complained', echo: true }],
    [listed('suppression.added', 'manual'), { type: 'unsubscribed', scope: 'all', echo: true }],
    [listed('suppression.added', 'constructor'), { type: 'unknown' }],
    [listed('suppression.removed', 'manual'), { type: 'resubscribed', scope: 'all', echo: true }],
    [listed('suppression.removed'), { type: 'resubscribed', scope: 'all' }],
    [listed('suppression.removed', 'bounce'), { type: 'unknown' }],
    [listed('suppression.removed', 'complaint'), { type: 'unknown' }],
    [event('constructor'), { type: 'unknown' }],
  ])('%j', (payload, expected) => {
    expect(normalise(payload)).toMatchObject(expected);
    expect(normalise(payload)).not.toHaveProperty('machine');
  });

  test.each([
    [{ to: ['ada@example.com', 'bob@example.org'] }],
    [{ cc: ['bob@example.org'] }],
    [{ bcc: ['bob@example.org'] }],
    [{ to: [] }],
  ])('a mail to several people (%j) names nobody', (data) => {
    expect(normalise(event('email.complained', data))).not.toHaveProperty('recipient');
  });

  test('tags as a list', () => {
    expect(normalise(event('email.sent', { tags: [{ name: 'category', value: 'x' }] }))?.metadata).toEqual({
      category: 'x',
    });
  });

  test('event, time and link decide what is the same, not the delivery id; all events of a mail share its email_id', () => {
    expect(print(event('email.opened'))).not.toBe(
      print(event('email.opened', {}, { created_at: '2026-05-04T11:00:00Z' })),
    );
    expect(print(event('email.opened'))).toBe(print(event('email.opened'), { id: 'msg_2' }));
    const lost = (payload: object) => print(payload, {});
    expect(lost(event('email.opened'))).toBe(lost(event('email.opened')));
    expect(lost(event('email.opened'))).not.toBe(lost(event('email.delivered')));
    const click = (link: string) => event('email.clicked', { click: { link } });
    expect(lost(click('https://example.com/a'))).not.toBe(lost(click('https://example.com/b')));
    expect(lost(contact(true))).not.toBe(lost({ ...contact(true), created_at: '2026-05-04T11:00:00Z' }));
  });

  test('the delivery id travels beside the event', () => {
    const request = asRequest({ method: 'POST', headers: {}, body: JSON.stringify(event('email.sent')) });
    const headers = { 'svix-id': 'msg_9', 'svix-timestamp': '1', 'svix-signature': 'v1,x' };
    expect(resend.split({ ...request, headers }, {}).meta).toEqual({ id: 'msg_9' });
    expect(resend.split(request, {})).toEqual({ events: [JSON.stringify(event('email.sent'))] });
  });
});
