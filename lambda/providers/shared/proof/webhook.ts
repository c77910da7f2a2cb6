import { createHash, randomBytes } from 'node:crypto';
import type { EpochMs } from '../../../contract/units.ts';
import { RefusedRequest } from '../../../domain/errors.ts';
import type { KeyPair, Proof, VerifyContext, WebhookRequest } from '../../provider.ts';
import { checkAge, fromBase64, hmac, matchSecret, sameBytes, UnusableSecret, verifyEd25519 } from './signature.ts';

/** Standard Webhooks and its brand Svix: HMAC-SHA256 or Ed25519 over `<id>.<timestamp>.<body>`, several signatures in one header. */

/** The branded set first; a request is read from one set only. */
const BRANDS = ['svix', 'webhook'] as const;
/** Each attempt is signed anew, retries included. */
const TOLERANCE_SECONDS = 300;

export const WEBHOOK_SECRET_FORM = 'whsec_ and base64, as the ESP shows it';

type SecretEncoding = 'base64' | 'utf8';

interface Delivery {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: string;
}

/** @throws RefusedRequest */
export function verifyWebhook(
  request: WebhookRequest,
  { secrets, now }: Pick<VerifyContext<unknown>, 'secrets' | 'now'>,
  encoding: SecretEncoding = 'base64',
): Proof {
  const delivery = deliveryOf(request);
  if (!delivery) {
    throw new RefusedRequest(
      'missing-proof',
      'The webhook-id, webhook-timestamp and webhook-signature headers (or the svix- ones) are not all there.',
    );
  }
  // With a dot in it, the signed text could be read in two ways.
  if (delivery.id.includes('.')) throw new RefusedRequest('bad-proof', 'The delivery id has a dot in it.');
  const proof = matchSecret(
    secrets,
    (secret) => signedWith(secret.trim(), encoding, delivery, request.body),
    'No signature matches. Is this the signing secret of this very endpoint?',
  );
  checkAge(delivery.timestamp, now, TOLERANCE_SECONDS);
  return proof;
}

/** The delivery id, which stays the same over retries: what `split` hands on as `meta`. */
export function deliveryMeta(request: WebhookRequest): { readonly id: string } | undefined {
  const delivery = deliveryOf(request);
  return delivery && { id: delivery.id };
}

/** Stands in for a lost delivery id. */
export const contentId = (raw: string): string => createHash('sha256').update(raw).digest('hex');

/** Headers of a delivery, signed with a `whsec_` secret. */
export function signWebhook(
  about: { readonly id: string; readonly at: EpochMs; readonly secret: string; readonly encoding?: SecretEncoding },
  body: string,
  brand: (typeof BRANDS)[number] = 'webhook',
): Record<string, string> {
  const timestamp = String(Math.floor(about.at / 1000));
  const key = hmacKey(about.secret, about.encoding ?? 'base64');
  return {
    'content-type': 'application/json',
    [`${brand}-id`]: about.id,
    [`${brand}-timestamp`]: timestamp,
    [`${brand}-signature`]: `v1,${hmac('sha256', key, `${about.id}.${timestamp}.${body}`).toString('base64')}`,
  };
}

/** A throwaway `whsec_` secret. */
export function webhookKey(): KeyPair {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  return { secret, signingKey: secret };
}

function deliveryOf({ headers }: WebhookRequest): Delivery | undefined {
  for (const brand of BRANDS) {
    const { [`${brand}-id`]: id, [`${brand}-timestamp`]: timestamp, [`${brand}-signature`]: signatures } = headers;
    if (id && timestamp && signatures) return { id, timestamp, signatures };
  }
  return undefined;
}

/** The form of the secret decides which kind of signature it can match: a public key must never serve as an HMAC key. */
function signedWith(secret: string, encoding: SecretEncoding, delivery: Delivery, body: Buffer): boolean {
  const head = Buffer.from(`${delivery.id}.${delivery.timestamp}.`);
  if (secret.startsWith('whpk_')) {
    const key = decoded(secret.slice('whpk_'.length));
    const signed = Buffer.concat([head, body]);
    return signatures(delivery, 'v1a').some((given) => verifyEd25519(key, signed, given));
  }
  const expected = hmac('sha256', hmacKey(secret, encoding), head, body);
  return signatures(delivery, 'v1').some((given) => sameBytes(given, expected));
}

/** Each may cost a look at the whole body: more than one per live key, twice over, no ESP sends. */
const MAX_SIGNATURES = 10;

/** Entries of one version; other versions and unreadable entries are passed over. */
const signatures = (delivery: Delivery, version: string): readonly Buffer[] =>
  delivery.signatures.split(' ', MAX_SIGNATURES).flatMap((entry) => {
    const [name, value, ...rest] = entry.split(',');
    return name === version && rest.length === 0 ? (fromBase64(value ?? '') ?? []) : [];
  });

function hmacKey(secret: string, encoding: SecretEncoding): Buffer {
  if (secret.startsWith('whsk_')) throw new UnusableSecret('a private key is no secret to check with');
  return encoding === 'utf8' ? Buffer.from(secret) : decoded(secret.replace(/^whsec_/, ''));
}

function decoded(base64: string): Buffer {
  const bytes = fromBase64(base64);
  if (!bytes || bytes.length === 0) throw new UnusableSecret('not base64');
  return bytes;
}
