import { describe, expect, test } from '@jest/globals';
import { azure } from '../../../lambda/providers/azure/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('azure', { proofIn: 'authorization' });

const DELIVERY = 'Microsoft.Communication.EmailDeliveryReportReceived';
const ENGAGEMENT = 'Microsoft.Communication.EmailEngagementTrackingReportReceived';
const envelope = (eventType: string, data: object) => ({
  id: '00000000-0000-0000-0000-000000000001',
  topic: '/subscriptions/s/resourceGroups/g/providers/microsoft.communication/communicationservices/c',
  subject: 'sender/news@example.org/message/00000000-0000-0000-0000-000000000002',
  eventType,
  dataVersion: '1.0',
  metadataVersion: '1',
  eventTime: '2026-05-04T10:00:05Z',
  data: { sender: 'news@example.org', messageId: '00000000-0000-0000-0000-000000000002', ...data },
});
const normalise = (eventType: string, data: object) =>
  azure.normalise(JSON.stringify(envelope(eventType, data)), { options: {}, meta: {} })[0];
const report = (status: string, statusMessage?: string) =>
  normalise(DELIVERY, {
    recipient: 'ada@example.com',
    status,
    deliveryStatusDetails: { statusMessage },
    deliveryAttemptTimestamp: '2026-05-04T10:00:00.2855749+00:00',
  });

