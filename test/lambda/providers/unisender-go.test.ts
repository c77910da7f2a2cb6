import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { unisenderGo } from '../../../lambda/providers/unisender-go/index.ts';
import { get, post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('unisender-go', { proofIn: 'body' });

const options = { format: 'json_post' } as const;
const meta = { projectId: '6432890213745872' };
const data = {
  job_id: '1a3Q2V-0000OZ-S0',
  metadata: { key1: 'val1', key2: 2 },
  email: 'ada@example.com',
  event_time: '2026-05-04 10:00:00',
};
const normalise = (more: object, context: Readonly<Record<string, string>> = meta) =>
  unisenderGo.normalise(
    JSON.stringify({ event_name: 'transactional_email_status', event_data: { ...data, ...more } }),
    { options, meta: context },
  )[0];
const hard = (delivery_status: string, destination_response?: string) => ({
  status: 'hard_bounced',
  delivery_info: { delivery_status, destination_response },
});

describe('unisender-go: mapping', () => {
  test('a full bounce gives every field', () => {
    const draft = normalise({
      status: 'hard_bounced',
      delivery_info: {
        delivery_status: 'err_user_unknown',
        destination_response: '550 5.1.1 user unknown',
        user_agent: '',
        ip: '',
      },
    });
    expect(stored(draft, 'unisender-go').event).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'unisender-go',
      provider: 'unisender-go',
      providerEvent: 'hard_bounced',
      recipient: 'ada@example.com',
      messageId: '1a3Q2V-0000OZ-S0',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 user unknown',
      metadata: { key1: 'val1', key2: '2' },
    });
  });

  test.each([
    [{ status: 'sent' }, { type: 'accepted' }],
    [{ status: 'delivered' }, { type: 'delivered' }],
    [
      { status: 'opened', delivery_info: { user_agent: 'Mozilla/5.0', ip: '192.0.2.1' } },
      { type: 'opened', userAgent: 'Mozilla/5.0', ip: '192.0.2.1' },
    ],
    [
      { status: 'clicked', url: 'https://example.com/a' },
      { type: 'clicked', url: 'https://example.com/a' },
    ],
    [
      { status: 'soft_bounced', delivery_info: { delivery_status: 'err_will_retry', destination_response: '421 x' } },
      { type: 'deferred', smtpCode: 421 },
    ],
    [
      { status: 'soft_bounced', delivery_info: { delivery_status: 'err_mailbox_full' } },
      { type: 'bounced', bounceClass: 'soft', bounceCause: 'full' },
    ],
    [{ status: 'soft_bounced' }, { type: 'bounced', bounceClass: 'soft' }],
    [hard('err_user_unknown'), { bounceClass: 'hard', bounceCause: 'mailbox', diagnostic: 'err_user_unknown' }],
    [hard('err_user_inactive'), { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [hard('err_mailbox_discarded'), { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [hard('err_domain_inactive'), { bounceClass: 'hard', bounceCause: 'domain' }],
    [hard('err_unreachable'), { bounceClass: 'hard' }],
    [hard('err_mailbox_full'), { bounceClass: 'soft', bounceCause: 'full' }],
    [hard('err_too_large'), { bounceClass: 'soft', bounceCause: 'technical' }],
    [hard('err_spam_rejected'), { bounceClass: 'block', bounceCause: 'content' }],
    [hard('err_blacklisted'), { bounceClass: 'block', bounceCause: 'reputation' }],
    [hard('err_destination_misconfigured'), { bounceClass: 'block' }],
    [hard('err_unsubscribed'), { type: 'dropped', dropReason: 'suppressed-unsubscribe', scope: expect.any(String) }],
    [hard('err_spam_skipped'), { type: 'dropped', dropReason: 'policy' }],
    [hard('err_skip_letter'), { type: 'dropped', dropReason: 'policy' }],
    [hard('err_delivery_failed'), { bounceClass: 'undetermined' }],
    [hard('err_lost'), { bounceClass: 'undetermined' }],
    [hard('err_delivery_failed', '550 Spam rejected'), { bounceClass: 'block', bounceCause: 'content' }],
    [hard('err_user_unknown', '550 5.7.1 policy'), { bounceClass: 'block' }],
    [hard('err_spam_rejected', '550 5.1.1 user unknown'), { bounceClass: 'block' }],
    [hard('constructor'), { bounceClass: 'undetermined' }],
    [{ status: 'unsubscribed' }, { type: 'unsubscribed', scope: 'project:6432890213745872' }],
    [{ status: 'subscribed' }, { type: 'resubscribed', scope: 'project:6432890213745872' }],
    [{ status: 'spam' }, { type: 'complained' }],
    [{ status: 'toString' }, { type: 'unknown' }],
  ])('%j', (more, expected) => {
    expect(normalise(more)).toMatchObject(expected);
  });

  test('what is unreachable may be the way there: no cause', () => {
    expect(normalise(hard('err_unreachable'))).not.toHaveProperty('bounceCause');
  });

  test('without a project an unsubscription is of the account', () => {
    expect(normalise({ status: 'unsubscribed' }, {})).toMatchObject({ scope: 'all' });
  });

  test('a spam block is unknown and names nobody', () => {
    const raw = JSON.stringify({
      event_name: 'transactional_spam_block',
      event_data: {
        block_time: '2026-05-04 10:00:00',
        block_type: 'one_smtp',
        domain: 'example.com',
        domain_status: 'blocked',
      },
    });
    const [draft] = unisenderGo.normalise(raw, { options, meta });
    expect(draft).toMatchObject({ type: 'unknown', providerEvent: 'transactional_spam_block' });
    expect(draft).not.toHaveProperty('recipient');
  });

  test('job, address, status, time and link tell events apart', () => {
    const print = (more: object) => stored(normalise(more), 'unisender-go').fingerprint;
    const click = { status: 'clicked', url: 'https://example.com/a' };
    expect(print(click)).toBe(print({ ...click, metadata: {} }));
    for (const other of [
      { job_id: 'x' },
      { email: 'bob@example.com' },
      { event_time: '2026-05-04 10:00:01' },
      { url: 'https://example.com/b' },
    ])
      expect(print({ ...click, ...other })).not.toBe(print(click));
  });
});

describe('unisender-go: bodies', () => {
  const split = (body: string) => reasonOf(() => unisenderGo.split(post(body), options));

  test('the events of all users are cut out as they stand', () => {
    const body = `{"auth":"x","events_by_user":[{"user_id":456,"project_id":"12","events":[{"a": 1},7]},{"user_id":457,"project_id":"12","events":[{"b":2}]}]}`;
    expect(split(body)).toEqual({ events: ['{"a": 1}', '7', '{"b":2}'], meta: { projectId: '12' } });
  });

  test('two projects in one request are not mixed up', () => {
    const body = `{"events_by_user":[{"project_id":"12","events":[{}]},{"project_id":"13","events":[{}]}]}`;
    expect(split(body)).toEqual({ events: ['{}', '{}'] });
  });

  test('a single event is a flat object', () => {
    const flat = {
      auth: 'x',
      event_name: 'transactional_email_status',
      project_id: '12',
      status: 'unsubscribed',
      ...data,
    };
    const { events } = split(JSON.stringify(flat)) as { events: string[] };
    expect(unisenderGo.normalise(events[0] as string, { options, meta: {} })).toMatchObject([
      { type: 'unsubscribed', scope: 'project:12', recipient: 'ada@example.com', metadata: { key1: 'val1' } },
    ]);
  });

  test.each([
    '{"events_by_user":[{"events":[]}]}',
    '{"events_by_user":[{"events":{}}]}',
    '{"events_by_user":[1]}',
    '{}',
  ])('%s is refused', (body) => expect(split(body)).toBe('unreadable'));
});

describe('unisender-go: proof', () => {
  const key = '5678abcdef5678abcdef5678abcdef56';
  const verify = (body: string | Buffer) =>
    reasonOf(() => unisenderGo.verify(post(body), verifyContext([key], options)));
  const signed = (template: string) =>
    template.replace('AUTH', createHash('md5').update(template.replace('AUTH', key)).digest('hex'));

  test('the key takes the place of auth, wherever it stands', () => {
    expect(verify(signed('{"auth":"AUTH","events_by_user":[]}'))).toEqual({ secretIndex: 0 });
    expect(verify(signed('{ "events_by_user": [],\n "auth": "AUTH" }'))).toEqual({ secretIndex: 0 });
  });

  test.each([
    ['empty', '{"auth":"","x":1}'],
    ['short', '{"auth":"a","x":"a"}'],
    ['upper case', signed('{"auth":"AUTH"}').toUpperCase().replace('AUTH', 'auth')],
    ['not text', '{"auth":12345678901234567890123456789012}'],
    ['a list', '{"auth":["0cc175b9c0f1b6a831c399e269772661"]}'],
    ['there twice', '{"auth":"0cc175b9c0f1b6a831c399e269772661","x":"0cc175b9c0f1b6a831c399e269772661"}'],
    ['written with escapes', `{"auth":"\\u0030cc175b9c0f1b6a831c399e269772661"}`],
    ['of another text', '{"auth":"0cc175b9c0f1b6a831c399e269772661"}'],
  ])('auth that is %s is refused', (_name, body) => {
    expect(verify(body)).toBe('bad-proof');
  });

  test('what stands there twice is refused even where the sum is right', () => {
    const value = createHash('md5').update(`{"auth":"${key}","x":"${key}"}`).digest('hex');
    expect(verify(`{"auth":"${value}","x":"${value}"}`)).toBe('bad-proof');
  });

  test('without auth there is no proof', () => {
    expect(verify('{"events_by_user":[]}')).toBe('missing-proof');
    expect(verify('[]')).toBe('missing-proof');
  });

  test('a text made longer by the one who saw it is refused', () => {
    // An MD5 can be carried on without knowing what it began with, but only over padding, which is no JSON.
    expect(verify(Buffer.concat([Buffer.from(signed('{"auth":"AUTH"}')), Buffer.from([0x80, 0, 0])]))).toBe(
      'unreadable',
    );
  });

  test('a compressed body is refused with a hint', () => {
    const body = gzipSync(signed('{"auth":"AUTH"}'));
    expect(verify(body)).toBe('unsupported');
    expect(() => unisenderGo.verify(post(body), verifyContext([key], options))).toThrow(/json_post/);
  });

  test('the check of the URL is answered without effect', () => {
    expect(unisenderGo.probe?.(get())).toEqual({ status: 200 });
    expect(unisenderGo.probe?.(post('{}'))).toBeUndefined();
  });
});
