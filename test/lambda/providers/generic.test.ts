import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import { eventFields } from '../../../lambda/contract/event/fields.ts';
import type { RefusedRequest } from '../../../lambda/domain/errors.ts';
import { EVENT_TYPES } from '../../../lambda/domain/event/event.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { generic } from '../../../lambda/providers/generic/index.ts';
import { PLACES } from '../../../lambda/providers/shared/mapping/places.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('generic', { proofIn: 'x-webhook-signature' });
describe('a sender that signs nothing', () => {
  providerContract('generic', { proofIn: 'authorization', options: { auth: 'shared-secret' } });
});
describe('a list inside the body', () => {
  providerContract('generic', { proofIn: 'x-webhook-signature', options: { list: 'results' } });
});

type Settings = Record<string, unknown>;
const options = (settings: Settings = {}) => parse(generic.options, settings);
const AT = Date.UTC(2026, 4, 4, 10, 0, 0);
const SECRET = 'a shared secret';
const BODY = '{"event":"hard_bounce","recipient":"ada@example.com"}\r\n';

const verdict = (
  headers: Record<string, string>,
  settings: Settings,
  over: { body?: string | Buffer; now?: number } = {},
) => {
  const request = asRequest({ method: 'POST', headers, body: '' });
  try {
    void generic.verify(
      { ...request, body: Buffer.from(over.body ?? BODY) },
      {
        secrets: ['', SECRET],
        options: options(settings),
        now: over.now ?? AT,
        fetchText: () => Promise.reject(new Error('no fetch')),
      },
    );
    return 'accepted';
  } catch (error) {
    return (error as RefusedRequest).reason;
  }
};
const mac = (data: string | Buffer, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', SECRET).update(data).digest(encoding);

describe('generic: signature', () => {
  test('by default: hex of the body in x-webhook-signature, either case', () => {
    expect(verdict({ 'x-webhook-signature': mac(BODY) }, {})).toBe('accepted');
    expect(verdict({ 'x-webhook-signature': mac(BODY).toUpperCase() }, {})).toBe('accepted');
    expect(verdict({ 'x-webhook-signature': mac(BODY.trim()) }, {})).toBe('bad-proof');
    expect(verdict({ 'x-webhook-signature': mac(BODY).slice(0, 62) }, {})).toBe('bad-proof');
    expect(verdict({ 'x-webhook-signature': `${mac(BODY).slice(0, 62)}zz` }, {})).toBe('bad-proof');
    expect(verdict({ 'x-webhook-signature': createHmac('sha256', '').update(BODY).digest('hex') }, {})).toBe(
      'bad-proof',
    );
    expect(verdict({}, {})).toBe('missing-proof');
  });

  test('header, prefix and encoding', () => {
    const settings: Settings = { header: 'X-Hub-Signature-256', prefix: 'sha256=', encoding: 'base64' };
    expect(verdict({ 'x-hub-signature-256': `sha256=${mac(BODY, 'base64')}` }, settings)).toBe('accepted');
    expect(verdict({ 'x-hub-signature-256': mac(BODY, 'base64') }, settings)).toBe('bad-proof');
    expect(verdict({ 'x-hub-signature-256': `sha256=${mac(BODY)}` }, settings)).toBe('bad-proof');
  });

  test.each([
    ['{ts}.{body}', `1777888800.${BODY}`],
    ['v0:{ts}:{body}', `v0:1777888800:${BODY}`],
    ['{body}{ts}', `${BODY}1777888800`],
  ])('template %s', (template, signed) => {
    const settings: Settings = { template, timestampHeader: 'X-Timestamp' };
    const headers = { 'x-webhook-signature': mac(signed), 'x-timestamp': '1777888800' };
    expect(verdict(headers, settings)).toBe('accepted');
    expect(verdict({ ...headers, 'x-timestamp': '1777888801' }, settings)).toBe('bad-proof');
    expect(verdict({ 'x-webhook-signature': mac(signed) }, settings)).toBe('missing-proof');
    // No age is enforced unless asked for.
    expect(verdict(headers, settings, { now: AT + 86_400_000 })).toBe('accepted');
    const limited: Settings = { ...settings, toleranceSeconds: 300 };
    expect(verdict(headers, limited, { now: AT + 300_000 })).toBe('accepted');
    expect(verdict(headers, limited, { now: AT + 301_000 })).toBe('stale');
    expect(verdict(headers, limited, { now: AT - 301_000 })).toBe('stale');
  });

  test('a time in milliseconds, and one that is none', () => {
    const settings: Settings = { template: '{ts}.{body}', timestampHeader: 'x-ts', toleranceSeconds: 300 };
    const headers = (ts: string) => ({ 'x-webhook-signature': mac(`${ts}.${BODY}`), 'x-ts': ts });
    expect(verdict(headers('1777888800000'), settings)).toBe('accepted');
    expect(verdict(headers('1777888400000'), settings)).toBe('stale');
    expect(verdict(headers('2026-05-04T10:00:00Z'), settings)).toBe('bad-proof');
    // What String.replace would read as a pattern stands for itself.
    expect(verdict(headers("$&$'$`"), { ...settings, toleranceSeconds: undefined })).toBe('accepted');
  });

  test('the exact bytes count, whatever they are', () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(verdict({ 'x-webhook-signature': mac(body) }, {}, { body })).toBe('accepted');
    expect(verdict({ 'x-webhook-signature': mac(body.toString()) }, {}, { body })).toBe('bad-proof');
  });

  test.each<[string, unknown]>([
    ['a template without the body', { template: '{ts}', timestampHeader: 'x-ts' }],
    ['a template with the body twice', { template: '{body}{body}' }],
    ['an unknown placeholder', { template: '{id}.{body}' }],
    ['a template with a time and no header for it', { template: '{ts}.{body}' }],
    ['a time that is not signed', { timestampHeader: 'x-ts' }],
    ['a tolerance without a time', { toleranceSeconds: 300 }],
    ['a header that is no name', { header: 'x y' }],
    ['an unknown option', { algorithm: 'sha1' }],
  ])('settings refuse %s', (_name, settings) => {
    expect(() => parse(generic.options, settings)).toThrow();
  });
});

