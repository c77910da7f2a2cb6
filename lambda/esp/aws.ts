import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Checksum, HashConstructor, Provider } from '@smithy/types';
import type { Unsigned } from './send.ts';

/** How requests to an ESP that is AWS itself are signed: with the credentials and in the Region of everything else. */
export interface AwsLine {
  readonly base: URL;
  sign(request: Unsigned): Promise<Readonly<Record<string, string>>>;
}

interface AwsPlace {
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | Provider<AwsCredentialIdentity>;
  /** In place of the service's address in the Region. */
  readonly endpoint?: string | undefined;
}

export function signedAt({ region, credentials, endpoint }: AwsPlace, service: string): AwsLine {
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 as HashConstructor });
  return {
    base: new URL(
      endpoint ?? `https://email.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
    ),
    async sign({ method, url, headers, body }) {
      const { protocol, hostname, pathname, searchParams, host } = url;
      const request = {
        ...{ method, protocol, hostname, path: pathname, query: Object.fromEntries(searchParams) },
        headers: { ...headers, host },
        ...(body !== undefined && { body }),
      };
      return (await signer.sign(request)).headers;
    },
  };
}

/** The hash that the signer asks for, of this runtime. */
class Sha256 implements Checksum {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('each is used once');
  }
}
