import { after, CREATED, type Desk, header, json, nextId, off, page, type Route, startDesk } from '../desk.ts';

const brevo: Route = (asked, desk) => {
  if (asked.path === '/v3/smtp/blockedContacts')
    return {
      json: {
        count: desk.kept.length,
        contacts: page(desk.kept, asked, 'limit').map(({ list, address }) => ({
          email: address,
          senderEmail: '',
          reason: { code: list },
          blockedAt: CREATED,
        })),
      },
    };
  const address = after(asked, '/v3/smtp/blockedContacts/');
  if (address !== undefined)
    return { status: desk.kept.some((one) => one.address === address && off(desk, one.list, address)) ? 204 : 404 };
  const {
    url,
    events,
    headers = [],
  } = json(asked) as { url: string; events: string[]; headers?: { key: string; value: string }[] };
  const secret = atob((headers.find(({ key }) => key === 'authorization')?.value ?? '').replace('Basic ', ''));
  if (asked.path === '/v3/webhooks' && asked.method === 'GET')
    return desk.hooks.length === 0
      ? { status: 404, json: { code: 'document_not_found' } }
      : { json: { webhooks: desk.hooks.map(({ id, url: where }) => ({ id: Number(id), url: where })) } };
  if (asked.path === '/v3/webhooks') {
    desk.hooks.push({ id: nextId(desk), url, events, secret });
    return { status: 201, json: { id: Number(desk.hooks.at(-1)?.id) } };
  }
  const hook = desk.hooks.find(({ id }) => id === after(asked, '/v3/webhooks/'));
  if (!hook) return undefined;
  if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  else Object.assign(hook, { url, events, secret });
  return { status: 204 };
};

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'brevo',
      domain: '',
      key: 'xkeysib-key',
      names: { bounce: 'hardBounce', complaint: 'contactFlaggedAsSpam' },
    },
    header('api-key', 'xkeysib-key'),
    [brevo],
  );
