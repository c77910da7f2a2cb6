import { type Desk, header, off, on, type Route, sheet, startDesk } from '../desk.ts';

const mailgunLists: Route = (asked, desk) => {
  const [, name = '', address] =
    /^\/v3\/mg\.example\.com\/(bounces|complaints|unsubscribes)(?:\/(.+))?$/.exec(asked.path) ?? [];
  if (name === '') return undefined;
  const show = (who: string) => ({
    address: who,
    created_at: 'Sun, 01 Mar 2026 10:00:00 UTC',
    ...(name === 'unsubscribes' && { tags: ['*'] }),
  });
  if (asked.method === 'POST') {
    for (const { address: who } of JSON.parse(asked.body) as { address: string }[])
      desk.kept.push({ list: name, address: who });
    return { json: { message: 'added' } };
  }
  // Without an address it empties the list, as the real one does.
  if (asked.method === 'DELETE' && address === undefined) {
    desk.kept.splice(0);
    return { json: { message: 'all gone' } };
  }
  if (address === undefined) {
    const found = sheet(desk, on(desk, name), asked.query.get('p'));
    if (!found) return { status: 404, json: { message: 'page not found' } };
    // There is always a next one.
    return {
      json: {
        items: found.items.map((one) => show(one.address)),
        paging: { next: `https://api.mailgun.net${asked.path}?p=${found.end}` },
      },
    };
  }
  const who = decodeURIComponent(address);
  if (asked.method === 'DELETE') return off(desk, name, who) ? { json: {} } : { status: 404, json: {} };
  return on(desk, name).some((one) => one.address === who) ? { json: show(who) } : { status: 404, json: {} };
};

const mailgunHooks: Route = (asked, desk) => {
  if (asked.path === '/v5/accounts/http_signing_key' && asked.method === 'GET')
    return { json: { message: 'success', http_signing_key: 'f'.repeat(32) } };
  if (asked.path === '/v3/domains/mg.example.com/webhooks' && asked.method === 'GET') {
    const events = [...new Set(desk.hooks.flatMap((hook) => hook.events))];
    return {
      json: {
        webhooks: Object.fromEntries(
          events.map((event) => [
            event,
            { urls: desk.hooks.filter((hook) => hook.events.includes(event)).map(({ url }) => url) },
          ]),
        ),
      },
    };
  }
  if (asked.path !== '/v4/domains/mg.example.com/webhooks') return undefined;
  const form = new URLSearchParams(asked.body);
  const url = (asked.method === 'DELETE' ? asked.query : form).get('url') ?? '';
  const found = desk.hooks.find((hook) => hook.url === url);
  if (asked.method === 'DELETE')
    desk.hooks.splice(0, desk.hooks.length, ...desk.hooks.filter((hook) => hook !== found));
  else if (found) found.events = form.getAll('event_types');
  else if (asked.method === 'PUT') return { status: 404, json: {} };
  else desk.hooks.push({ id: url, url, events: form.getAll('event_types'), secret: 'f'.repeat(32) });
  return { json: { message: 'done' } };
};

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'mailgun',
      domain: 'mg.example.com',
      key: 'mailgun-key',
      names: { bounce: 'bounces', complaint: 'complaints' },
    },
    header('authorization', `Basic ${btoa('api:mailgun-key')}`),
    [mailgunLists, mailgunHooks],
  );
