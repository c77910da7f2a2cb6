import { createHash, randomBytes } from 'node:crypto';
import { RefusedRequest } from '../../../domain/errors.ts';
import type { KeyPair, Proof, WebhookRequest } from '../../provider.ts';
import { matchSecret, sameBytes, UnusableSecret } from './signature.ts';

/**
 * Proof by a secret that the ESP repeats with every request, for ESPs that sign nothing. The stored value says where it travels:
 * `user:password` (basic), `bearer:<token>`, `header:<Name>:<value>`, `query:<name>:<value>`.
 */
type Carrier =
  | { readonly in: 'basic'; readonly value: string }
  | { readonly in: 'bearer'; readonly value: string }
  | { readonly in: 'header' | 'query'; readonly name: string; readonly value: string };

/** What an operator is told to paste. */
export const SHARED_SECRET_FORM = 'user:password, bearer:<token>, header:<Name>:<value> or query:<name>:<value>';

/** @throws RefusedRequest `missing-proof`, `bad-proof`, or `secret-unreadable` where no stored value has one of the forms. */
export function verifySharedSecret(request: WebhookRequest, secrets: readonly string[]): Proof {
  let presented = false;
  const matches = (secret: string): boolean => {
    const carrier = parse(secret);
    const value = present(request, carrier);
    presented ||= value !== undefined;
    return value !== undefined && sameBytes(digest(value), digest(carrier.value));
  };
  try {
    return matchSecret(secrets, matches, 'The credentials do not match those stored for this source.');
  } catch (error) {
    if (error instanceof RefusedRequest && error.reason === 'bad-proof' && !presented) {
      throw new RefusedRequest(
        'missing-proof',
        'The request carries no credentials. Are they set on this webhook at the ESP?',
      );
    }
    throw error;
  }
}

/** Headers and query that present `secret`, for samples. */
export function presentSecret(secret: string): { readonly headers: Record<string, string>; readonly query?: string } {
  const carrier = parse(secret);
  switch (carrier.in) {
    case 'basic':
      return { headers: { authorization: `Basic ${Buffer.from(carrier.value).toString('base64')}` } };
    case 'bearer':
      return { headers: { authorization: `Bearer ${carrier.value}` } };
    case 'header':
      return { headers: { [carrier.name]: carrier.value } };
    case 'query':
      return { headers: {}, query: new URLSearchParams({ [carrier.name]: carrier.value }).toString() };
  }
}

/** A throwaway `user:password`. */
export function basicKey(): KeyPair {
  const secret = `quell:${randomBytes(18).toString('base64url')}`;
  return { secret, signingKey: secret };
}

/** `fresh`, a `user:password`, with its password carried as `secret` is: `query:key:old` becomes `query:key:<password>`. */
export const renewed = (secret: string, fresh: string): string =>
  secret.slice(0, secret.length - secretPart(secret).length) + secretPart(fresh);

/** What nobody else knows of it: the password, the token, the header's or the parameter's value. Of any other text, all. */
export function secretPart(secret: string): string {
  return /^(?:bearer:|(?:header|query):[^:]*:|[^:]*:)(.*)$/s.exec(secret)?.[1] ?? secret;
}

function parse(secret: string): Carrier {
  const [kind = '', name = '', ...rest] = secret.split(':');
  if (kind === 'bearer' && name !== '') return { in: 'bearer', value: secret.slice('bearer:'.length) };
  if ((kind === 'header' || kind === 'query') && name !== '' && rest.join(':') !== '') {
    return { in: kind, name: kind === 'header' ? name.toLowerCase() : name, value: rest.join(':') };
  }
  if (kind === '' || name === '' || ['bearer', 'header', 'query'].includes(kind))
    throw new UnusableSecret('not a shared secret');
  return { in: 'basic', value: secret };
}

function present(request: WebhookRequest, carrier: Carrier): string | undefined {
  if (carrier.in === 'query') return new URLSearchParams(request.query).get(carrier.name) ?? undefined;
  if (carrier.in === 'header')
    return Object.hasOwn(request.headers, carrier.name) ? request.headers[carrier.name] : undefined;
  const scheme = carrier.in === 'basic' ? /^basic\s+(\S+)$/i : /^bearer\s+(\S+)$/i;
  const given = scheme.exec(request.headers.authorization ?? '')?.[1];
  return given !== undefined && carrier.in === 'basic' ? Buffer.from(given, 'base64').toString() : given;
}

/** Digests of one length, so that the comparison takes the same time whatever the lengths. */
const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
