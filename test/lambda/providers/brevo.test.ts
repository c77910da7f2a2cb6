import { describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { brevo } from '../../../lambda/providers/brevo/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('brevo', { proofIn: 'authorization' });

const base = {
  id: 9999999,
  email: 'ada@example.com',
  'message-id': '<202605041000.27287306012@smtp-relay.example.net>',
  date: '2026-05-04 02:00:00',
  ts: 1777856400,
  ts_event: 1777856400,
  ts_epoch: 1777888800000,
};
const campaign = {
  id: 9999999,
  camp_id: 77,
  'campaign name': 'Spring',
  email: 'ada@example.com',
  date_event: '2026-05-04 10:00:00',
  ts_event: 1777888800,
  ts_sent: 1777800000,
};
const drafts = (payload: object) => brevo.normalise(JSON.stringify(payload), { options: {}, meta: {} });
const event = (payload: object) => normalisedEvent(drafts(payload)[0] as never, arrival('brevo'));

describe('brevo: mapping', () => {
  test('a full bounce gives every field', () => {
    expect(
      event({
        ...base,
        event: 'hard_bounce',
        subject: 'Your order',
        'X-Mailin-custom': '{"order_id":"4711","__proto__":"x"}',
        tag: '["welcome","eu"]',
        tags: ['welcome', 'eu'],
        template_id: 12,
        sending_ip: '192.0.2.7',
        reason: ' RecipientError: 550 5.5.0 Requested action not taken: mailbox unavailable.',
      }),
    ).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'brevo',
      provider: 'brevo',
      providerEvent: 'hard_bounce',
      recipient: 'ada@example.com',
      messageId: '202605041000.27287306012@smtp-relay.example.net',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.5.0',
      diagnostic: 'RecipientError: 550 5.5.0 Requested action not taken: mailbox unavailable.',
      tags: ['welcome', 'eu'],
      metadata: { order_id: '4711' },
    });
  });

  test.each([
    [{ ...base, event: 'request' }, { type: 'accepted' }],
    [{ ...base, event: 'delivered' }, { type: 'delivered' }],
    [
      { ...base, event: 'deferred', reason: '550 RecipientError: 550 5.1.1 <ada@example.com>: User unknown' },
      { type: 'deferred', smtpCode: 550, smtpStatus: '5.1.1' },
    ],
    [
      { ...base, event: 'soft_bounce', reason: 'undefined Unable to find MX of domain example.com' },
      { type: 'bounced', bounceClass: 'soft' },
    ],
    [{ ...base, event: 'soft_bounce', reason: '550 5.1.1 user unknown' }, { bounceClass: 'soft' }],
    [
      { ...base, event: 'soft_bounce', reason: '550 5.7.1 listed at spamhaus' },
      { bounceClass: 'block', bounceCause: 'reputation' },
    ],
    [
      { ...base, event: 'hard_bounce' },
      { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [{ ...base, event: 'hard_bounce', reason: '550 5.7.1 policy' }, { bounceClass: 'block' }],
    [
      { ...base, event: 'invalid_email' },
      { type: 'dropped', dropReason: 'invalid' },
    ],
    [
      { ...base, event: 'blocked', reason: 'blocked : due to blacklist user' },
      { type: 'dropped', dropReason: 'suppressed-unknown', diagnostic: 'blocked : due to blacklist user' },
    ],
    [
      { ...base, event: 'blocked', reason: 'blocked : due to unsubscribed user' },
      { dropReason: 'suppressed-unsubscribe', scope: 'brevo:stream:transactional' },
    ],
    [{ ...base, event: 'blocked', reason: 'blocked : due to spam complaint' }, { dropReason: 'suppressed-complaint' }],
    [{ ...base, event: 'blocked', reason: 'blocked : due to hard bounced user' }, { dropReason: 'suppressed-bounce' }],
    [{ ...base, event: 'blocked', reason: 'blocked : due to blacklisted sender' }, { dropReason: 'policy' }],
    [
      { ...base, event: 'error' },
      { type: 'dropped', dropReason: 'other' },
    ],
    [{ ...base, event: 'complaint' }, { type: 'complained' }],
    [
      { ...base, event: 'loaded_by_proxy' },
      { type: 'opened', machine: true },
    ],
    [
      { ...base, event: 'contact_deleted' },
      { type: 'unknown', echo: true },
    ],
    [
      { ...base, event: 'list_addition' },
      { type: 'unknown', echo: true },
    ],
    [{ ...base, event: 'spam' }, { type: 'complained' }],
    [
      { ...base, event: 'opened', user_agent: 'Mozilla/5.0', device_used: 'MOBILE' },
      { type: 'opened', userAgent: 'Mozilla/5.0', device: 'MOBILE' },
    ],
    [{ ...base, event: 'unique_opened' }, { type: 'opened' }],
    [
      { ...base, event: 'proxy_open' },
      { type: 'opened', machine: true },
    ],
    [
      { ...base, event: 'unique_proxy_open' },
      { type: 'opened', machine: true },
    ],
    [
      { ...base, event: 'click', link: 'https://example.com/a' },
      { type: 'clicked', url: 'https://example.com/a' },
    ],
    [
      { ...base, event: 'unsubscribed' },
      { type: 'unsubscribed', scope: 'brevo:stream:transactional' },
    ],
    [
      { ...base, event: 'unsubscribe' },
      { type: 'unsubscribed', scope: 'brevo:stream:transactional' },
    ],
    [{ ...base, event: 'list_addition' }, { type: 'unknown' }],
    [{ ...base, event: 'contact_updated' }, { type: 'unknown' }],
    [{ ...base, event: 'contact_deleted' }, { type: 'unknown' }],
    [
      { ...campaign, event: 'delivered' },
      { type: 'delivered', occurredAt: '2026-05-04T10:00:00.000Z' },
    ],
    [
      { ...campaign, event: 'soft_bounce' },
      { type: 'bounced', bounceClass: 'soft' },
    ],
    [
      { ...campaign, event: 'hard_bounce' },
      { type: 'bounced', bounceClass: 'hard' },
    ],
    [{ ...campaign, event: 'spam' }, { type: 'complained' }],
    [{ ...campaign, event: 'opened' }, { type: 'opened' }],
    [
      { ...campaign, event: 'proxy_open' },
      { type: 'opened', machine: true },
    ],
    [
      { ...campaign, event: 'click', URL: 'https://example.com/b' },
      { type: 'clicked', url: 'https://example.com/b' },
    ],
    [
      { ...campaign, event: 'unsubscribe', list_id: [3] },
      { type: 'unsubscribed', scope: 'brevo:list:3' },
    ],
    [
      { ...campaign, event: 'unsubscribed' },
      { type: 'unsubscribed', scope: 'all' },
    ],
    [{ ...base, event: 'constructor' }, { type: 'unknown' }],
    [{}, { type: 'unknown' }],
  ])('%j', (payload, expected) => {
    expect(event(payload)).toMatchObject(expected);
  });

  test('an unsubscribe from several lists is one draft each, with its own record', () => {
    const both = drafts({ ...campaign, event: 'unsubscribe', list_id: [3, 5] });
    expect(both.map(({ scope, recipient }) => [scope, recipient])).toEqual([
      ['list:3', 'ada@example.com'],
      ['list:5', 'ada@example.com'],
    ]);
    const prints = both.map((draft) => normalisedEvent(draft, arrival('brevo')).fingerprint);
    expect(new Set(prints).size).toBe(2);
  });

  test.each([
    ['milliseconds', { ts_epoch: 1777888800000 }],
    ['seconds', { ts_epoch: 1777888800 }],
    ['the misspelt name', { ts_epoch: undefined, ts_event: undefined, s_epoch: 1777888800 }],
    ['ISO 8601, should it ever change', { ts_epoch: '2026-05-04T12:00:00+02:00' }],
    ['ts_event before the misspelt name', { ts_epoch: undefined, ts_event: 1777888800, s_epoch: 1777881600 }],
  ])('ts_epoch in %s', (_name, over) => {
    expect(event({ ...base, event: 'opened', ...over }).occurredAt).toBe('2026-05-04T10:00:00.000Z');
  });

  test.each([
    ['a JSON list in tag', { tag: '["a","b"]' }, ['a', 'b']],
    ['a plain tag', { tag: 'header-tag' }, ['header-tag']],
    ['tags', { tags: ['a'], tag: 'template name' }, ['a']],
    ['broken JSON in tag', { tag: '["a"' }, ['["a"']],
  ])('tags from %s', (_name, over, expected) => {
    expect(event({ ...base, event: 'opened', ...over }).tags).toEqual(expected);
  });

  test('custom data that is no JSON object is kept as it is', () => {
    expect(event({ ...base, event: 'opened', 'X-Mailin-custom': 'order:4711' }).metadata).toEqual({
      'X-Mailin-custom': 'order:4711',
    });
  });

  test('inbound mails come in `items`', () => {
    const item = {
      Uuid: ['8d79a1c3'],
      MessageId: '<m1@example.net>',
      From: { Name: 'Bob', Address: 'bob@example.net' },
      To: [{ Name: null, Address: 'in@example.org' }],
      Recipients: ['in@example.org'],
      Subject: 'Hello',
      SentAtDate: 'Mon, 04 May 2026 10:00:00 +0000',
      RawTextBody: 'never kept',
    };
    const [first, second] = drafts({ items: [item, { ...item, Recipients: ['a@example.org', 'b@example.org'] }] });
    expect(first).toEqual({
      type: 'inbound',
      providerEvent: 'inbound',
      recipient: 'in@example.org',
      occurredAt: 1777888800000,
      messageId: 'm1@example.net',
      identity: ['inbound', '<m1@example.net>', 'in@example.org', 'Mon, 04 May 2026 10:00:00 +0000', '8d79a1c3'],
      from: 'bob@example.net',
      subject: 'Hello',
    });
    expect(second).not.toHaveProperty('recipient');
  });
});

describe('brevo: batches, identity and answers', () => {
  const split = (body: string): readonly string[] =>
    brevo.split(asRequest({ method: 'POST', headers: {}, body }), {}).events;

  test('single and batched; a malformed element stands alone', () => {
    const one = JSON.stringify({ ...base, event: 'delivered' });
    const two = JSON.stringify({ ...base, event: 'request' });
    expect(split(one)).toEqual([one]);
    expect(split(`[${one}, "x", ${two}]`)).toEqual([one, '"x"', two]);
  });

  test('`id` is the webhook, not the event', () => {
    const print = (over: object): string => event({ ...base, event: 'opened', ...over }).fingerprint;
    expect(print({})).not.toBe(print({ email: 'bob@example.com' }));
    expect(print({})).not.toBe(print({ ts_epoch: 1777888801000 }));
    expect(print({})).not.toBe(print({ event: 'unique_opened' }));
    expect(print({ event: 'click', link: 'https://example.com/a' })).not.toBe(
      print({ event: 'click', link: 'https://example.com/b' }),
    );
    expect(print({})).toBe(print({ id: 1, email: 'Ada@example.com' }));
    expect(event({ ...base, event: 'opened' })).not.toHaveProperty('providerEventId');
  });

  test('an event is not given up while a secret or the address list is being changed', () => {
    expect(brevo.responses).toEqual({ 401: 503, 403: 503 });
  });
});
