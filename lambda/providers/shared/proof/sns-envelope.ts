import { generateKeyPairSync, sign } from 'node:crypto';
import type { EpochMs } from '../../../contract/units.ts';
import { PoisonEvent } from '../../../domain/errors.ts';
import { parseJson, UnreadableJson } from '../../../domain/json.ts';
import type { Fields } from '../../../domain/read.ts';
import type { Control, KeyPair, SampleRequest } from '../../provider.ts';
import type { Digest } from './signature.ts';

/** The SNS envelope: JSON that is signed field by field. */

/** A message holds 256 KiB at most, and is JSON inside JSON: every quote and backslash of it twice. */
export const MAX_ENVELOPE_BYTES = 1024 * 1024;

/** What is signed, by message type, in byte order. An unsubscribe confirmation is signed like a subscription's. */
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const SIGNED: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['Notification', ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
  ['SubscriptionConfirmation', CONFIRMATION],
  ['UnsubscribeConfirmation', CONFIRMATION],
]);

export const DIGESTS: ReadonlyMap<unknown, Digest> = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

/** Headers that repeat what the body says; they are not signed themselves. */
export const REPEATED: readonly (readonly [string, string])[] = [
  ['x-amz-sns-message-type', 'Type'],
  ['x-amz-sns-message-id', 'MessageId'],
  ['x-amz-sns-topic-arn', 'TopicArn'],
];

/** Undefined where a signed field is missing or is no text. `Subject` is the one that may be absent; some senders write null. */
export function stringToSign(envelope: Fields): string | undefined {
  const names = SIGNED.get(envelope.Type);
  const present = names?.filter((name) => name !== 'Subject' || (envelope.Subject ?? undefined) !== undefined);
  if (!present?.every((name) => typeof envelope[name] === 'string')) return undefined;
  return present.map((name) => `${name}\n${envelope[name]}\n`).join('');
}

/** What an envelope carries: parsed JSON, or the text itself. */
export function messageOf(envelope: Fields): unknown {
  const { Message: message } = envelope;
  if (typeof message !== 'string') throw new PoisonEvent('The envelope carries no message.');
  try {
    return parseJson(message);
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    return message;
  }
}

/** The confirmation that a subscription waits for. */
export function confirmation(envelope: Fields): Control | undefined {
  const { Type: type, TopicArn: topicArn, Token: token } = envelope;
  if (type !== 'SubscriptionConfirmation' || typeof topicArn !== 'string' || typeof token !== 'string')
    return undefined;
  return { kind: 'confirm-subscription', topicArn, token };
}

/** An envelope's fields and their signature, as the publisher would write them. */
export function signEnvelope(envelope: Fields, signingKey: string, version: '1' | '2' = '2'): Fields {
  const signed = Buffer.from(stringToSign(envelope) ?? '');
  const signature = sign(DIGESTS.get(version), signed, signingKey).toString('base64');
  return { ...envelope, SignatureVersion: version, Signature: signature };
}

/** A notification as the publisher posts it. */
export function notification(
  message: string,
  about: { topicArn: string; certificateUrl: string; unsubscribeUrl: string; at: EpochMs; id: string; key: string },
): SampleRequest {
  const envelope: Fields = {
    Type: 'Notification',
    MessageId: about.id.padStart(32, '0').replace(/^(.{8})(.{4})(.{4})(.{4})(.*)$/, '$1-$2-$3-$4-$5'),
    TopicArn: about.topicArn,
    Message: message,
    Timestamp: new Date(about.at).toISOString(),
  };
  const signed = signEnvelope(envelope, about.key);
  return {
    method: 'POST',
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      ...Object.fromEntries(REPEATED.map(([header, name]) => [header, envelope[name] as string])),
    },
    body: JSON.stringify({ ...signed, SigningCertURL: about.certificateUrl, UnsubscribeURL: about.unsubscribeUrl }),
  };
}

/** A throwaway RSA key; the certificate that belongs to it is made by whoever serves it. */
export function envelopeKey(): KeyPair {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}
