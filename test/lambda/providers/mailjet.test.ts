import { describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { mailjet } from '../../../lambda/providers/mailjet/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('mailjet', { proofIn: 'authorization' });

const base = { email: 'ada@example.com', time: 1777888800, Message_GUID: '1ab23cd4-e567-8901-2345-6789f0gh1i2j' };
const normalise = (raw: string) => mailjet.normalise(raw, { options: {}, meta: {} })[0];
const event = (payload: object) =>
  normalisedEvent(normalise(JSON.stringify({ ...base, ...payload })) as never, arrival('mailjet'));
const bounce = (error: string, hard = false) => ({ event: 'bounce', hard_bounce: hard, blocked: hard, error });
const blocked = (error: string, related = 'recipient') => ({ event: 'blocked', error, error_related_to: related });

const AUTHORIZATION = `Basic ${Buffer.from('user:password').toString('base64')}`;
const request = (body: string, authorization = AUTHORIZATION) =>
  asRequest({ method: 'POST', headers: { authorization }, body });
const verify = (body: string, authorization?: string) =>
  mailjet.verify(request(body, authorization), {
    secrets: ['user:password'],
    options: {},
    now: 0,
    fetchText: () => Promise.reject(new Error('no fetch')),
  });

describe('mailjet: mapping', () => {
  test('a full bounce gives every field', () => {
    const raw = `{
      "event": "bounce", "time": 1777888800, "MessageID": 13792286917004336, "Message_GUID": "1ab23cd4-e567-8901-2345-6789f0gh1i2j",
      "email": "Ada@Example.com", "mj_campaign_id": 0, "mj_contact_id": 0, "customcampaign": "welcome", "CustomID": "order-4711",
      "Payload": "{\\"plan\\":\\"pro\\"}", "blocked": true, "hard_bounce": true, "error_related_to": "domain",
      "error": "invalid domain", "comment": "Host or domain name not found. Name service error for name=example.com"
    }`;
    expect(normalisedEvent(normalise(raw) as never, arrival('mailjet'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'domain',
      source: 'mailjet',
      provider: 'mailjet',
      providerEvent: 'bounce',
      recipient: 'ada@example.com',
      messageId: '13792286917004336',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      diagnostic: 'Host or domain name not found. Name service error for name=example.com',
      tags: ['welcome'],
      metadata: { CustomID: 'order-4711', plan: 'pro' },
    });
  });

  test('a click gives who, where and with what', () => {
    expect(
      event({ event: 'click', url: 'https://example.com/a', ip: '192.0.2.9', geo: 'FR', agent: 'Mozilla/5.0' }),
    ).toMatchObject({
      type: 'clicked',
      url: 'https://example.com/a',
      ip: '192.0.2.9',
      country: 'FR',
      userAgent: 'Mozilla/5.0',
    });
  });

  test.each([
    [{ event: 'sent', smtp_reply: 'sent (250 2.0.0 OK)' }, { type: 'delivered' }],
    [
      { event: 'open', ip: '192.0.2.9' },
      { type: 'opened', ip: '192.0.2.9' },
    ],
    [
      { event: 'click', url: 'https://example.com/a' },
      { type: 'clicked', url: 'https://example.com/a' },
    ],
    [bounce('greylisted'), { type: 'deferred', diagnostic: 'greylisted' }],
    [bounce('user unknown', true), { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    [bounce('mailbox inactive', true), { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [bounce('no mail host', true), { bounceClass: 'hard', bounceCause: 'domain' }],
    [bounce('', true), { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [bounce('sender blocked'), { type: 'bounced', bounceClass: 'block', bounceCause: 'reputation' }],
    [bounce('content blocked'), { bounceClass: 'block', bounceCause: 'content' }],
    [bounce('policy issue'), { bounceClass: 'block', bounceCause: 'policy' }],
    [bounce('relay/access denied'), { bounceClass: 'block', bounceCause: 'policy' }],
    [bounce('quota exceeded'), { bounceClass: 'soft', bounceCause: 'full' }],
    [bounce('connection issue'), { bounceClass: 'soft', bounceCause: 'technical' }],
    [bounce('system issue'), { bounceClass: 'soft' }],
    [bounce('protocol issue'), { bounceClass: 'soft' }],
    [bounce('something new'), { bounceClass: 'soft' }],
    [bounce('user unknown'), { bounceClass: 'soft' }],
    // What Mailjet calls permanent but is about the sender or a full mailbox.
    [bounce('policy issue', true), { bounceClass: 'block' }],
    [bounce('quota exceeded', true), { bounceClass: 'soft', bounceCause: 'full' }],
    [bounce('greylisted', true), { type: 'bounced', bounceClass: 'soft' }],
    [
      { ...bounce('user unknown', true), comment: '550 5.7.1 listed at spamhaus' },
      { bounceClass: 'block', smtpStatus: '5.7.1' },
    ],
    [blocked('preblocked', 'mailjet'), { type: 'dropped', dropReason: 'suppressed-unknown', diagnostic: 'preblocked' }],
    [blocked('blacklisted'), { dropReason: 'suppressed-unknown' }],
    [blocked('user unknown'), { dropReason: 'invalid' }],
    [blocked('mailbox inactive'), { dropReason: 'invalid' }],
    [blocked('invalid domain', 'domain'), { dropReason: 'invalid' }],
    [blocked('no mail host', 'domain'), { dropReason: 'invalid' }],
    [blocked('typofix', 'domain'), { dropReason: 'invalid' }],
    [blocked('spam reporter'), { dropReason: 'suppressed-complaint' }],
    [blocked('duplicate in campaign', 'mailjet'), { dropReason: 'duplicate' }],
    [blocked('content blocked', 'spam'), { dropReason: 'content' }],
    [blocked('whatever', 'content'), { dropReason: 'content' }],
    [blocked('template rendering error', 'mailjet'), { dropReason: 'template' }],
    [blocked('whatever', 'mailjet'), { dropReason: 'other' }],
    [{ event: 'spam', source: 'JMRPP' }, { type: 'complained' }],
    [
      { event: 'unsub', mj_list_id: 42, agent: 'List-Unsubscribe' },
      { type: 'unsubscribed', scope: 'mailjet:list:42' },
    ],
    [
      { event: 'unsub', mj_list_id: 0 },
      { type: 'unsubscribed', scope: 'all' },
    ],
    [{ event: 'unsub' }, { type: 'unsubscribed', scope: 'all' }],
    [{ event: 'constructor' }, { type: 'unknown' }],
  ])('%j', (payload, expected) => {
    expect(event(payload)).toMatchObject(expected);
  });

  test('custom data that is no JSON object is kept as it is; empty fields are absent', () => {
    expect(event({ event: 'open', Payload: 'order 4711', CustomID: '' }).metadata).toEqual({ Payload: 'order 4711' });
    const bare = event({ event: 'open', Payload: '', CustomID: '', customcampaign: '' });
    expect(bare).not.toHaveProperty('metadata');
    expect(bare).not.toHaveProperty('tags');
  });
});

describe('mailjet: ids beyond 2^53', () => {
  const raw = (id: string): string => `{"event":"open","email":"ada@example.com","time":1777888800,"MessageID":${id}}`;
  const ids = ['20547674933128001', '20547674933128002'];

  test('seventeen digits stay as they are and apart', () => {
    const events = ids.map((id) => normalisedEvent(normalise(raw(id)) as never, arrival('mailjet')));
    expect(events.map(({ messageId }) => messageId)).toEqual(ids);
    expect(new Set(events.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  test('so they do out of an array, whose slices are never re-serialised', () => {
    const { events } = mailjet.split(request(`[${ids.map(raw).join(', ')}]`), {});
    expect(events).toEqual(ids.map(raw));
    expect(events.map((text) => normalise(text)?.messageId)).toEqual(ids);
  });

  test('an older grouped event has its id as text only', () => {
    expect(event({ event: 'sent', Message_GUID: undefined, mj_message_id: '18858825588804172' }).messageId).toBe(
      '18858825588804172',
    );
  });
});

describe('mailjet: groups and identity', () => {
  test('a bare object and an array; a malformed element stands alone', () => {
    const one = JSON.stringify({ ...base, event: 'open' });
    expect(mailjet.split(request(one), {}).events).toEqual([one]);
    expect(mailjet.split(request(`[${one},null,${one}]`), {}).events).toEqual([one, 'null', one]);
    expect(() => normalise('null')).toThrow('not a JSON object');
  });

  test('an empty group is answered and stores nothing, but not without credentials', () => {
    expect(verify(' [ ]\n')).toEqual({ secretIndex: 0, answer: { status: 200 } });
    expect(() => verify('[]', 'Basic bm86bm8=')).toThrow('credentials');
    expect(verify('[{}]')).toEqual({ secretIndex: 0 });
  });

  test('another time, person, link or mail is another event', () => {
    const click = { event: 'click', url: 'https://example.com/a' };
    const others = [
      {},
      { time: 1777888801 },
      { email: 'bob@example.com' },
      { url: 'https://example.com/b' },
      { Message_GUID: 'other' },
    ];
    const prints = others.map((over) => event({ ...click, ...over }).fingerprint);
    expect(new Set(prints).size).toBe(others.length);
    expect(event({ ...click, email: 'ADA@example.com' }).fingerprint).toBe(prints[0]);
  });
});
