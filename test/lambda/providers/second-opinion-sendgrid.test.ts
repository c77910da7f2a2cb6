import { expect, test } from '@jest/globals';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { asRequest } from '../../support/providers/contract.ts';

/** The vendor's own verifier accepts what our signer makes. The reverse cannot be had: only SendGrid signs. */
test('SendGrid: our sample passes the vendor verifier, a changed one does not', () => {
  const { secret = '', signingKey } = sendgrid.generateKey();
  const sample = sendgrid.sample({
    type: 'bounced',
    recipient: 'ada@example.com',
    at: Date.now(),
    id: 'a1',
    signingKey,
    options: {},
  });
  if (!sample) throw new Error('no sample');
  const { headers, body } = asRequest(sample);
  const vendor = new EventWebhook();
  const verifies = (payload: string): boolean =>
    vendor.verifySignature(
      vendor.convertPublicKeyToECDSA(secret),
      payload,
      headers['x-twilio-email-event-webhook-signature'] ?? '',
      headers['x-twilio-email-event-webhook-timestamp'] ?? '',
    );
  expect(verifies(body.toString())).toBe(true);
  expect(verifies(`${body.toString()} `)).toBe(false);
});
