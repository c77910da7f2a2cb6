import { type Asked, type FakeApi, fakeApi, type Said } from './server.ts';

/** An entry of an ESP's list, as the fake keeps it. */
export interface Kept {
  readonly list: string;
  readonly address: string;
  /** Not to be removed by API. */
  readonly locked?: boolean;
}

export interface KeptHook {
  readonly id: string;
  url: string;
  events: readonly string[];
  /** What the ESP was given, or made, to prove itself. */
  secret: string;
  readonly stream?: string;
}

/** The office of an ESP: its lists and its webhooks, behind its API. */
export interface Desk {
  readonly provider: string;
  readonly domain: string;
  readonly key: string;
  readonly api: FakeApi;
  readonly kept: Kept[];
  readonly hooks: KeptHook[];
  /** Lists of this ESP by its own names: what stands for a bounce, an unsubscribe of everything, a complaint. */
  readonly names: {
    readonly bounce: string;
    readonly complaint: string;
    /** What its API lets go, where that is no bounce. */
    readonly cleared?: string;
  };
}

export type Route = (asked: Asked, desk: Desk) => Said | undefined | Promise<Said | undefined>;

/** What an ESP says to a request, once the key is right. */
export async function startDesk(
  about: Pick<Desk, 'provider' | 'domain' | 'key' | 'names'>,
  isKey: (asked: Asked) => boolean,
  routes: readonly Route[],
): Promise<Desk> {
  const api = await fakeApi(async (asked) => {
    if (!isKey(asked)) return { status: 401, json: { message: 'Unauthorized' } };
    for (const route of routes) {
      const said = await route(asked, desk);
      if (said) return said;
    }
    return { status: 404, json: { message: 'not found' } };
  });
  const desk: Desk = { ...about, api, kept: [], hooks: [] };
  return desk;
}

export const json = (asked: Asked): Record<string, unknown> =>
  JSON.parse(asked.body || '{}') as Record<string, unknown>;

/** The rest of the path after a prefix, decoded. */
export const after = ({ path }: Asked, prefix: string): string | undefined =>
  path.startsWith(prefix) ? decodeURIComponent(path.slice(prefix.length)) : undefined;

export const page = <T>(items: readonly T[], { query }: Asked, size: string, offset = 'offset'): readonly T[] =>
  items.slice(Number(query.get(offset) ?? 0), Number(query.get(offset) ?? 0) + Number(query.get(size) ?? 100));

export const on = (desk: Desk, list: string): Kept[] => desk.kept.filter((one) => one.list === list);

/** Takes an entry off; false where it was not there. */
export function off(desk: Desk, list: string, address: string): boolean {
  const at = desk.kept.findIndex((one) => one.list === list && one.address.toLowerCase() === address.toLowerCase());
  if (at === -1) return false;
  desk.kept.splice(at, 1);
  return true;
}

export const nextId = (desk: Desk): string => String(100 + desk.api.asked.length);
