import type { CertificateAnswer } from './child-protocol.ts';

/** Answers fetches of a signing certificate with this one; every other fetch goes its way. */
export function answerCertificates({ pem, hosts }: CertificateAnswer): void {
  const publishers = hosts.map((host) => new RegExp(host));
  const isCertificate = ({ protocol, hostname, pathname }: URL): boolean =>
    protocol === 'https:' && pathname.endsWith('.pem') && publishers.some((host) => host.test(hostname));
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (isCertificate(url)) return new Response(pem, { headers: { 'content-type': 'application/x-pem-file' } });
    return original(input, init);
  };
}
