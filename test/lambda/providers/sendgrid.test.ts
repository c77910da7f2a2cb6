import { describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { arrival, providerContract } from '../../support/providers/contract.ts';

providerContract('sendgrid', { proofIn: 'x-twilio-email-event-webhook-signature' });

const base = {
  email: 'ada@example.com',
  timestamp: 1777888800,
  sg_event_id: 'ev1',
  sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
};
const normalise = (event: object) =>
  sendgrid.normalise(JSON.stringify({ ...base, ...event }), { options: {}, meta: {} })[0];

describe('sendgrid: mapping', () => {
  test('a full bounce gives every field', () => {
    const draft = normalise({
      event: 'bounce',
      type: 'bounce',
      status: '5.1.1',
      reason: '550 5.1.1 The email account that you tried to reach does not exist',
      bounce_classification: 'Invalid Address',
      category: ['welcome', 'eu'],
      'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
      ip: '192.0.2.9',
      order_id: 4711,
    });
    const event = normalisedEvent(draft as never, arrival('sendgrid'));
    expect(event).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'sendgrid',
      provider: 'sendgrid',
      providerEvent: 'bounce',
      providerEventId: 'ev1',
      recipient: 'ada@example.com',
      messageId: '14c5d75ce93',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 The email account that you tried to reach does not exist',
      tags: ['welcome', 'eu'],
      metadata: { order_id: '4711' },
    });
  });

  test.each([
    [{ event: 'processed' }, { type: 'accepted' }],
    [{ event: 'delivered', response: '250 OK' }, { type: 'delivered' }],
    [
      { event: 'deferred', response: '421 4.7.0 later' },
      { type: 'deferred', smtpCode: 421, smtpStatus: '4.7.0' },
    ],
    [
      { event: 'bounce', reason: '500 unknown recipient' },
      { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [
      { event: 'bounce', type: 'blocked', reason: '550 5.7.1 blocked by spamhaus' },
      { bounceClass: 'block', bounceCause: 'reputation' },
    ],
    [{ event: 'bounce', type: 'expired', reason: 'unable to get mx info' }, { bounceClass: 'soft' }],
    [{ event: 'bounce', type: 'bounce', bounce_classification: 'Mailbox Unavailable' }, { bounceClass: 'soft' }],
    [{ event: 'bounce', type: 'bounce', bounce_classification: 'Reputation' }, { bounceClass: 'block' }],
    [
      { event: 'bounce', type: 'bounce', bounce_classification: 'Frequency or Volume Too High' },
      { bounceClass: 'block' },
    ],
    [{ event: 'bounce', type: 'bounce', bounce_classification: 'Technical Failure' }, { bounceClass: 'soft' }],
    [{ event: 'bounce', type: 'bounce', bounce_classification: 'Unclassified' }, { bounceClass: 'undetermined' }],
    [
      { event: 'dropped', reason: 'Bounced Address' },
      { type: 'dropped', dropReason: 'suppressed-bounce' },
    ],
    [{ event: 'dropped', reason: 'Unsubscribed Address' }, { dropReason: 'suppressed-unsubscribe' }],
    [{ event: 'dropped', reason: 'Spam Reporting Address' }, { dropReason: 'suppressed-complaint' }],
    [{ event: 'dropped', reason: 'Invalid' }, { dropReason: 'invalid' }],
    [{ event: 'dropped', reason: 'Invalid SMTPAPI header' }, { dropReason: 'policy' }],
    [{ event: 'dropped', reason: 'Spam Content (if spam checker app enabled)' }, { dropReason: 'content' }],
    [{ event: 'dropped', reason: 'Recipient List over Package Quota' }, { dropReason: 'quota' }],
    [
      { event: 'open', sg_machine_open: true },
      { type: 'opened', machine: true },
    ],
    [{ event: 'open' }, { type: 'opened', machine: false }],
    [
      { event: 'click', url: 'https://example.com/a' },
      { type: 'clicked', url: 'https://example.com/a' },
    ],
    [{ event: 'spamreport' }, { type: 'complained' }],
    [{ event: 'unsubscribe' }, { type: 'unsubscribed', scope: 'all' }],
    [
      { event: 'group_unsubscribe', asm_group_id: 7 },
      { type: 'unsubscribed', scope: 'asm:7' },
    ],
    [
      { event: 'group_resubscribe', asm_group_id: 7 },
      { type: 'resubscribed', scope: 'asm:7' },
    ],
    [{ event: 'account_status_change' }, { type: 'unknown' }],
    [{ event: 'constructor' }, { type: 'unknown' }],
  ])('%j', (event, expected) => {
    expect(normalise(event)).toMatchObject(expected);
  });

  test('a retry with a new sg_event_id is the same event', () => {
    const print = (event: object) => normalisedEvent(normalise(event) as never, arrival('sendgrid')).fingerprint;
    expect(print({ event: 'open', sg_event_id: 'first' })).toBe(print({ event: 'open', sg_event_id: 'second' }));
    expect(print({ event: 'open' })).not.toBe(print({ event: 'click' }));
  });

  test('a custom argument never becomes a reserved field or a prototype', () => {
    const draft = sendgrid.normalise(
      '{"event":"open","email":"ada@example.com","timestamp":1,"__proto__":"x","constructor":"y","plan":"pro"}',
      {
        options: {},
        meta: {},
      },
    )[0];
    expect(draft?.metadata).toEqual({ plan: 'pro' });
  });
});
