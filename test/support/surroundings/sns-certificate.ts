import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { generate } from 'selfsigned';

export interface SnsCertificate {
  readonly certificate: string;
  readonly signingKey: string;
}

/** A self-signed certificate of a new RSA key, or of the one given (PKCS #8 PEM), as SNS publishes its own. */
export async function snsCertificate(
  given: { readonly signingKey?: string; readonly from?: Date; readonly to?: Date } = {},
): Promise<SnsCertificate> {
  const signingKey = given.signingKey ?? newKey();
  const publicKey = createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }) as string;
  const { cert } = await generate([{ name: 'commonName', value: 'sns.example.com' }], {
    algorithm: 'sha256',
    keyPair: { privateKey: signingKey, publicKey },
    notBeforeDate: given.from ?? new Date(Date.UTC(2020, 0, 1)),
    notAfterDate: given.to ?? new Date(Date.UTC(2045, 0, 1)),
  });
  return { certificate: cert, signingKey };
}

const newKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
