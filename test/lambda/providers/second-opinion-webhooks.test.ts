import { describe, expect, test } from '@jest/globals';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { parse } from 'valibot';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Provider, WebhookRequest } from '../../../lambda/providers/provider.ts';
import { asRequest } from '../../support/providers/contract.ts';

/** The vendors' own libraries read the real clock: so do these tests. */
const now = () => Math.floor(Date.now() / 1000) * 1000;

const LIBRARIES = [
  ['svix', SvixWebhook],
  ['standardwebhooks', StandardWebhook],
] as const;

const BRANDED: Readonly<Record<string, 'svix' | 'webhook'>> = {
  resend: 'svix',
  'standard-webhooks': 'webhook',
  loops: 'webhook',
};

describe.each(Object.keys(BRANDED).filter((id) => PROVIDERS.has(id)))('%s: second opinion', (id) => {
  const provider = PROVIDERS.get(id) as Provider<unknown>;
  const options = parse(provider.options, {});
  const { secret = '', signingKey } = provider.generateKey();
  const verify = (request: WebhookRequest) =>
    provider.verify(request, { secrets: [secret], options, now: Date.now(), fetchText: () => Promise.reject() });
  const sample = provider.sample({
    type: 'bounced',
    recipient: 'ada@example.com',
    at: now(),
    id: 'a1b2c3',
    signingKey,
    options,
  });
  const brand = BRANDED[id] as string;
  const asStandard = (headers: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace(/^svix-/, 'webhook-'), value]));

  test.each(LIBRARIES)('what we sign passes %s', (_name, Webhook) => {
    const { body = '', headers = {} } = sample ?? {};
    expect(() => new Webhook(secret).verify(body, asStandard(headers))).not.toThrow();
    expect(() => new Webhook(secret).verify(`${body} `, asStandard(headers))).toThrow();
  });

  test.each(LIBRARIES)('what %s signs passes here', (_name, Webhook) => {
    const body = '{"type":"email.bounced","text":"\\u00e9 é \\n"}\n';
    const at = new Date(now());
    const headers = {
      [`${brand}-id`]: 'msg_1',
      [`${brand}-timestamp`]: String(at.getTime() / 1000),
      [`${brand}-signature`]: new Webhook(secret).sign('msg_1', at, body),
    };
    expect(verify(asRequest({ method: 'POST', headers, body }))).toEqual({ secretIndex: 0 });
    expect(() => verify(asRequest({ method: 'POST', headers, body: body.trim() }))).toThrow();
  });
});
