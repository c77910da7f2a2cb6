import { after, type Desk, json, off, type Route, sheet, startDesk } from '../desk.ts';

const SES = '/v2/email/suppression/addresses';

const ses: Route = (asked, desk) => {
  const show = ({ list, address }: Desk['kept'][number]) => ({
    ...{ EmailAddress: address, Reason: list, LastUpdateTime: 1_772_359_200.123 },
  });
  const address = after(asked, `${SES}/`);
  if (asked.path === SES && asked.method === 'PUT') {
    const { EmailAddress, Reason } = json(asked);
    desk.kept.push({ list: String(Reason), address: String(EmailAddress) });
    return { json: {} };
  }
  if (asked.path === SES) {
    const found = sheet(desk, desk.kept, asked.query.get('NextToken'));
    if (!found) return { status: 400, json: { message: 'The token has expired.' } };
    const SuppressedDestinationSummaries = found.items.map(show);
    return { json: { SuppressedDestinationSummaries, ...(found.next && { NextToken: found.next }) } };
  }
  const found = desk.kept.find((one) => one.address === address);
  if (!found) return { status: 404, json: { message: 'not on the list' } };
  if (asked.method === 'DELETE') off(desk, found.list, found.address);
  return { json: asked.method === 'DELETE' ? {} : { SuppressedDestination: show(found) } };
};

const isSigned = ({ headers }: Parameters<Route>[0]): boolean =>
  /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-east-1\/ses\/aws4_request, SignedHeaders=\S*host\S*, Signature=[0-9a-f]{64}$/.test(
    headers.authorization ?? '',
  );

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'ses', domain: '', key: 'unused', names: { bounce: 'BOUNCE', complaint: 'COMPLAINT' } },
    isSigned,
    [ses],
  );
