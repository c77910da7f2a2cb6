import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Webhook as LettermintWebhook } from 'lettermint';
import { verifyWebhookSignature } from 'mailtrap';
import { parse } from 'valibot';
import { lettermint } from '../../../lambda/providers/lettermint/index.ts';
import { mailtrap } from '../../../lambda/providers/mailtrap/index.ts';
import { asRequest } from '../../support/providers/contract.ts';

/** Vendors' own packages: their verifiers accept what our signers make, and ours what is signed as their documentation says. */

const AT = Math.floor(Date.now() / 1000) * 1000;

test('Mailtrap: our sample passes the vendor verifier, a changed one does not; a body signed by hand passes ours', () => {
  const { secret = '', signingKey } = mailtrap.generateKey();
  const options = parse(mailtrap.options, {});
  const sample = mailtrap.sample({
    type: 'bounced',
    recipient: 'ada@example.com',
    at: AT,
    id: 'a1',
    signingKey,
    options,
  });
  if (!sample) throw new Error('no sample');
  const { headers, body } = asRequest(sample);
  expect(verifyWebhookSignature(body, headers['mailtrap-signature'] ?? '', secret)).toBe(true);
  expect(
    verifyWebhookSignature(Buffer.concat([body, Buffer.from(' ')]), headers['mailtrap-signature'] ?? '', secret),
  ).toBe(false);

  const other = Buffer.from('{"events":[]}');
  const signature = createHmac('sha256', secret).update(other).digest('hex');
  expect(verifyWebhookSignature(other, signature, secret)).toBe(true);
  const request = { method: 'POST', query: '', body: other, headers: { 'mailtrap-signature': signature } };
  expect(
    mailtrap.verify(request, {
      secrets: [secret],
      options,
      now: AT,
      fetchText: () => Promise.reject(new Error('none')),
    }),
  ).toEqual({
    secretIndex: 0,
  });
});

test('Lettermint: our sample passes the vendor verifier, a changed one does not', () => {
  const { secret = '', signingKey } = lettermint.generateKey();
  const sample = lettermint.sample({
    type: 'bounced',
    recipient: 'ada@example.com',
    at: AT,
    id: 'a1',
    signingKey,
    options: {},
  });
  if (!sample) throw new Error('no sample');
  const { headers, body } = asRequest(sample);
  const vendor = new LettermintWebhook(secret);
  const signature = headers['x-lettermint-signature'] ?? '';
  expect(vendor.verify(body.toString(), signature)).toBeDefined();
  expect(() => vendor.verify(`${body.toString()} `, signature)).toThrow();
});
