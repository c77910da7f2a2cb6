import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import { hmac } from '../../../lambda/providers/shared/proof/signature.ts';
import { zeptomail } from '../../../lambda/providers/zeptomail/index.ts';
import { post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('zeptomail', { proofIn: 'authorization' });
describe('signed', () => {
  providerContract('zeptomail', { proofIn: 'producer-signature', options: { auth: 'signature' } });
});

const options = parse(zeptomail.options, {});

const to = (...addresses: string[]) => addresses.map((address) => ({ email_address: { address, name: 'X' } }));
const info = {
  client_reference: 'order-4711',
  subject: 'Welcome',
  email_reference: '13ef.4c2f1a',
  from: { address: 'news@example.org', name: 'News' },
  to: to('ada@example.com'),
  tag: 'welcome',
  processed_time: '2026-05-04T15:29:50+05:30',
};
const event = (name: string | string[], details: object[], more: object = {}) => ({
  event_name: name,
  event_message: [
    { email_info: { ...info, ...more }, event_data: [{ object: 'email', details }], request_id: '2d6f.1b2c' },
  ],
  mailagent_key: 'b34b4a65',
  webhook_request_id: '2d6f.wh1',
});
const normaliseAll = (raw: object) => zeptomail.normalise(JSON.stringify(raw), { options, meta: {} });
const time = '2026-05-04T15:30:00+05:30';

describe('zeptomail: mapping', () => {
  test('a full bounce gives every field', () => {
    const [draft] = normaliseAll(
      event(
        ['hardbounce'],
        [
          {
            reason: 'Invalid recipient',
            bounced_recipient: 'ada@example.com',
            time,
            diagnostic_message: 'smtp; 550 5.1.1 user unknown',
          },
        ],
      ),
    );
    expect(stored(draft, 'zeptomail').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'zeptomail',
      provider: 'zeptomail',
      providerEvent: 'hardbounce',
      providerEventId: '2d6f.wh1',
      recipient: 'ada@example.com',
      messageId: '2d6f.1b2c',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: 'smtp; 550 5.1.1 user unknown',
      tags: ['welcome'],
      metadata: { client_reference: 'order-4711' },
    });
  });

  test.each([
    ['delivered', {}, { type: 'delivered' }],
    ['hardbounce', {}, { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' }],
    ['hard bounce', { diagnostic_message: '550 5.7.1 blocked' }, { type: 'bounced', bounceClass: 'block' }],
    ['softbounce', { reason: 'Mailbox full' }, { type: 'bounced', bounceClass: 'soft', bounceCause: 'full' }],
    ['soft bounce', {}, { type: 'bounced', bounceClass: 'soft' }],
    [
      'open',
      {
        ip_location_info: { ip_address: '192.0.2.1', country_code: 'IN' },
        user_agent: 'Mozilla/5.0',
        device: { name: 'Desktop' },
      },
      { type: 'opened', ip: '192.0.2.1', country: 'IN', userAgent: 'Mozilla/5.0', device: 'Desktop' },
    ],
    ['email_open', {}, { type: 'opened' }],
    ['click', { clicked_link: 'https://example.com/a' }, { type: 'clicked', url: 'https://example.com/a' }],
    ['email_link_click', {}, { type: 'clicked' }],
    ['feedback loop', {}, { type: 'complained', recipient: 'ada@example.com' }],
    ['Feedback Loop', {}, { type: 'complained' }],
    ['constructor', {}, { type: 'unknown' }],
  ])('%s %j', (name, detail, expected) => {
    expect(normaliseAll(event([name], [{ ...detail, time }]))).toMatchObject([expected]);
    expect(normaliseAll(event(name, [{ ...detail, time }]))).toMatchObject([expected]);
  });

  test('all addressees are listed: only the bounced one is named, and nobody where nothing says which', () => {
    const many = { to: to('ada@example.com', 'bob@example.com'), cc: to('eve@example.com') };
    const bounced = normaliseAll(event(['hardbounce'], [{ bounced_recipient: 'bob@example.com', time }], many));
    expect(bounced.map((draft) => draft.recipient)).toEqual(['bob@example.com']);
    for (const name of ['open', 'feedback loop'])
      expect(normaliseAll(event([name], [{ time }], many))[0]).not.toHaveProperty('recipient');
    expect(normaliseAll(event(['open'], [{ time }], { cc: to('eve@example.com') }))[0]).not.toHaveProperty('recipient');
  });

  test('each detail of each message is an event', () => {
    const two = event(
      ['softbounce'],
      [
        { bounced_recipient: 'ada@example.com', time },
        { bounced_recipient: 'bob@example.com', time },
      ],
    );
    const drafts = normaliseAll({ ...two, event_message: [...two.event_message, ...two.event_message] });
    expect(drafts.map((draft) => draft.recipient)).toEqual([
      'ada@example.com',
      'bob@example.com',
      'ada@example.com',
      'bob@example.com',
    ]);
    expect(new Set(drafts.map((draft) => stored(draft, 'zeptomail').fingerprint)).size).toBe(2);
  });

  test('among several names the object of the detail tells', () => {
    const raw = event(['hardbounce', 'softbounce'], []);
    const event_data = [{ object: 'softbounce', details: [{ bounced_recipient: 'ada@example.com', time }] }];
    expect(normaliseAll({ ...raw, event_message: [{ email_info: info, event_data }] })).toMatchObject([
      { type: 'bounced', bounceClass: 'soft' },
    ]);
  });

  test('when the mail was processed is not when it was opened', () => {
    expect(normaliseAll(event(['open'], [{}]))[0]).not.toHaveProperty('occurredAt');
    expect(normaliseAll(event(['delivered'], []))[0]).not.toHaveProperty('occurredAt');
  });

  test('an event without a message is kept', () => {
    expect(normaliseAll({ event_name: ['open'] })).toMatchObject([{ type: 'opened' }]);
    expect(normaliseAll({})).toMatchObject([{ type: 'unknown', providerEvent: 'unnamed' }]);
  });

  test('a retry under another webhook_request_id is the same event; without a time the id decides', () => {
    const print = (details: object[], webhook_request_id: string) =>
      stored(normaliseAll({ ...event(['open'], details), webhook_request_id })[0], 'zeptomail').fingerprint;
    expect(print([{ time }], 'a')).toBe(print([{ time }], 'b'));
    expect(print([{}], 'a')).toBe(print([{}], 'a'));
    expect(print([{}], 'a')).not.toBe(print([{}], 'b'));
  });
});

describe('zeptomail: bodies', () => {
  const split = (body: string) => reasonOf(() => zeptomail.split(post(body), options));
  const raw = JSON.stringify(event(['open'], [{ time }]));

  test('JSON, or a form with the JSON in a field', () => {
    expect(split(raw)).toEqual({ events: [raw] });
    expect(split(new URLSearchParams({ a: 'x', payload: raw }).toString())).toEqual({ events: [raw] });
  });

  test.each([['a=1'], ['payload={"event_name"'], ['payload=%7Bx'], ['{}'], ['[]']])('%s is refused', (body) => {
    expect(split(body)).toBe('unreadable');
  });
});

describe('zeptomail: forms that were seen beside the documented ones', () => {
  const bounce = { bounced_recipient: 'ada@example.com', time, diagnostic_message: '550 5.1.1 user unknown' };
  const lists = event(['hardbounce'], [bounce]);
  const [message] = lists.event_message;

  test('an object where a list is documented is that one element, and the same event', () => {
    const single = {
      ...lists,
      event_message: {
        ...message,
        email_info: { ...info, to: to('ada@example.com')[0] },
        event_data: { object: 'email', details: bounce },
      },
    };
    const [draft, ...others] = normaliseAll(single);
    expect(others).toEqual([]);
    expect(stored(draft, 'zeptomail')).toEqual(stored(normaliseAll(lists)[0], 'zeptomail'));
    expect(draft).toMatchObject({ type: 'bounced', bounceClass: 'hard', recipient: 'ada@example.com' });
  });

  test.each([
    ['email_hardbounce', { type: 'bounced', bounceClass: 'hard' }],
    ['email_softbounce', { type: 'bounced', bounceClass: 'soft' }],
    ['Email HardBounce', { type: 'bounced', bounceClass: 'hard' }],
    ['email_delivered', { type: 'delivered' }],
    ['email', { type: 'unknown' }],
  ])('the word %s', (word, expected) => {
    expect(normaliseAll(event([word], [{ bounced_recipient: 'ada@example.com', time }]))[0]).toMatchObject(expected);
  });

  test('a time in Unix seconds', () => {
    expect(normaliseAll(event(['open'], [{ time: 1777888800 }]))[0]?.occurredAt).toBe(1777888800000);
  });
});

describe('zeptomail: its own signature', () => {
  const KEY = 'an-authentication-key-of-zeptomail';
  const raw = JSON.stringify(event(['open'], [{ time }]));
  const digest = (text: string) => hmac('sha256', KEY, text).toString('base64');
  const header = (s: string, algorithm = 'HmacSHA256') => `ts=1777888800000;s=${s};s-algorithm=${algorithm}`;
  const verify = (body: string, signature: string) =>
    reasonOf(() =>
      zeptomail.verify(
        post(body, { 'producer-signature': signature }),
        verifyContext([KEY], { auth: 'signature' as const }),
      ),
    );

  test.each([
    ['URL-encoded, as documented', raw, header(encodeURIComponent(digest(raw)))],
    ['bare base64', raw, header(digest(raw))],
    ['over the value of a form field', `payload=${encodeURIComponent(raw)}`, header(digest(raw))],
  ])('%s', (_name, body, signature) => {
    expect(verify(body, signature)).toEqual({ secretIndex: 0 });
  });

  test.each([
    ['another body', raw.replace('ada@', 'eve@'), header(digest(raw))],
    ['another field of the form', `payload=${encodeURIComponent(raw.replace('ada@', 'eve@'))}`, header(digest(raw))],
    ['an algorithm of the sender’s choice', raw, header(digest(raw), 'HmacMD5')],
    ['no s', raw, 'ts=1777888800000'],
    ['an s that is no escape', raw, header('%E0%A4%A')],
  ])('%s is refused', (_name, body, signature) => {
    expect(verify(body, signature)).toBe('bad-proof');
  });
});
