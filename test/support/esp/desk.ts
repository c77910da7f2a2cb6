import { type Asked, type FakeApi, fakeApi, type Said } from './server.ts';

/** An entry of an ESP's list, as the fake keeps it. */
export interface Kept {
  readonly list: string;
  readonly address: string;
  /** Not to be removed by API. */
  readonly locked?: boolean;
  /** Put there by its customer, and not by something that happened. */
  readonly byHand?: boolean;
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
  /** Tokens of pages that were told up to now end. Absent where it has none, or none that end. */
  forget?: () => void;
  /** The next page in the middle is empty, and another follows. */
  blank?: boolean;
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

/** A page by a token that stays where it is, whatever comes and goes; undefined where the token has ended. */
export function sheet<T extends object>(
  desk: Desk,
  items: readonly T[],
  token: string | null | undefined,
): { readonly items: readonly T[]; readonly next?: string; readonly end: string } | undefined {
  const state = tokens(desk);
  const [, made, last] = /(\d+)\.(\d+)$/.exec(token ?? '') ?? [];
  if (made !== undefined && Number(made) !== state.made) return undefined;
  const rest = items.filter((item) => state.numberOf(item) > Number(last ?? 0));
  if (desk.blank && made !== undefined) {
    desk.blank = false;
    return { items: [], next: `blank${state.made}.${last}`, end: '' };
  }
  const shown = rest.slice(0, 2);
  const bottom = shown.at(-1);
  const end = `${state.made}.${bottom ? state.numberOf(bottom) : (last ?? 0)}`;
  return { items: shown, end, ...(rest.length > 2 && { next: end }) };
}

const TOKENS = new WeakMap<Desk, { made: number; numberOf(item: object): number }>();
function tokens(desk: Desk) {
  const known = TOKENS.get(desk);
  if (known) return known;
  const numbers = new WeakMap<object, number>();
  let count = 0;
  const made = {
    made: 1,
    numberOf: (item: object): number => {
      const number = numbers.get(item) ?? ++count;
      numbers.set(item, number);
      return number;
    },
  };
  TOKENS.set(desk, made);
  desk.forget = () => made.made++;
  return made;
}

/** Fewer than were asked for: the size is a most. */
export const page = <T>(items: readonly T[], { query }: Asked, size: string, offset = 'offset'): readonly T[] =>
  items.slice(
    Number(query.get(offset) ?? 0),
    Number(query.get(offset) ?? 0) + Math.min(Number(query.get(size) ?? 100), 3),
  );

export const on = (desk: Desk, list: string): Kept[] => desk.kept.filter((one) => one.list === list);

/** Takes an entry off; false where it was not there. */
export function off(desk: Desk, list: string, address: string): boolean {
  const at = desk.kept.findIndex((one) => one.list === list && one.address.toLowerCase() === address.toLowerCase());
  if (at === -1) return false;
  desk.kept.splice(at, 1);
  return true;
}

export const nextId = (desk: Desk): string => String(100 + desk.api.asked.length);

/** Takes off the list whatever fits first; false where nothing does. */
export const taken = (desk: Desk, wanted: (one: Kept) => boolean): boolean => {
  const found = desk.kept.find(wanted);
  return found !== undefined && off(desk, found.list, found.address);
};

/** When an entry was made, where an ESP tells it as ISO 8601. */
export const CREATED = '2026-03-01T10:00:00Z';

/** Whether the key came in this header. */
export const header =
  (name: string, value: string) =>
  ({ headers }: Asked): boolean =>
    headers[name] === value;
