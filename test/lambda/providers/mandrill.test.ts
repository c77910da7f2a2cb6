import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import { RefusedRequest } from '../../../lambda/domain/errors.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { mandrill } from '../../../lambda/providers/mandrill/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

const URL_SET = 'https://hooks.example.com/webhooks/v1/mandrill';
providerContract('mandrill', { proofIn: 'x-mandrill-signature', webhookUrl: URL_SET });

const KEY = 'gkwPN4mNQ0pFSt4TyyzGpA';
const ID = 'exampleaaaaaaaaaaaaaaaaaaaaaaaaa2';
const base = { _id: ID, ts: 1777888800 };
const msg = { _id: ID, ts: 1777888700, email: 'ada@example.com', sender: 'shop@example.org', subject: 'Your order' };
const normalise = (payload: object) => mandrill.normalise(JSON.stringify(payload), { options: {}, meta: {} })[0];
const event = (payload: object, message: object = {}) =>
  normalisedEvent(normalise({ ...base, ...payload, msg: { ...msg, ...message } }) as never, arrival('mandrill'));
const sync = (payload: object) =>
  normalisedEvent(normalise({ ts: 1777888800, ...payload }) as never, arrival('mandrill'));

describe('mandrill: mapping', () => {
  test('a full bounce gives every field', () => {
    expect(
      event(
        { event: 'hard_bounce' },
        {
          tags: ['welcome', 'eu'],
          state: 'bounced',
          metadata: { order_id: 4711 },
          _version: 'exampleaaaaaaaaaaaaaaa',
          template: null,
          subaccount: null,
          bounce_description: 'bad_mailbox',
          bgtools_code: 10,
          diag: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
        },
      ),
    ).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'mandrill',
      provider: 'mandrill',
      providerEvent: 'hard_bounce',
      recipient: 'ada@example.com',
      messageId: ID,
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
      tags: ['welcome', 'eu'],
      metadata: { order_id: '4711' },
    });
  });

  test('a click gives who, where and with what', () => {
    const reader = {
      ip: '192.0.2.9',
      user_agent: 'Mozilla/5.0',
      location: { country_short: 'US', country: 'United States' },
    };
    expect(event({ event: 'click', url: 'https://example.com/a', ...reader })).toMatchObject({
      type: 'clicked',
      url: 'https://example.com/a',
      ip: '192.0.2.9',
      userAgent: 'Mozilla/5.0',
      country: 'US',
    });
  });

  test.each([
    ['send', {}, { type: 'accepted' }],
    ['delivered', {}, { type: 'delivered' }],
    [
      'deferral',
      { diag: '451 4.3.5 Temporarily unavailable' },
      { type: 'deferred', smtpCode: 451, smtpStatus: '4.3.5' },
    ],
    ['deferral', { smtp_events: [{ diag: '451 4.3.5 later', type: 'deferral' }] }, { type: 'deferred', smtpCode: 451 }],
    ['hard_bounce', {}, { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    ['hard_bounce', { bounce_description: 'invalid_domain' }, { bounceClass: 'hard', bounceCause: 'domain' }],
    ['hard_bounce', { diag: 'smtp;550 5.7.1 listed at spamhaus' }, { bounceClass: 'block', bounceCause: 'reputation' }],
    [
      'soft_bounce',
      { bounce_description: 'mailbox_full' },
      { type: 'bounced', bounceClass: 'soft', bounceCause: 'full' },
    ],
    [
      'soft_bounce',
      { bounce_description: 'general', diag: 'try later' },
      { bounceClass: 'soft', diagnostic: 'try later' },
    ],
    ['soft_bounce', { diag: '550 5.1.1 user unknown' }, { bounceClass: 'soft' }],
    ['soft_bounce', { diag: 'smtp;554 message rejected as spam' }, { bounceClass: 'block', bounceCause: 'content' }],
    ['soft_bounce', { bounce_description: 'spam_block' }, { bounceClass: 'block', bounceCause: 'policy' }],
    [
      'reject',
      { reject: { reason: 'hard-bounce' } },
      { type: 'dropped', dropReason: 'suppressed-bounce', diagnostic: 'hard-bounce' },
    ],
    ['reject', { reject: { reason: 'soft-bounce' } }, { dropReason: 'suppressed-unknown' }],
    ['reject', { reject: { reason: 'spam' } }, { dropReason: 'suppressed-complaint' }],
    ['reject', { reject: { reason: 'unsub' } }, { dropReason: 'suppressed-unsubscribe' }],
    ['reject', { reject: 'invalid' }, { dropReason: 'invalid' }],
    ['reject', { reject: { reason: 'invalid-sender' } }, { dropReason: 'policy' }],
    ['reject', { reject: { reason: 'unsigned' } }, { dropReason: 'policy' }],
    ['reject', { reject: { reason: 'custom' } }, { dropReason: 'suppressed-unknown' }],
    [
      'reject',
      { reject: { reason: 'unsub' }, subaccount: 'cust-123' },
      { dropReason: 'suppressed-unsubscribe', scope: 'mandrill:subaccount:cust-123' },
    ],
    ['reject', { reject: { reason: 'rule' } }, { dropReason: 'policy' }],
    ['reject', { reject: { reason: 'test-mode-limit' } }, { dropReason: 'quota' }],
    ['reject', { reject: null }, { dropReason: 'other' }],
    ['open', {}, { type: 'opened' }],
    ['click', {}, { type: 'clicked' }],
    ['spam', {}, { type: 'complained' }],
    ['unsub', {}, { type: 'unsubscribed', scope: 'all' }],
    ['unsub', { subaccount: 'cust-123' }, { type: 'unsubscribed', scope: 'mandrill:subaccount:cust-123' }],
    [
      'inbound',
      {
        raw_msg: 'never kept',
        email: 'in@example.org',
        from_email: 'bob@example.net',
        subject: 'Hello',
        headers: { 'Message-Id': '<m1@example.net>' },
      },
      {
        type: 'inbound',
        recipient: 'in@example.org',
        from: 'bob@example.net',
        subject: 'Hello',
        messageId: 'm1@example.net',
      },
    ],
    ['constructor', {}, { type: 'unknown' }],
  ])('%s %j', (word, message, expected) => {
    expect(event({ event: word }, message)).toMatchObject(expected);
  });

  const reject = {
    email: 'ada@example.com',
    reason: 'hard-bounce',
    detail: '550 mailbox does not exist',
    subaccount: null,
  };

  test.each([
    [
      { type: 'blacklist', action: 'add', reject },
      {
        type: 'dropped',
        dropReason: 'suppressed-bounce',
        echo: true,
        recipient: 'ada@example.com',
        occurredAt: '2026-05-04T10:00:00.000Z',
        providerEvent: 'blacklist/add',
        diagnostic: '550 mailbox does not exist',
      },
    ],
    [
      { type: 'denylist', action: 'change', reject },
      { type: 'dropped', dropReason: 'suppressed-bounce', echo: true },
    ],
    [
      { type: 'denylist', action: 'add', reject: { ...reject, reason: 'soft-bounce' } },
      { dropReason: 'suppressed-unknown', echo: true },
    ],
    [
      { type: 'denylist', action: 'add', reject: { ...reject, reason: 'unsub', subaccount: 'cust-123' } },
      { dropReason: 'suppressed-unsubscribe', scope: 'mandrill:subaccount:cust-123', echo: true },
    ],
    [
      { type: 'denylist', action: 'add', reject: { ...reject, reason: 'custom' } },
      { dropReason: 'suppressed-unknown', echo: true },
    ],
    [
      { type: 'denylist', action: 'remove', reject },
      { type: 'unknown', echo: true },
    ],
    [
      { type: 'blacklist', action: 'remove', reject: { ...reject, reason: 'unsub' } },
      { type: 'resubscribed', scope: 'all' },
    ],
    [
      { type: 'denylist', action: 'remove', reject: { ...reject, reason: 'unsub', subaccount: 'cust-123' } },
      { type: 'resubscribed', scope: 'mandrill:subaccount:cust-123' },
    ],
    [
      { type: 'whitelist', action: 'add', entry: { email: 'ada@example.com' } },
      { type: 'unknown', recipient: 'ada@example.com' },
    ],
    [{ type: 'allowlist', action: 'add', entry: { email: 'ada@example.com' } }, { type: 'unknown' }],
    [{ type: 'safelist', action: 'remove', reject: { email: 'ada@example.com' } }, { type: 'unknown' }],
  ])('sync %j', (payload, expected) => {
    expect(sync(payload)).toMatchObject(expected);
  });
});

