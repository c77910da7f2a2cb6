import { describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { loops } from '../../../lambda/providers/loops/index.ts';
import { arrival, providerContract } from '../../support/providers/contract.ts';

providerContract('loops', { proofIn: 'webhook-signature' });

const base = {
  eventTime: 1777888800,
  webhookSchemaVersion: '1.0.0',
  contactIdentity: { id: 'cll6b3i8901a9jx0oyktl2m4u', email: 'ada@example.com', userId: null },
};
const email = { id: 'cm4t1suns001uw6atri87v54s', emailMessageId: 'cm4t1sseg001tje5ec2xbtpcs', subject: 'Hello' };
const mailingList = { id: 'cm4t1ss0001', name: 'Weekly', description: null, isPublic: true };
const normalise = (event: object, meta: Record<string, string> = { id: 'msg_1' }) =>
  loops.normalise(JSON.stringify({ ...base, ...event }), { options: {}, meta })[0];
const print = (event: object, meta?: Record<string, string>) =>
  normalisedEvent(normalise(event, meta) as never, arrival('loops')).fingerprint;

describe('loops: mapping', () => {
  test('a full hard bounce gives every field', () => {
    const event = { eventName: 'email.hardBounced', email, sourceType: 'campaign', campaignId: 'c1' };
    expect(normalisedEvent(normalise(event) as never, arrival('loops'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'loops',
      provider: 'loops',
      providerEvent: 'email.hardBounced',
      providerEventId: 'msg_1',
      recipient: 'ada@example.com',
      messageId: 'cm4t1suns001uw6atri87v54s',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
    });
  });

  test.each([
    [{ eventName: 'campaign.email.sent', email, mailingLists: [mailingList] }, { type: 'accepted' }],
    [{ eventName: 'loop.email.sent', email }, { type: 'accepted' }],
    [{ eventName: 'transactional.email.sent', email }, { type: 'accepted' }],
    [{ eventName: 'email.delivered', email }, { type: 'delivered' }],
    [{ eventName: 'email.softBounced', email }, { type: 'deferred' }],
    [
      { eventName: 'email.hardBounced', email },
      { type: 'bounced', bounceClass: 'hard' },
    ],
    [{ eventName: 'email.opened', email }, { type: 'opened' }],
    [{ eventName: 'email.clicked', email }, { type: 'clicked' }],
    [{ eventName: 'email.spamReported', email }, { type: 'complained' }],
    [
      { eventName: 'email.unsubscribed', email },
      { type: 'unknown', echo: true },
    ],
    [{ eventName: 'contact.unsubscribed' }, { type: 'unsubscribed', scope: 'all' }],
    [
      { eventName: 'email.resubscribed', email },
      { type: 'resubscribed', scope: 'all' },
    ],
    [
      { eventName: 'contact.mailingList.subscribed', mailingList },
      { type: 'resubscribed', scope: 'list:cm4t1ss0001' },
    ],
    [
      { eventName: 'contact.mailingList.unsubscribed', mailingList },
      { type: 'unsubscribed', scope: 'list:cm4t1ss0001' },
    ],
    [{ eventName: 'contact.mailingList.unsubscribed' }, { type: 'unsubscribed', scope: 'list:unknown' }],
    [{ eventName: 'contact.created', contact: {} }, { type: 'unknown' }],
    [{ eventName: 'contact.deleted' }, { type: 'unknown', echo: true }],
    [{ eventName: 'testing.testEvent', message: 'test' }, { type: 'unknown' }],
    [{ eventName: 'constructor' }, { type: 'unknown' }],
  ])('%j', (event, expected) => {
    expect(normalise(event)).toMatchObject(expected);
  });

  test('the test event names nobody', () => {
    const draft = loops.normalise(
      '{"eventName":"testing.testEvent","eventTime":1777888800,"message":"test","webhookSchemaVersion":"1.0.0"}',
      { options: {}, meta: {} },
    )[0];
    expect(draft).toMatchObject({ type: 'unknown', occurredAt: Date.UTC(2026, 4, 4, 10) });
    expect(draft).not.toHaveProperty('recipient');
  });

  test('the delivery id decides what is the same; without it the words of the event', () => {
    const event = { eventName: 'email.opened', email };
    expect(print(event)).toBe(print({ ...event, eventTime: 1777888900 }));
    expect(print(event)).not.toBe(print(event, { id: 'msg_2' }));
    const lost = (over: object) => print({ ...event, ...over }, {});
    expect(lost({})).toBe(lost({}));
    for (const over of [{ eventName: 'email.clicked' }, { eventTime: 1 }, { email: { ...email, id: 'other' } }])
      expect(lost(over)).not.toBe(lost({}));
    const list = (id: string) => lost({ eventName: 'contact.mailingList.unsubscribed', mailingList: { id } });
    expect(list('a')).not.toBe(list('b'));
  });
});
