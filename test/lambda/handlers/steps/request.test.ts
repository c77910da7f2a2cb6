import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { MAX_BODY_BYTES, type RuntimeConfig } from '../../../../lambda/contract/config.ts';
import type { Environment } from '../../../../lambda/contract/env.ts';
import { admitted, type Source, sourcesOf } from '../../../../lambda/handlers/receive/request.ts';
import { DEFAULT_POLICY } from '../../../../lib/settings/policy.ts';

/** Which requests may be looked at, and what is known of their source. */

const env = (topics: object = {}) =>
  ({ PUBLIC_URL: 'https://hooks.example.com', TOPIC_ARNS: JSON.stringify(topics) }) as Environment<'receive'>;
const sourceOf = (source: object, topics?: object): Source => {
  const config = {
    stage: 'test',
    eventRetentionDays: 35,
    policy: DEFAULT_POLICY,
    sources: { news: { provider: 'generic', options: {}, ...source } },
  };
  return sourcesOf(config as unknown as RuntimeConfig, env(topics)).get('news') as Source;
};
const event = (over: { body?: string; isBase64Encoded?: boolean; sourceIp?: string } = {}) =>
  ({
    headers: { 'content-type': 'application/json' },
    rawQueryString: 'a=1',
    requestContext: { http: { method: 'POST', sourceIp: over.sourceIp ?? '192.0.2.1' } },
    ...over,
  }) as unknown as APIGatewayProxyEventV2;
const refusal = (run: () => unknown): string => {
  try {
    run();
    return 'admitted';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

describe('sources', () => {
  test('each has its URL, and the topic that the stack made for it beside those that it names', () => {
    expect(sourceOf({}).webhookUrl).toBe('https://hooks.example.com/webhooks/v1/news');
    const ses = { provider: 'ses', options: { topicArns: ['named'], other: 1 } };
    expect(sourceOf(ses, { news: 'made' }).options).toEqual({ topicArns: ['named', 'made'], other: 1 });
    expect(sourceOf({ provider: 'ses' }, { news: 'made' }).options).toEqual({ topicArns: ['made'] });
    expect(sourceOf(ses, { another: 'made' }).options).toEqual(ses.options);
  });

  test('the heartbeat is one; a provider that the bundle lacks stops the start', () => {
    const config = { sources: {}, heartbeat: { provider: 'generic', options: {} } } as unknown as RuntimeConfig;
    expect([...sourcesOf(config, env()).keys()]).toEqual(['quell-heartbeat']);
    expect(() => sourceOf({ provider: 'nobody' })).toThrow('source news: provider nobody is not in this bundle');
  });
});

describe('addresses', () => {
  test.each([
    ['no list', undefined, '198.51.100.9', 'admitted'],
    ['one of IPv4', ['192.0.2.1'], '192.0.2.1', 'admitted'],
    ['the next one', ['192.0.2.1'], '192.0.2.0', 'address-not-allowed'],
    ['the one after', ['192.0.2.1'], '192.0.2.2', 'address-not-allowed'],
    ['in a net', ['198.51.100.0/24', '192.0.2.0/31'], '192.0.2.1', 'admitted'],
    ['outside of it', ['192.0.2.0/31'], '192.0.2.2', 'address-not-allowed'],
    ['one of IPv6', ['2001:db8::1'], '2001:db8::1', 'admitted'],
    ['the next of IPv6', ['2001:db8::1'], '2001:db8::', 'address-not-allowed'],
    ['in a net of IPv6', ['2001:db8::/32'], '2001:db8:ffff::9', 'admitted'],
    ['outside of that', ['2001:db8::/32'], '2001:db9::9', 'address-not-allowed'],
    ['of the other family', ['192.0.2.0/24'], '2001:db8::1', 'address-not-allowed'],
    ['an empty list', [], '192.0.2.1', 'address-not-allowed'],
  ])('%s: %j and %s', (_name, allowIps, sourceIp, expected) => {
    expect(refusal(() => admitted(sourceOf({ allowIps }), event({ sourceIp })))).toBe(expected);
  });
});

describe('bodies', () => {
  test('the very bytes, however they come', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    const request = admitted(sourceOf({}), event({ body: bytes.toString('base64'), isBase64Encoded: true }));
    expect(request).toEqual({
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/json' },
      query: 'a=1',
    });
    expect(admitted(sourceOf({}), event({ body: 'ü' })).body).toEqual(Buffer.from('ü'));
    expect(admitted(sourceOf({}), event()).body).toEqual(Buffer.alloc(0));
  });

  test.each([
    ['as text', (size: number) => ({ body: 'x'.repeat(size) })],
    ['as bytes', (size: number) => ({ body: Buffer.alloc(size).toString('base64'), isBase64Encoded: true })],
    [
      'as text of two bytes a letter',
      (size: number) => ({ body: 'ü'.repeat(Math.floor(size / 2)) + 'x'.repeat(size % 2) }),
    ],
  ])('%s: as many as there may be, and no more', (_name, of) => {
    const most = sourceOf({}).provider.maxBodyBytes ?? MAX_BODY_BYTES;
    for (const less of [0, 1, 2, 3])
      expect(admitted(sourceOf({}), event(of(most - less))).body).toHaveLength(most - less);
    for (const more of [1, 2, 3, 4])
      expect(refusal(() => admitted(sourceOf({}), event(of(most + more))))).toBe('too-large');
  });

  test.each(['ses', 'mailgun', 'unisender-go'])('of an ESP that never sends so much, fewer: %s', (provider) => {
    const { maxBodyBytes = 0 } = sourceOf({ provider }).provider;
    expect(maxBodyBytes).toBeGreaterThan(0);
    expect(maxBodyBytes).toBeLessThan(MAX_BODY_BYTES);
    const refused = () => admitted(sourceOf({ provider }), event({ body: 'x'.repeat(maxBodyBytes + 1) }));
    expect(refused).toThrow(`The body is larger than ${maxBodyBytes} bytes.`);
  });
});
