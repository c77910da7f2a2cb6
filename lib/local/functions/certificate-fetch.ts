/** Hosts that publish the certificates which SNS, and what speaks its protocol, signs with. */
const HOSTS = [/^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/, /^messaging\.s3\.[a-z-]+\.scw\.cloud$/];

/** Answers fetches of a signing certificate with this one; every other fetch goes its way. */
export function answerCertificates(pem: string): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (isCertificate(url)) return new Response(pem, { headers: { 'content-type': 'application/x-pem-file' } });
    return original(input, init);
  };
}

const isCertificate = ({ protocol, hostname, pathname }: URL): boolean =>
  protocol === 'https:' && pathname.endsWith('.pem') && HOSTS.some((host) => host.test(hostname));
