import { sendgrid } from '../../../../lambda/providers/sendgrid/index.ts';
import { signSendGrid } from '../../driver.ts';
import { after, type Desk, header, json, nextId, off, on, page, type Route, startDesk } from '../desk.ts';

const SINCE = 1_772_359_200;

const SENDGRID = ['bounces', 'spam_reports', 'invalid_emails', 'unsubscribes'];

const sendgridLists: Route = (asked, desk) => {
  const name = SENDGRID.find((one) => asked.path === `/v3/suppression/${one}`);
  if (name && asked.method === 'GET') {
    const all = on(desk, name).filter(({ address }) => (asked.query.get('email') ?? address) === address);
    return { json: page(all, asked, 'limit').map(({ address: email }) => ({ email, created: SINCE })) };
  }
  if (asked.path === '/v3/asm/suppressions')
    return { json: on(desk, 'groups').map(({ address: email }) => ({ email, group_id: 42, created_at: SINCE })) };
  if (asked.path === '/v3/asm/suppressions/global' && asked.method === 'POST') {
    for (const address of json(asked).recipient_emails as string[]) desk.kept.push({ list: 'unsubscribes', address });
    return { status: 201, json: {} };
  }
  const global = after(asked, '/v3/asm/suppressions/global/');
  if (global !== undefined && asked.method === 'DELETE')
    return { status: off(desk, 'unsubscribes', global) ? 204 : 404 };
  const groups = after(asked, '/v3/asm/suppressions/');
  if (groups !== undefined && asked.method === 'GET')
    return {
      json: { suppressions: [{ id: 42, suppressed: on(desk, 'groups').some(({ address }) => address === groups) }] },
    };
  const group = after(asked, '/v3/asm/groups/42/suppressions/');
  if (group !== undefined) return { status: off(desk, 'groups', group) ? 204 : 404 };
  const [, list = '', address = ''] = /^\/v3\/suppression\/(\w+)\/(.+)$/.exec(asked.path) ?? [];
  return list !== '' && list !== 'unsubscribes' && asked.method === 'DELETE'
    ? { status: off(desk, list, decodeURIComponent(address)) ? 204 : 404 }
    : undefined;
};

const SENDGRID_PAIR = sendgrid.generateKey();

const sendgridHooks: Route = async (asked, desk) => {
  const base = '/v3/user/webhooks/event/settings';
  if (asked.path === '/v3/user/webhooks/event/test') {
    const body = `[${JSON.stringify({ email: 'example@test.com', timestamp: Math.floor(Date.now() / 1000), event: 'processed', sg_event_id: 'test', sg_message_id: 'test.filter1.1' })}]`;
    await fetch(String(json(asked).url), {
      method: 'POST',
      headers: signSendGrid(body, SENDGRID_PAIR.signingKey),
      body,
    });
    return { status: 204 };
  }
  if (asked.path === `${base}/all`) return { json: { max_allowed: 1, webhooks: desk.hooks } };
  const events = Object.entries(json(asked)).flatMap(([name, value]) =>
    value === true && name !== 'enabled' ? [name] : [],
  );
  if (asked.path === base && asked.method === 'POST') {
    const hook = { id: nextId(desk), url: String(json(asked).url), events, secret: '' };
    desk.hooks.push(hook);
    return { status: 201, json: { id: hook.id, url: hook.url } };
  }
  const signed = after(asked, `${base}/signed/`);
  const hook = desk.hooks.find(({ id }) => id === (signed ?? after(asked, `${base}/`)));
  if (!hook) return undefined;
  if (signed !== undefined) {
    hook.secret = SENDGRID_PAIR.secret ?? '';
    return { json: { public_key: SENDGRID_PAIR.secret } };
  }
  if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  else Object.assign(hook, { url: String(json(asked).url), events });
  return { status: asked.method === 'DELETE' ? 204 : 200, json: asked.method === 'DELETE' ? undefined : hook };
};

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'sendgrid',
      domain: '',
      key: 'SG.sendgrid-key',
      names: { bounce: 'bounces', complaint: 'spam_reports' },
    },
    header('authorization', 'Bearer SG.sendgrid-key'),
    [sendgridLists, sendgridHooks],
  );