describe('mandrill: identity', () => {
  test('`_id` is the mail, not the event', () => {
    const print = (payload: object, message?: object): string => event(payload, message).fingerprint;
    const prints = [
      print({ event: 'open' }, { opens: [{}] }),
      print({ event: 'open' }, { opens: [{}, {}] }),
      print({ event: 'open', ts: 1777888801 }, { opens: [{}] }),
      print({ event: 'open' }, { opens: [{}], email: 'bob@example.com' }),
      print({ event: 'click', url: 'https://example.com/a' }),
      print({ event: 'click', url: 'https://example.com/b' }),
    ];
    expect(new Set(prints).size).toBe(prints.length);
    expect(print({ event: 'send' })).toBe(print({ event: 'send' }, { opens: [{}] }));
  });

  test('adding to a list and taking off in one second are two', () => {
    const reject = { email: 'ada@example.com', reason: 'unsub' };
    const [added, removed] = ['add', 'remove'].map((action) => sync({ type: 'denylist', action, reject }).fingerprint);
    expect(added).not.toBe(removed);
  });
});

/** What Mandrill signs, written anew: the URL, then every field by name, decoded. */
const signature = (url: string, fields: Record<string, string>, key = KEY): string =>
  createHmac('sha1', key)
    .update(
      url +
        Object.keys(fields)
          .sort()
          .map((name) => name + fields[name])
          .join(''),
    )
    .digest('base64');

