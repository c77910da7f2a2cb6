import type { ApiRequest, EspApi } from '../providers/api.ts';
import { LedAstray, TooLarge } from './failures.ts';

/** A request as it goes out, but for its signature. */
export interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Where requests go, and as whom. */
export interface Way {
  readonly api: EspApi;
  /** The ESP's name as people write it. */
  readonly title: string;
  readonly base: URL;
  readonly key: string;
  /** Signs a request in place of a key: the headers to send. */
  sign?(request: Unsigned): Promise<Readonly<Record<string, string>>>;
}

/**
 * The request with its key, and the address that it goes to. Made before anything is sent: what is wrong here is no fault of the network.
 * @throws LedAstray where the key would go to another host, or a file is named that is not behind TLS
 */
export async function outgoing(request: ApiRequest, way: Way): Promise<Unsigned> {
  const { download } = request;
  const { method, path, headers, json, form } =
    download === undefined ? way.api.authorise(request, way.key) : { ...request, headers: {} };
  const url = download === undefined ? atBase(way, path) : elsewhere(way, download);
  const body =
    json !== undefined
      ? JSON.stringify(json)
      : form && new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])).toString();
  const type = json !== undefined ? 'application/json' : form && 'application/x-www-form-urlencoded';
  const all = { accept: 'application/json', ...(type && { 'content-type': type }), ...headers };
  const unsigned = { method, url, headers: all, body };
  return way.sign && download === undefined ? { ...unsigned, headers: await way.sign(unsigned) } : unsigned;
}

/** Where the key goes: nowhere but to the base. */
function atBase({ base, title }: Way, path: string): URL {
  const prefix = base.pathname.replace(/\/$/, '');
  const url = URL.canParse(prefix + path, base.href) ? new URL(prefix + path, base) : undefined;
  if (url?.origin !== base.origin) throw new LedAstray(title);
  return url;
}

/** Where no key goes: any host over TLS, or the base itself. */
function elsewhere({ base, title }: Way, address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.origin !== base.origin)) throw new LedAstray(title);
  return url;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One exchange, its body included; no redirect is followed.
 * @param within milliseconds for all of it @param most bytes of the body, unpacked
 * @throws TooLarge where the body is larger; whatever `fetch` throws
 */
export async function exchange(
  { method, url, headers, body }: Unsigned,
  title: string,
  within: number,
  most: number,
): Promise<Received> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(within),
  });
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > most) throw new TooLarge(title, most);
    parts.push(part);
  }
  return { status: response.status, headers: response.headers, text: Buffer.concat(parts).toString() };
}
