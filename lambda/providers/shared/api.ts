import type { EpochMs } from '../../contract/units.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { sliceElements, sliceMember } from '../../domain/json.ts';
import { text } from '../../domain/read.ts';
import type { ApiRequest, ListEntry } from '../api.ts';
import { presentSecret } from './proof/password.ts';

/** Adds a header that carries the key. */
export const keyHeader =
  (name: string, prefix = '') =>
  (request: ApiRequest, key: string): ApiRequest => ({
    ...request,
    headers: { ...request.headers, [name]: prefix + key },
  });

export const bearer = keyHeader('authorization', 'Bearer ');

/** Basic authentication with a fixed user, or with a key that is `user:password` itself. */
export const basic =
  (user?: string) =>
  (request: ApiRequest, key: string): ApiRequest =>
    keyHeader('authorization', 'Basic ')(
      request,
      Buffer.from(user === undefined ? key : `${user}:${key}`).toString('base64'),
    );

/** Query text; what is undefined is left out. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

/**
 * A text as one segment of a path. Several APIs empty a whole list where the address is missing, and a server may resolve `..`.
 * @throws where it is empty or only dots
 */
export function segment(value: string): string {
  if (!/[^.\s]/.test(value))
    throw new CannotKnow('A path is not built from an empty name: it could stand for everything.');
  return encodeURIComponent(value);
}

/** The elements of a member of a JSON object exactly as they were sent, none where it is absent. */
export function rawItems(json: string, member: string): string[] {
  const slice = sliceMember(json, member);
  return slice === undefined || !slice.startsWith('[') ? [] : sliceElements(slice);
}

/** A link to the next page as a path: whatever host it names, the key goes to our base only. */
export function pathOf(link: unknown): string | undefined {
  const given = text(link);
  if (given === undefined || !URL.canParse(given, 'https://api.example')) return undefined;
  const { pathname, search } = new URL(given, 'https://api.example');
  return pathname + search;
}

/** `YYYY-MM-DDTHH:MM:SSZ`. */
export const isoSeconds = (ms: EpochMs): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** `YYYY-MM-DD HH:MM:SS`, UTC. */
export const spacedSeconds = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** Entries of everything that `read` gives which hold one address, for an ESP that cannot be asked for one. */
export async function findIn(
  pages: AsyncIterable<readonly ListEntry[]>,
  address: string,
): Promise<readonly ListEntry[]> {
  const found = new Map<string, ListEntry>();
  for await (const page of pages)
    for (const entry of page) if (sameAddress(entry.address, address)) found.set(JSON.stringify(entry), entry);
  return [...found.values()];
}

export const sameAddress = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** One entry each, where `address` is a text. */
export const withAddress = (address: unknown, entry: Omit<ListEntry, 'address'>): ListEntry[] =>
  text(address) === undefined ? [] : [{ address: text(address) as string, ...entry }];

/** A chosen secret as an ESP's webhook settings take it: as user and password, as headers, or within the URL. */
export function credentials(
  secret: string,
  url: string,
): {
  readonly user?: string;
  readonly password?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly target: string;
} {
  const { headers, query: search } = presentSecret(secret);
  const target = search === undefined ? url : `${url}?${search}`;
  if (!/^basic /i.test(headers.authorization ?? '')) return { headers, target };
  const [user = '', ...rest] = secret.split(':');
  return { user, password: rest.join(':'), headers: {}, target };
}

/** A chosen secret within the URL itself, for an ESP that can carry it nowhere else. */
export function urlWithUser(url: string, secret: string): string {
  const { user, password, target } = credentials(secret, url);
  if (user === undefined) return target;
  const at = new URL(target);
  at.username = encodeURIComponent(user);
  at.password = encodeURIComponent(password ?? '');
  return at.toString();
}
