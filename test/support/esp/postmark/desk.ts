import { after, type Desk, header, json, nextId, off, type Route, startDesk } from '../desk.ts';

const postmarkLists: Route = (asked, desk) => {
  if (asked.path === '/message-streams')
    return {
      json: {
        MessageStreams: [
          { ID: 'outbound', MessageStreamType: 'Transactional' },
          { ID: 'inbound', MessageStreamType: 'Inbound' },
        ],
      },
    };
  const [, action] = /^\/message-streams\/outbound\/suppressions(\/dump|\/delete)?$/.exec(asked.path) ?? [undefined];
  if (!asked.path.startsWith('/message-streams/outbound/suppressions')) return undefined;
  if (action === '/dump') {
    const wanted = asked.query.get('EmailAddress');
    return {
      json: {
        Suppressions: desk.kept
          .filter(({ address }) => wanted === null || wanted.toLowerCase() === address.toLowerCase())
          .map(({ list, address }) => ({
            EmailAddress: address,
            SuppressionReason: list,
            Origin: 'Recipient',
            CreatedAt: '2026-03-01T10:00:00-05:00',
          })),
      },
    };
  }
  const addresses = (json(asked).Suppressions as { EmailAddress: string }[]).map(({ EmailAddress }) => EmailAddress);
  return {
    json: {
      Suppressions: addresses.map((EmailAddress) => {
        if (action === undefined) desk.kept.push({ list: 'ManualSuppression', address: EmailAddress });
        const locked = desk.kept.some((one) => one.address === EmailAddress && one.list === 'SpamComplaint');
        if (action === '/delete' && !locked)
          for (const one of [...desk.kept]) if (one.address === EmailAddress) off(desk, one.list, EmailAddress);
        return { EmailAddress, Status: action === undefined ? 'Suppressed' : locked ? 'Failed' : 'Deleted' };
      }),
    },
  };
};

const postmarkHooks: Route = (asked, desk) => {
  const id = after(asked, '/webhooks/');
  const { Url, HttpAuth, Triggers, MessageStream } = json(asked) as {
    Url: string;
    HttpAuth?: { Username: string; Password: string };
    Triggers?: Record<string, { Enabled: boolean }>;
    MessageStream?: string;
  };
  const facts = {
    url: Url,
    secret: HttpAuth ? `${HttpAuth.Username}:${HttpAuth.Password}` : '',
    events: Object.entries(Triggers ?? {}).flatMap(([name, { Enabled }]) => (Enabled ? [name] : [])),
  };
  if (asked.path === '/webhooks') {
    if (asked.method === 'GET')
      return {
        json: {
          Webhooks: desk.hooks.map((hook) => ({ ID: Number(hook.id), Url: hook.url, MessageStream: hook.stream })),
        },
      };
    desk.hooks.push({ id: nextId(desk), stream: MessageStream ?? 'outbound', ...facts });
    return { json: { ID: Number(desk.hooks.at(-1)?.id) } };
  }
  const hook = desk.hooks.find((one) => one.id === id);
  if (!hook) return undefined;
  if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  else Object.assign(hook, facts);
  return { json: { ID: Number(hook.id) } };
};

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    {
      provider: 'postmark',
      domain: '',
      key: 'postmark-key',
      names: { bounce: 'HardBounce', complaint: 'SpamComplaint' },
    },
    header('x-postmark-server-token', 'postmark-key'),
    [postmarkLists, postmarkHooks],
  );
