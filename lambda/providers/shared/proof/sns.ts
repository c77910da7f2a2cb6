import { type KeyObject, X509Certificate } from 'node:crypto';
import type { EpochMs } from '../../../contract/units.ts';
import { FetchRefused, RefusedRequest } from '../../../domain/errors.ts';
import { fields } from '../../../domain/read.ts';
import type { Proof, VerifyContext, WebhookRequest } from '../../provider.ts';
import { bodyJson } from '../body.ts';
import { fromBase64, verifySignature } from './signature.ts';
import { DIGESTS, REPEATED, stringToSign } from './sns-envelope.ts';

interface SnsRules {
  /** The exact topics that may speak: a valid signature alone only proves that some topic of somebody's sent it. */
  readonly topicArns: readonly string[];
  readonly allowSignatureV1: boolean;
  /** Whether this is an address at which the publisher of `region` keeps its signing certificates. */
  readonly isCertificateUrl: (url: URL, region: string) => boolean;
}

/**
 * Proves that an allowed topic sent this. Nothing is fetched before the topic is known to be allowed. The publish time is not renewed
 * on retries, so that no age is enforced.
 * @throws RefusedRequest
 */
export async function verifyEnvelope(
  request: WebhookRequest,
  { now, fetchText }: Pick<VerifyContext<unknown>, 'now' | 'fetchText'>,
  rules: SnsRules,
): Promise<Proof> {
  if (request.headers['x-amz-sns-rawdelivery'] !== undefined) {
    throw new RefusedRequest(
      'missing-proof',
      'Raw message delivery removes the signature: switch it off on the subscription.',
    );
  }
  const envelope = fields(bodyJson(request).value);
  const signed = stringToSign(envelope);
  if (signed === undefined) throw new RefusedRequest('missing-proof', 'The body is not a signed SNS message.');
  if (REPEATED.some(([header, name]) => (request.headers[header] ?? envelope[name]) !== envelope[name]))
    throw new RefusedRequest('bad-proof', 'The x-amz-sns headers and the body disagree.');

  const topicArn = envelope.TopicArn as string;
  if (!rules.topicArns.includes(topicArn)) {
    throw new RefusedRequest(
      'topic-not-allowed',
      rules.topicArns.length === 0
        ? 'No topic may speak for this source yet: put its ARN into topicArns, or set createTopic.'
        : "This topic is not among the source's topicArns.",
    );
  }
  const digest = DIGESTS.get(envelope.SignatureVersion);
  if (!digest || (digest === 'sha1' && !rules.allowSignatureV1)) {
    throw new RefusedRequest(
      'bad-proof',
      'This signature version is not accepted: set the topic attribute SignatureVersion to 2.',
    );
  }
  const key = await certificateKey(certificateUrl(envelope.SigningCertURL, topicArn, rules), now, fetchText);
  if (!verifySignature(digest, key, Buffer.from(signed), signatureBytes(envelope.Signature)))
    throw new RefusedRequest('bad-proof', 'The signature does not match the message.');
  return {};
}

/** Only the one way to write the bytes is taken. */
function signatureBytes(signature: unknown): Buffer {
  const bytes = typeof signature === 'string' ? fromBase64(signature) : undefined;
  if (!bytes || bytes.toString('base64') !== signature)
    throw new RefusedRequest('missing-proof', 'The message carries no readable signature.');
  return bytes;
}

function certificateUrl(given: unknown, topicArn: string, rules: SnsRules): string {
  // Compared with its own parsed form: no credentials, dots, odd slashes or escapes that two parsers could read in two ways.
  if (typeof given === 'string' && URL.canParse(given)) {
    const url = new URL(given);
    const plain = url.protocol === 'https:' && `https://${url.hostname}${url.pathname}` === given;
    if (plain && rules.isCertificateUrl(url, topicArn.split(':')[3] ?? '')) return given;
  }
  throw new RefusedRequest('bad-proof', "The signing certificate is not at the publisher's own address.");
}

interface Certificate {
  readonly key: KeyObject;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** By address: a rotated certificate has another one. Failures are not kept. */
const certificates = new Map<string, Certificate>();
const MAX_CERTIFICATES = 20;

async function certificateKey(
  url: string,
  now: EpochMs,
  fetchText: VerifyContext<unknown>['fetchText'],
): Promise<KeyObject> {
  let certificate = certificates.get(url);
  if (!certificate) {
    try {
      const parsed = new X509Certificate(await fetchText(url));
      certificate = { key: parsed.publicKey, from: Date.parse(parsed.validFrom), to: Date.parse(parsed.validTo) };
    } catch (error) {
      // Whoever sends chose the address: one at which nothing stands is no fault of ours or of the publisher.
      if (error instanceof FetchRefused && error.isFinal)
        throw new RefusedRequest('bad-proof', 'There is no signing certificate at the address that the message names.');
      throw new RefusedRequest('cannot-verify', 'The signing certificate could not be fetched right now.');
    }
    if (certificates.size >= MAX_CERTIFICATES) certificates.clear();
    certificates.set(url, certificate);
  }
  if (certificate.key.asymmetricKeyType === 'rsa' && now >= certificate.from && now <= certificate.to)
    return certificate.key;
  certificates.delete(url);
  throw new RefusedRequest('bad-proof', 'The signing certificate is not valid today.');
}