describe('azure: mapping', () => {
  test('a full bounce gives every field', () => {
    expect(stored(report('Bounced', '550 5.1.1 user unknown'), 'azure').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'azure',
      provider: 'azure',
      providerEvent: 'EmailDeliveryReportReceived.Bounced',
      providerEventId: '00000000-0000-0000-0000-000000000001',
      recipient: 'ada@example.com',
      messageId: '00000000-0000-0000-0000-000000000002',
      occurredAt: '2026-05-04T10:00:00.285Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 user unknown',
    });
  });

  test.each([
    ['Delivered', undefined, { type: 'delivered' }],
    ['Expanded', undefined, { type: 'accepted' }],
    ['Bounced', undefined, { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    ['Bounced', '550 5.7.1 blocked by policy', { bounceClass: 'block' }],
    ['Suppressed', 'suppressed', { type: 'dropped', dropReason: 'suppressed-unknown', diagnostic: 'suppressed' }],
    ['Failed', '550 5.1.1 user unknown', { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    ['Failed', '452 4.2.2 full', { type: 'bounced', bounceClass: 'soft', bounceCause: 'full' }],
    ['Failed', '554 5.7.1 listed', { type: 'bounced', bounceClass: 'block' }],
    ['Failed', undefined, { type: 'bounced', bounceClass: 'undetermined' }],
    ['FilteredSpam', undefined, { type: 'bounced', bounceClass: 'block', bounceCause: 'content' }],
    ['Quarantined', '550 5.1.1 user unknown', { type: 'bounced', bounceClass: 'block', bounceCause: 'content' }],
    ['constructor', undefined, { type: 'unknown' }],
  ])('%s (%s)', (status, message, expected) => {
    expect(report(status, message)).toMatchObject(expected);
  });

  test.each([
    [
      { engagementType: 'view', userAgent: 'Mozilla/5.0', userActionTimeStamp: '2026-05-04T10:00:00.1303595+00:00' },
      { type: 'opened', userAgent: 'Mozilla/5.0', occurredAt: 1777888800130 },
    ],
    [
      {
        engagementType: 'Click',
        engagementContext: 'https://example.com/a',
        userActionTimestamp: '2026-05-04T10:00:00Z',
      },
      { type: 'clicked', url: 'https://example.com/a', occurredAt: 1777888800000 },
    ],
    [{ engagementType: 'hover' }, { type: 'unknown' }],
  ])('engagement %j', (data, expected) => {
    const draft = normalise(ENGAGEMENT, data);
    expect(draft).toMatchObject(expected);
    expect(draft).not.toHaveProperty('recipient');
  });

  test('both spellings of the time are read; without either the event’s own serves', () => {
    expect(
      normalise(DELIVERY, { status: 'Delivered', deliveryAttemptTimeStamp: '2026-05-04T10:00:00Z' })?.occurredAt,
    ).toBe(1777888800000);
    expect(normalise(DELIVERY, { status: 'Delivered' })?.occurredAt).toBe(1777888805000);
  });

  test('events of other services are unknown', () => {
    expect(normalise('Microsoft.Communication.SMSReceived', { status: 'Bounced' })).toMatchObject({
      type: 'unknown',
      providerEvent: 'Microsoft.Communication.SMSReceived',
    });
  });

  test('status, address, message and time tell events apart; the envelope does not', () => {
    const print = (draft: ReturnType<typeof report>) => stored(draft, 'azure').fingerprint;
    expect(print(report('Delivered'))).not.toBe(print(report('Bounced')));
    const again = JSON.stringify({
      ...envelope(DELIVERY, {
        status: 'Delivered',
        recipient: 'ada@example.com',
        deliveryAttemptTimestamp: '2026-05-04T10:00:00.2855749+00:00',
      }),
      id: 'other',
    });
    expect(print(azure.normalise(again, { options: {}, meta: {} })[0])).toBe(print(report('Delivered')));
  });

  test('a batch is cut into its events', () => {
    expect(azure.split(post('[{"id":"1"}, 7 ,{"id":"2"}]'), {})).toEqual({ events: ['{"id":"1"}', '7', '{"id":"2"}'] });
  });
});

describe('azure: the handshake', () => {
  const headers = { 'aeg-event-type': 'SubscriptionValidation' };
  const body = JSON.stringify([
    {
      id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
      topic: '/subscriptions/s',
      subject: '',
      data: { validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6', validationUrl: 'https://example.com/v' },
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      eventTime: '2026-05-04T10:00:00Z',
    },
  ]);
  const context = verifyContext(['query:code:s3cret'], {});

  test('whoever holds the secret gets the code back', () => {
    expect(azure.verify(post(body, headers, 'code=s3cret'), context)).toEqual({
      secretIndex: 0,
      answer: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}',
      },
    });
  });

  test('without the secret there is no answer', () => {
    expect(reasonOf(() => azure.verify(post(body, headers), context))).toBe('missing-proof');
    expect(reasonOf(() => azure.verify(post(body, headers, 'code=x'), context))).toBe('bad-proof');
  });

  test('the header alone makes no handshake, nor does the body alone', () => {
    expect(azure.verify(post('[{"eventType":"x"}]', headers, 'code=s3cret'), context)).toEqual({ secretIndex: 0 });
    expect(azure.verify(post(body, {}, 'code=s3cret'), context)).toEqual({ secretIndex: 0 });
  });

  test('statuses that Event Grid may take as final are sent as one that it retries', () => {
    expect(azure.responses).toEqual({ 401: 503, 403: 503 });
  });
});

describe('azure: CloudEvents', () => {
  const { eventType, eventTime, topic, dataVersion, metadataVersion, ...rest } = envelope(DELIVERY, {
    recipient: 'ada@example.com',
    status: 'Bounced',
    deliveryAttemptTimestamp: '2026-05-04T10:00:00Z',
  });
  const cloud = { ...rest, specversion: '1.0', source: topic, type: eventType, time: eventTime };

  test('the same event in either schema is one event', () => {
    const grid = { ...rest, eventType, eventTime, topic, dataVersion, metadataVersion };
    const read = (event: object) =>
      stored(azure.normalise(JSON.stringify(event), { options: {}, meta: {} })[0], 'azure');
    expect(read(cloud)).toEqual(read(grid));
    expect(read(cloud).event).toMatchObject({ type: 'bounced', bounceClass: 'hard', recipient: 'ada@example.com' });
  });

  test('it comes alone or in a list', () => {
    for (const body of [JSON.stringify(cloud), JSON.stringify([cloud])])
      expect(azure.split(post(body), {}).events.map((raw) => JSON.parse(raw))).toEqual([cloud]);
  });

  test.each([
    [
      'OPTIONS',
      'eventgrid.azure.net',
      { status: 200, headers: { 'webhook-allowed-origin': 'eventgrid.azure.net', 'webhook-allowed-rate': '*' } },
    ],
    ['OPTIONS', 'attacker.example', { status: 400 }],
    ['OPTIONS', undefined, { status: 400 }],
    ['POST', 'eventgrid.azure.net', undefined],
    ['GET', 'eventgrid.azure.net', undefined],
  ])('the handshake: %s from %s', (method, origin, expected) => {
    const headers = origin === undefined ? {} : { 'webhook-request-origin': origin };
    expect(azure.probe?.({ ...post('', headers as Record<string, string>), method })).toEqual(expected);
  });
});
