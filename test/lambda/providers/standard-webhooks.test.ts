import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import type { RefusedRequest } from '../../../lambda/domain/errors.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import type { WebhookRequest } from '../../../lambda/providers/provider.ts';
import { signWebhook } from '../../../lambda/providers/shared/proof/webhook.ts';
import { standardWebhooks } from '../../../lambda/providers/standard-webhooks/index.ts';
import { arrival, asRequest, providerContract } from '../../support/providers/contract.ts';

providerContract('standard-webhooks', { proofIn: 'webhook-signature' });

type Settings = Record<string, unknown>;
const options = (settings: Settings = {}) => parse(standardWebhooks.options, settings);
const AT = Date.UTC(2026, 4, 4, 10, 0, 0);
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const BODY = '{"type":"email.bounced","timestamp":"2026-05-04T10:00:00Z","data":{"email":"ada@example.com"}}';

const request = (headers: Record<string, string>, body = BODY): WebhookRequest =>
  asRequest({ method: 'POST', headers, body });
const verify = (given: WebhookRequest, over: { secrets?: string[]; now?: number; settings?: Settings } = {}) =>
  standardWebhooks.verify(given, {
    secrets: over.secrets ?? [SECRET],
    options: options(over.settings),
    now: over.now ?? AT,
    fetchText: () => Promise.reject(new Error('no fetch')),
  });
const refusal = (...args: Parameters<typeof verify>): string => {
  try {
    void verify(...args);
  } catch (error) {
    return (error as RefusedRequest).reason;
  }
  return 'accepted';
};

describe('standard-webhooks: signature', () => {
  const signed = signWebhook({ id: 'msg_1', at: AT, secret: SECRET }, BODY);
  const signature = signed['webhook-signature'] as string;
  const withSignature = (value: string) => request({ ...signed, 'webhook-signature': value });

  test('both header sets are read, the branded one first, and never mixed', () => {
    const svix = signWebhook({ id: 'msg_1', at: AT, secret: SECRET }, BODY, 'svix');
    expect(verify(request(svix))).toEqual({ secretIndex: 0 });
    expect(verify(request({ ...signed, 'svix-id': 'other' }))).toEqual({ secretIndex: 0 });
    expect(refusal(request({ ...signed, ...svix, 'svix-signature': 'v1,AAAA' }))).toBe('bad-proof');
    const { 'svix-id': _id, ...half } = svix;
    expect(refusal(request({ ...half, 'webhook-id': 'msg_1' }))).toBe('missing-proof');
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s it is refused', (name) => {
    const { [name]: _gone, ...rest } = signed;
    expect(refusal(request(rest))).toBe('missing-proof');
  });

  test('one good signature among several is enough; unknown versions and broken entries are passed over', () => {
    const other = signWebhook({ id: 'msg_1', at: AT, secret: `whsec_${Buffer.alloc(24, 9).toString('base64')}` }, BODY);
    expect(verify(withSignature(`v9,abcd ${other['webhook-signature']} v1,??? v1 ${signature}`))).toEqual({
      secretIndex: 0,
    });
    const value = signature.slice('v1,'.length);
    for (const bad of [value, `v2,${value}`, `v1a,${value}`, `v1,${value},`, `v1,${value}x`, 'v1,', ' ']) {
      expect(refusal(withSignature(bad))).toMatch(/bad-proof|missing-proof/);
    }
  });

  test('an id with a dot could be read in two ways', () => {
    const dotted = signWebhook({ id: 'msg.1', at: AT, secret: SECRET }, BODY);
    expect(refusal(request(dotted))).toBe('bad-proof');
  });

  test.each([
    [300, 'accepted'],
    [301, 'stale'],
    [-300, 'accepted'],
    [-301, 'stale'],
  ])('signed %d s away: %s', (seconds, expected) => {
    expect(refusal(request(signed), { now: AT + seconds * 1000 })).toBe(expected);
  });

  test('a wrong key is said before a wrong age, so that a rotated key is looked for', () => {
    const secrets = [`whsec_${Buffer.alloc(24, 1).toString('base64')}`];
    expect(refusal(request(signed), { now: AT + 3_600_000, secrets })).toBe('bad-proof');
  });

  test('the secret with and without its prefix, or as text where the sender means that', () => {
    expect(verify(request(signed), { secrets: [SECRET.slice('whsec_'.length)] })).toEqual({ secretIndex: 0 });
    expect(verify(request(signed), { secrets: [`${SECRET}\n`] })).toEqual({ secretIndex: 0 });
    const text = signWebhook({ id: 'msg_1', at: AT, secret: 'whsec_not base64!', encoding: 'utf8' }, BODY);
    const utf8: Settings = { secretEncoding: 'utf8' };
    expect(verify(request(text), { secrets: ['whsec_not base64!'], settings: utf8 })).toEqual({ secretIndex: 0 });
    expect(refusal(request(text), { secrets: ['whsec_not base64!'] })).toBe('secret-unreadable');
  });

  describe('v1a', () => {
    const pair = generateKeyPairSync('ed25519');
    const raw = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).subarray(-32);
    const open = `whpk_${raw(pair.publicKey).toString('base64')}`;
    const asymmetric = sign(null, Buffer.from(`msg_1.${AT / 1000}.${BODY}`), pair.privateKey).toString('base64');

    test('an Ed25519 signature is checked with the public key', () => {
      expect(verify(withSignature(`v1a,${asymmetric}`), { secrets: [open] })).toEqual({ secretIndex: 0 });
      expect(verify(withSignature(`${signature} v1a,${asymmetric}`), { secrets: [SECRET, open] })).toEqual({
        secretIndex: 0,
      });
      expect(
        refusal(request({ ...signed, 'webhook-signature': `v1a,${asymmetric}` }, `${BODY} `), { secrets: [open] }),
      ).toBe('bad-proof');
    });

    test('a public key is never an HMAC key, a private key or half a key is none at all', () => {
      for (const [secret, encoding] of [
        [open, 'utf8'],
        [open.slice('whpk_'.length), 'utf8'],
        [open.slice('whpk_'.length), 'base64'],
      ] as const) {
        const forged = request(signWebhook({ id: 'msg_1', at: AT, secret, encoding }, BODY));
        for (const secretEncoding of ['base64', 'utf8'])
          expect(refusal(forged, { secrets: [open], settings: { secretEncoding } })).toBe('bad-proof');
      }
      for (const secret of ['whpk_AAAA', 'whpk_', open.replace('whpk_', 'whsk_'), 'whsec_']) {
        expect(refusal(withSignature(`v1a,${asymmetric}`), { secrets: [secret] })).toBe('secret-unreadable');
      }
    });
  });
});