const normalise = (event: object, settings: Settings = {}) =>
  generic.normalise(JSON.stringify(event), { options: options(settings), meta: {} })[0];
const print = (event: object) => normalisedEvent(normalise(event) as never, arrival('generic')).fingerprint;

describe('generic: mapping', () => {
  test('the first guide payload gives every field', () => {
    const event = {
      event_id: 'evt_1',
      event_type: 'email.bounced',
      timestamp: '2026-05-04T10:00:00Z',
      message_id: 'msg_9',
      recipient: 'ada@example.com',
      bounce_type: 'hard',
      bounce_reason: '550 5.1.1 User unknown',
      metadata: { campaign: 'spring', order: 20547674933128001n.toString(), constructor: 'x', nested: {} },
    };
    expect(normalisedEvent(normalise(event) as never, arrival('generic'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'generic',
      provider: 'generic',
      providerEvent: 'email.bounced',
      providerEventId: 'evt_1',
      recipient: 'ada@example.com',
      messageId: 'msg_9',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 User unknown',
      metadata: { campaign: 'spring', order: '20547674933128001' },
    });
  });

  test('the second guide payload gives every field', () => {
    const event = {
      event: 'hard_bounce',
      timestamp: 1777888800,
      message_id: 'msg_9',
      recipient: 'ada@example.com',
      reason: 'mailbox does not exist',
      smtp_code: 550,
    };
    expect(normalisedEvent(normalise(event) as never, arrival('generic'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'generic',
      provider: 'generic',
      providerEvent: 'hard_bounce',
      recipient: 'ada@example.com',
      messageId: 'msg_9',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      diagnostic: 'mailbox does not exist',
    });
  });

  test.each([
    ['accepted', ['sent', 'accepted', 'processed', 'email.sent']],
    ['delivered', ['delivered', 'delivery', 'email.delivered', 'EMAIL_DELIVERED']],
    ['deferred', ['deferred', 'delivery_delayed', 'email.delivery.delayed']],
    ['bounced', ['bounce', 'bounced', 'email.bounced', 'message-bounced', 'Bounced']],
    ['dropped', ['dropped', 'email.dropped']],
    ['opened', ['open', 'opened', 'email.opened']],
    ['clicked', ['click', 'clicked', 'email-clicked']],
    ['complained', ['complaint', 'complained', 'spam', 'email.complained', 'spam_complaint']],
    ['unsubscribed', ['unsubscribe', 'unsubscribed', 'email.unsubscribed']],
    ['resubscribed', ['resubscribe', 'resubscribed']],
    ['unknown', ['something', 'constructor', '__proto__', '', 'email.', 'failed']],
  ])('%s: %j', (type, words) => {
    for (const event of words) expect([event, normalise({ event })?.type]).toEqual([event, type]);
  });

  test.each([
    [{ event: 'hard_bounce' }, { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [{ event: 'email.hard_bounced' }, { bounceClass: 'hard', bounceCause: 'mailbox' }],
    [{ event: 'hardBounced' }, { bounceClass: 'hard' }],
    [{ event: 'soft_bounce' }, { bounceClass: 'soft' }],
    [
      { event: 'soft-bounced', smtp_code: 452, reason: 'mailbox full' },
      { bounceClass: 'soft', bounceCause: 'full' },
    ],
    [
      { event: 'bounce', bounce_type: 'permanent', smtp_code: 550 },
      { bounceClass: 'hard', smtpCode: 550 },
    ],
    [
      { event: 'bounce', bounce_type: 'Permanent', reason: 'no such user' },
      { bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [{ event: 'bounce', bounce_type: 'transient' }, { bounceClass: 'soft' }],
    [{ event: 'bounce', bounce_type: 'soft', reason: '550 5.1.1 unknown' }, { bounceClass: 'soft' }],
    [
      { event: 'bounce', bounce_type: 'block' },
      { bounceClass: 'block', bounceCause: 'policy' },
    ],
    [{ event: 'bounce', bounce_type: 'hard', reason: '550 5.7.1 blocked by spamhaus' }, { bounceClass: 'block' }],
    [
      { event: 'hard_bounce', reason: 'mailbox_full' },
      { bounceClass: 'soft', bounceCause: 'full' },
    ],
    [{ event: 'bounce' }, { bounceClass: 'undetermined' }],
    [
      { event: 'bounce', smtp_code: '5.1.1' },
      { bounceClass: 'hard', smtpStatus: '5.1.1' },
    ],
    [
      { event: 'bounce', status: '5.1.2' },
      { bounceClass: 'hard', bounceCause: 'domain' },
    ],
    [
      { event: 'deferred', reason: '421 4.7.0 later' },
      { smtpCode: 421, smtpStatus: '4.7.0', diagnostic: '421 4.7.0 later' },
    ],
    [
      { event: 'dropped', reason: 'on a list' },
      { dropReason: 'other', diagnostic: 'on a list' },
    ],
    [{ event: 'suppressed' }, { type: 'dropped', dropReason: 'suppressed-unknown' }],
    [
      { event: 'click', url: 'https://example.com/a', ip: '192.0.2.3' },
      { url: 'https://example.com/a', ip: '192.0.2.3' },
    ],
    [{ event: 'unsubscribe' }, { scope: 'all' }],
    [{ event: 'unsubscribe', list_id: 7 }, { scope: 'list:7' }],
    [{ event: 'open', timestamp: 1777888800000 }, { occurredAt: AT }],
    [{ event: 'open', timestamp: '1777888800' }, { occurredAt: AT }],
    [{ event: 'open', timestamp: '2026-05-04 12:00:00+02:00' }, { occurredAt: AT }],
    [{ event: 'open', timestamp: '2026-05-04T10:00:00' }, { occurredAt: AT }],
    [
      { type: 'open', data: { email: 'ada@example.com', timestamp: 1777888800 } },
      { recipient: 'ada@example.com', occurredAt: AT },
    ],
    [{ event: 'open', email: { id: 1 }, data: { email: 'ada@example.com' } }, { recipient: 'ada@example.com' }],
    [{ event: 'open', to: ['ada@example.com'] }, { recipient: 'ada@example.com' }],
    [{ event: { name: 'x' }, type: 'opened' }, { type: 'opened' }],
  ])('%j', (event, expected) => {
    expect(normalise(event)).toMatchObject(expected);
  });

  test('what is not said stays absent', () => {
    for (const timestamp of [undefined, null, '', 'yesterday', 0, -1, {}]) {
      expect(normalise({ event: 'open', timestamp })).not.toHaveProperty('occurredAt');
    }
    expect(normalise({ event: 'complaint', to: ['a@example.com', 'b@example.com'] })).not.toHaveProperty('recipient');
    expect(normalise({ event: 'bounce', bounce_type: 'permanent', smtp_code: 550 })).not.toHaveProperty('bounceCause');
  });

  test('one event is told by its id, else by its content, else by its bytes', () => {
    const event = { event: 'open', timestamp: 1777888800, message_id: 'm', recipient: 'ada@example.com' };
    expect(print({ ...event, retry: 1 })).toBe(print({ ...event, retry: 2 }));
    for (const other of [
      { event: 'click' },
      { timestamp: 1777888801 },
      { message_id: 'n' },
      { recipient: 'b@example.com' },
    ])
      expect(print({ ...event, ...other })).not.toBe(print(event));
    expect(print({ ...event, event_id: 'e' })).toBe(print({ ...event, event_id: 'e', timestamp: 1 }));
    expect(print({ ...event, event_id: 'e' })).not.toBe(print({ ...event, event_id: 'f' }));
    expect(print({ event: 'open', x: 1 })).not.toBe(print({ event: 'open', x: 2 }));
  });

  test('single objects and arrays are cut into the very slices that came', () => {
    const one = '{ "event":"open" , "n":20547674933128001 }';
    const split = (body: string) => generic.split(asRequest({ method: 'POST', headers: {}, body }), options()).events;
    expect(split(one)).toEqual([one]);
    expect(split(`[ ${one},{"event":"click"} ]`)).toEqual([one, '{"event":"click"}']);
  });

  test('samples stand where the settings look', () => {
    const settings: Settings = {
      paths: { recipient: 'who.mail', type: 'kind' },
      types: { boing: 'bounced' },
      template: '{body}',
    };
    const input = { type: 'bounced', recipient: 'ada@example.com', at: AT, id: 'a1', signingKey: SECRET } as const;
    const sample = generic.sample({ ...input, options: options(settings) });
    expect(JSON.parse(sample?.body ?? '')).toMatchObject({ kind: 'boing', who: { mail: 'ada@example.com' } });
    expect(normalise(JSON.parse(sample?.body ?? ''), settings)).toMatchObject({
      type: 'bounced',
      bounceClass: 'hard',
      recipient: 'ada@example.com',
    });
  });
});

describe('generic: country, device and address of the reader', () => {
  const clicked = { event: 'clicked', recipient: 'ada@example.com', timestamp: '2026-05-04T10:00:00Z' };
  const read = (event: object, settings: Settings = {}) =>
    generic.normalise(JSON.stringify({ ...clicked, ...event }), { options: options(settings), meta: {} })[0];

  test.each([
    [
      { geo: { country: 'de' }, device: 'mobile', ip: '192.0.2.1' },
      {},
      { country: 'DE', device: 'mobile', ip: '192.0.2.1' },
    ],
    [
      { where: { land: 'FR' }, on: 'desktop' },
      { paths: { country: 'where.land', device: 'on' } },
      { country: 'FR', device: 'desktop' },
    ],
  ])('%j with %j', (event, settings, expected) => {
    expect(read(event, settings)).toMatchObject(expected);
  });

  test('a country in words is none, a device that is no text neither', () => {
    const draft = read({ country: 'Germany', device: { type: 'mobile' } });
    expect(draft).not.toHaveProperty('country');
    expect(draft).not.toHaveProperty('device');
  });
});

describe('generic: nothing of the vocabulary is out of reach', () => {
  const REPORTED = EVENT_TYPES.filter((type) => !['suppressed', 'lifted'].includes(type));
  /** Said of operators' acts alone, or found out by providers that know their ESP. */
  const NOT_LOOKED_FOR = 'reason until actor note importId retraction machine candidates echo autoReply'.split(' ');

  test('each type that a sender can report has a word of its own', () => {
    expect([...generic.emits, 'unknown'].sort()).toEqual([...REPORTED].sort());
  });

  test('each member that a mapping can say has a place', () => {
    const told = {
      type: 'x',
      bounceType: 'hard',
      smtpCode: '550',
      smtpStatus: '5.1.1',
      country: 'DE',
      metadata: { a: 'b' },
    };
    const full = Object.fromEntries(
      Object.entries({ ...PLACES, ...told }).map(([place, value]) => [
        PLACES[place as keyof typeof PLACES][0],
        place in told ? value : 'a',
      ]),
    );
    const said = REPORTED.flatMap((type) =>
      generic.normalise(JSON.stringify(full), { options: options({ types: { x: type } }), meta: {} }),
    );
    const found = new Set(said.flatMap(Object.keys));
    const mapped = eventFields.flatMap(([name, { saidBy }]) => (saidBy === 'arrival' ? [] : [name]));
    expect(mapped.filter((name) => !found.has(name) && !NOT_LOOKED_FOR.includes(name))).toEqual([]);
  });
});
