import { after, CREATED, type Desk, header, json, off, type Route, sheet, startDesk } from '../desk.ts';
import { inUrl } from '../rest-hooks.ts';

const smtp2go: Route = (asked, desk) => {
  const { email_address, reasons, continue_token, start_date } = json(asked) as {
    email_address?: string;
    reasons?: string[];
    continue_token?: string;
    start_date?: string;
  };
  switch (asked.path) {
    case '/v3/suppression/view': {
      // By default the last thirty days only: none of these.
      const all = desk.kept.filter(({ address }) => start_date !== undefined && (email_address ?? address) === address);
      const found = sheet(desk, all, continue_token);
      if (!found)
        return {
          status: 400,
          json: { data: { error: 'token', error_code: 'E_ApiResponseCodes.NON_VALIDATING_IN_PAYLOAD' } },
        };
      const results = found.items.map(({ list, address }) => ({
        ...{ email_address: address, suppression_type: list, timestamp: CREATED },
      }));
      return { json: { data: { results, ...(found.next && { continue_token: found.next }) } } };
    }
    case '/v3/suppression/add':
      desk.kept.push({ list: 'manual', address: email_address ?? '' });
      return { json: { data: {} } };
    case '/v3/suppression/remove':
      for (const list of reasons ?? ['manual', 'spam']) off(desk, list, email_address ?? '');
      return { json: { data: {} } };
    default:
      return undefined;
  }
};

const smtp2goHooks: Route = (asked, desk) => {
  const action = after(asked, '/v3/webhook/');
  const { id, url, events } = json(asked) as { id?: number; url: string; events: string[] };
  const hook = desk.hooks.find((one) => one.id === String(id));
  if (action === 'view') return { json: { data: desk.hooks.map((one) => ({ id: Number(one.id), url: one.url })) } };
  if (action === 'add') desk.hooks.push({ id: String(100 + desk.hooks.length), events, ...inUrl(url) });
  if (action === 'edit' && hook) Object.assign(hook, { events, ...inUrl(url) });
  if (action === 'remove' && hook) desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  return action === undefined ? undefined : { json: { data: {} } };
};

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'smtp2go', domain: '', key: 'api-smtp2go', names: { bounce: 'bounce', complaint: 'spam' } },
    header('x-smtp2go-api-key', 'api-smtp2go'),
    [smtp2go, smtp2goHooks],
  );