describe('standard-webhooks: mapping', () => {
  const normalise = (event: object, settings: Settings = {}, meta: Record<string, string> = { id: 'msg_1' }) =>
    standardWebhooks.normalise(JSON.stringify(event), { options: options(settings), meta })[0];

  test('the usual places and words', () => {
    const event = {
      type: 'email.bounced',
      timestamp: '2026-05-04T10:00:00Z',
      data: {
        email: 'ada@example.com',
        message_id: 'm1',
        bounce_type: 'hard',
        reason: '550 5.1.1 User unknown',
        tags: ['welcome'],
        metadata: { order: 17, __proto__: null },
      },
    };
    expect(normalisedEvent(normalise(event) as never, arrival('standard-webhooks'))).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      source: 'standard-webhooks',
      provider: 'standard-webhooks',
      providerEvent: 'email.bounced',
      providerEventId: 'msg_1',
      recipient: 'ada@example.com',
      messageId: 'm1',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      smtpCode: 550,
      smtpStatus: '5.1.1',
      diagnostic: '550 5.1.1 User unknown',
      tags: ['welcome'],
      metadata: { order: '17' },
    });
  });

  test('places and words of its own', () => {
    const settings: Settings = {
      paths: {
        type: 'kind',
        time: ['when.at', 'when.sent'],
        recipient: 'who.0.address',
        messageId: 'data.mail',
        id: 'uid',
      },
      types: {
        'mail:gone': { type: 'bounced', bounceClass: 'hard', bounceCause: 'domain' },
        optout: { type: 'unsubscribed', scope: 'list:weekly' },
        'email.bounced': 'deferred',
      },
    };
    const event = {
      kind: 'mail:gone',
      when: { sent: 1777888800 },
      who: [{ address: 'ada@example.com' }],
      data: { mail: 'm' },
    };
    expect(normalise(event, settings)).toEqual({
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'domain',
      providerEvent: 'mail:gone',
      providerEventId: 'msg_1',
      recipient: 'ada@example.com',
      occurredAt: AT,
      messageId: 'm',
      identity: ['msg_1'],
    });
    expect(normalise({ ...event, kind: 'OPTOUT' }, settings)).toMatchObject({
      type: 'unsubscribed',
      scope: 'list:weekly',
    });
    expect(normalise({ ...event, kind: 'email.bounced' }, settings)?.type).toBe('deferred');
    // A place of its own replaces the usual ones.
    expect(normalise({ type: 'email.opened' }, settings)?.type).toBe('unknown');
  });

  test('a delivery without its id is the same as its own twin only', () => {
    const event = { type: 'email.opened', data: { email: 'ada@example.com' } };
    expect(normalise(event, {}, {})?.identity).toEqual(normalise(event, {}, {})?.identity);
    expect(normalise(event, {}, {})?.identity).not.toEqual(normalise({ ...event, x: 1 }, {}, {})?.identity);
  });

  test.each<[string, unknown]>([
    ['an unknown place', { paths: { recipients: 'data.email' } }],
    ['an empty path', { paths: { recipient: '' } }],
    ['a path with an empty part', { paths: { recipient: 'data..email' } }],
    ['a type outside the vocabulary', { types: { x: 'bounce' } }],
    ["an operator's act", { types: { x: 'suppressed' } }],
    ['an odd scope', { types: { x: { type: 'unsubscribed', scope: 'weekly' } } }],
    ['an unknown encoding', { secretEncoding: 'hex' }],
    ['an unknown option', { header: 'x' }],
  ])('settings refuse %s', (_name, settings) => {
    expect(() => parse(standardWebhooks.options, settings)).toThrow();
  });

  test('settings that were parsed once parse the same again', () => {
    const once = options({ paths: { recipient: 'a.b' } });
    expect(parse(standardWebhooks.options, JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});