describe('mandrill: proof', () => {
  const one = JSON.stringify([{ ...base, event: 'send', msg }]);
  const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
  const verify = (
    body: string,
    signed: string,
    over: { secrets?: string[]; url?: string; webhookUrl?: string | null } = {},
  ) =>
    mandrill.verify(
      asRequest({
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-mandrill-signature': signed },
        body,
      }),
      {
        secrets: over.secrets ?? [KEY],
        options: parse(mandrill.options, over.url === undefined ? {} : { url: over.url }),
        now: 0,
        fetchText: () => Promise.reject(new Error('no fetch')),
        ...(over.webhookUrl !== null && { webhookUrl: over.webhookUrl ?? URL_SET }),
      },
    );
  const split = (body: string) => mandrill.split(asRequest({ method: 'POST', headers: {}, body }), {}).events;
  const reason = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof RefusedRequest) return error.reason;
    }
    return 'accepted';
  };

  test.each([
    ['plus and percent', '[{"event":"click","url":"https://example.com/?a=1+1&b=100%25&c=%2B"}]'],
    ['unicode', '[{"event":"send","msg":{"subject":"Grüße 🎉 \\u00e9"}}]'],
    ['ampersand and equals', '[{"event":"send","msg":{"subject":"a&b=c&mandrill_events=[]"}}]'],
    ['space', '[{"event": "send", "msg": {"subject": "a  b"}}]'],
  ])('%s inside the JSON, however it was encoded', (_name, json) => {
    const signed = signature(URL_SET, { mandrill_events: json });
    const asForm = form({ mandrill_events: json });
    const asPercent = `mandrill_events=${encodeURIComponent(json)}`;
    for (const body of [asForm, asPercent, asPercent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]) {
      expect(verify(body, signed)).toEqual({ secretIndex: 0 });
      expect(split(body)).toEqual([json.slice(1, -1)]);
    }
  });

  test('a plus is a space and %2B is a plus: one for the other breaks the proof', () => {
    const signed = signature(URL_SET, { mandrill_events: '["a+b"]' });
    expect(verify('mandrill_events=%5B%22a%2Bb%22%5D', signed)).toEqual({ secretIndex: 0 });
    expect(reason(() => verify('mandrill_events=%5B%22a+b%22%5D', signed))).toBe('bad-proof');
  });

  test('every field is signed, by name', () => {
    const fields = { z: '1', mandrill_events: one, a: 'x y' };
    expect(verify(form(fields), signature(URL_SET, fields))).toEqual({ secretIndex: 0 });
    expect(reason(() => verify(form({ ...fields, a: 'x' }), signature(URL_SET, fields)))).toBe('bad-proof');
  });

  test.each([
    ['a stage path', 'https://abc.execute-api.eu-central-1.amazonaws.com/prod/webhooks/v1/mandrill'],
    ['credentials', 'https://user:password@hooks.example.com/webhooks/v1/mandrill'],
    ['a query', 'https://hooks.example.com/webhooks/v1/mandrill?key=a%20b&c=d'],
    ['a trailing slash', 'https://hooks.example.com/webhooks/v1/mandrill/'],
  ])('the URL as it stands at Mandrill: %s', (_name, url) => {
    const body = form({ mandrill_events: one });
    const signed = signature(url, { mandrill_events: one });
    expect(verify(body, signed, { url })).toEqual({ secretIndex: 0 });
    expect(verify(body, signed, { url, webhookUrl: null })).toEqual({ secretIndex: 0 });
    expect(verify(body, signed, { webhookUrl: url })).toEqual({ secretIndex: 0 });
    expect(reason(() => verify(body, signed))).toBe('bad-proof');
    expect(reason(() => verify(body, signature(URL_SET, { mandrill_events: one }), { url }))).toBe('bad-proof');
  });

  test('without a known URL nothing can be checked: 503', () => {
    expect(reason(() => verify(form({ mandrill_events: one }), 'x', { webhookUrl: null }))).toBe('cannot-verify');
  });

  test('an option that is no URL, or is misspelt, is a mistake', () => {
    expect(() => parse(mandrill.options, { url: 'hooks.example.com' })).toThrow();
    expect(() => parse(mandrill.options, { uri: URL_SET })).toThrow();
  });

  test.each(['[]', ' [ ] '])('the test of a new URL (%j) is signed with a key that everybody knows', (json) => {
    const body = form({ mandrill_events: json });
    const test = signature(URL_SET, { mandrill_events: json }, 'test-webhook');
    expect(verify(body, test)).toEqual({ answer: { status: 200 } });
    expect(verify(body, signature(URL_SET, { mandrill_events: json }))).toEqual({
      secretIndex: 0,
      answer: { status: 200 },
    });
    expect(
      reason(() => verify(body, signature('https://other.example.com/', { mandrill_events: json }, 'test-webhook'))),
    ).toBe('bad-proof');
  });

  test('that key opens nothing else, even where it was stored as ours', () => {
    const signed = signature(URL_SET, { mandrill_events: one }, 'test-webhook');
    expect(reason(() => verify(form({ mandrill_events: one }), signed))).toBe('bad-proof');
    expect(reason(() => verify(form({ mandrill_events: one }), signed, { secrets: ['test-webhook'] }))).toBe(
      'secret-unreadable',
    );
    const both = `${form({ mandrill_events: '[]' })}&${form({ mandrill_events: one })}`;
    const twice = createHmac('sha1', 'test-webhook')
      .update(`${URL_SET}mandrill_events[]mandrill_events${one}`)
      .digest('base64');
    expect(reason(() => verify(both, twice))).toBe('unreadable');
  });

  test.each(['', 'x=1', 'mandrill_events', '{"event":"send"}'])(
    'a body without the field (%j) is unreadable',
    (body) => {
      expect(reason(() => verify(body, 'AAAA'))).toBe(body === 'mandrill_events' ? 'bad-proof' : 'unreadable');
      expect(reason(() => split(body))).toBe('unreadable');
    },
  );

  test('bytes that are no UTF-8 are signed as they are, and refused as unreadable', () => {
    const bytes = Buffer.concat([Buffer.from(`${URL_SET}mandrill_events["`), Buffer.from([0xff]), Buffer.from('"]')]);
    const signed = createHmac('sha1', KEY).update(bytes).digest('base64');
    expect(verify('mandrill_events=%5B%22%FF%22%5D', signed)).toEqual({ secretIndex: 0 });
    expect(reason(() => split('mandrill_events=%5B%22%FF%22%5D'))).toBe('unreadable');
  });

  test('one malformed element stands alone', () => {
    const events = split(form({ mandrill_events: `[{"event":"send"}, 7, {"event":"open"}]` }));
    expect(events).toEqual(['{"event":"send"}', '7', '{"event":"open"}']);
  });

  test('HEAD is answered without a key, nothing else is', () => {
    const request = (method: string) => ({ method, headers: {}, query: '', body: Buffer.alloc(0) });
    expect(mandrill.probe?.(request('HEAD'))).toEqual({ status: 200 });
    expect(mandrill.probe?.(request('GET'))).toBeUndefined();
    expect(mandrill.probe?.(request('POST'))).toBeUndefined();
  });
});
