import { after, type Desk, json, type KeptHook, nextId, type Route } from './desk.ts';

/** A URL that carries a user and a password, as the ESP would use it. */
export function inUrl(url: string): { readonly url: string; readonly secret: string } {
  const at = new URL(url);
  return { url, secret: `${decodeURIComponent(at.username)}:${decodeURIComponent(at.password)}` };
}

export interface HookApi {
  readonly root: string;
  /** Header lines are its own: `Name: value`. */
  read(body: Record<string, unknown>): Pick<KeptHook, 'url' | 'events' | 'secret'>;
  /** What it answers to a list, and to the making of one. */
  list(hooks: readonly KeptHook[]): unknown;
  made?(hook: KeptHook): unknown;
  shown?(hook: KeptHook): unknown;
}

/** Webhooks as most ESPs keep them: a collection, and each by its id. */
export const restHooks =
  ({ root, read, list, made, shown }: HookApi): Route =>
  (asked, desk) => {
    if (asked.path === root && asked.method === 'GET') return { json: list(desk.hooks) };
    if (asked.path === root) {
      const hook = { id: nextId(desk), ...read(json(asked)) };
      desk.hooks.push(hook);
      return { status: 201, json: made?.(hook) ?? {} };
    }
    const [id, action] = (after(asked, `${root}/`) ?? '').split('/');
    const hook = desk.hooks.find((one) => one.id === id);
    if (!hook) return undefined;
    if (action === 'test') return { json: {} };
    if (asked.method === 'DELETE') desk.hooks.splice(desk.hooks.indexOf(hook), 1);
    else if (asked.method !== 'GET') Object.assign(hook, given(read(json(asked)), hook));
    return { status: asked.method === 'DELETE' ? 204 : 200, json: shown?.(hook) ?? {} };
  };

/** What an update says nothing of stays. */
const given = (told: Pick<KeptHook, 'url' | 'events' | 'secret'>, { secret }: KeptHook) => ({
  ...told,
  secret: told.secret || secret,
});

export const ticked = (body: Record<string, unknown>, prefix: string): string[] =>
  Object.entries(body).flatMap(([name, value]) => (name.startsWith(prefix) && value === true ? [name] : []));

export const words = (value: unknown): string[] => (value as string[] | undefined) ?? [];

/** One webhook for each event, as Mailjet has them. */
export const hookForEach: Route = (asked, desk: Desk) => {
  const root = '/v3/REST/eventcallbackurl';
  if (asked.path === root && asked.method === 'GET')
    return {
      json: {
        Count: 1,
        Data: desk.hooks.flatMap(({ id, url, events }) =>
          events.map((EventType, at) => ({ ID: Number(`${id}0${at}`), Url: url, EventType })),
        ),
      },
    };
  const { EventType, Url } = json(asked) as { EventType: string; Url: string };
  if (asked.path === root) {
    const there = desk.hooks.find(({ url }) => url === Url);
    if (there) there.events = [...there.events, EventType];
    else desk.hooks.push({ id: nextId(desk), events: [EventType], ...inUrl(Url) });
    return { status: 201, json: {} };
  }
  const [id = '', at = ''] = (after(asked, `${root}/`) ?? '').split(/0(?=\d$)/);
  const hook = desk.hooks.find((one) => one.id === id);
  if (!hook) return { status: 404, json: {} };
  if (asked.method === 'DELETE') {
    hook.events = hook.events.map((event, index) => (index === Number(at) ? '' : event));
    if (hook.events.every((event) => event === '')) desk.hooks.splice(desk.hooks.indexOf(hook), 1);
  } else Object.assign(hook, inUrl(Url));
  return { json: {} };
};
