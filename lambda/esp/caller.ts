import { setTimeout as wait } from 'node:timers/promises';
import { pacer } from '../aws/effort.ts';
import { parseJson } from '../domain/json.ts';
import type { ApiAnswer, ApiRequest, Call, EspApi } from '../providers/api.ts';
import { ApiFailed, EspRefused, KeyRefused, OutOfTime } from './failures.ts';

export interface Line {
  readonly api: EspApi;
  /** The ESP's name as people write it. */
  readonly title: string;
  readonly base: URL;
  readonly key: string;
  /** Signs a request in place of a key: the headers to send. */
  sign?(request: Unsigned): Promise<Readonly<Record<string, string>>>;
  say(line: string): void;
  readonly patience?: Partial<Patience>;
}

/** A request as it goes out, but for its signature. */
export interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** How long an ESP is waited for. Milliseconds. */
export interface Patience {
  /** For one answer, its body included: what hangs is given up. */
  readonly answer: number;
  /** Before a second attempt; doubles each time, with jitter. */
  readonly first: number;
  /** Longest that an ESP may ask to wait. */
  readonly longest: number;
  readonly tries: number;
  /** Epoch milliseconds from which on nothing is asked any more. Default: never. */
  readonly until: number;
  pause(ms: number): Promise<unknown>;
}

const PATIENCE: Patience = {
  answer: 30_000,
  first: 1_000,
  longest: 900_000,
  tries: 8,
  until: Number.POSITIVE_INFINITY,
  pause: wait,
};
/** Longest wait that is our own choice. */
const MOST_BACKOFF = 60_000;
/** Waits from here on are told: nobody should wonder whether it still runs. */
const TOLD_FROM = 5_000;

/** What one attempt came to: an answer, or why there is to be another after how long. */
type Attempt = { readonly answer: ApiAnswer } | { readonly again: string; readonly after?: number };

/**
 * Sends requests to an ESP with its key, at its pace: waits where it says so, tries again what may be tried again, and follows no
 * redirect with the key. Errors name the request by its purpose: paths hold addresses, and ESPs quote what they were sent.
 */
export function caller(line: Line): Call {
  const patience = { ...PATIENCE, ...line.patience };
  const pace = pacer(line.api.perSecond, patience.until);
  return async (request) => {
    for (let tries = 1; ; tries++) {
      if (!(await pace(1))) throw new OutOfTime(line.title);
      const attempt = await attemptOf(request, line, patience);
      if ('answer' in attempt) return attempt.answer;
      const { again, after } = attempt;
      if (tries >= patience.tries || (after ?? 0) > patience.longest) throw tooLong(line, request, again, after);
      // From half of it to the whole: callers that were stopped together come back apart.
      const backoff = Math.min(patience.first * 2 ** (tries - 1), MOST_BACKOFF) * (0.5 + Math.random() / 2);
      const ms = after === undefined ? backoff : after + Math.random() * patience.first;
      if (Date.now() + ms >= patience.until) throw new OutOfTime(line.title);
      if (ms >= TOLD_FROM) line.say(`${line.title} ${again}: waiting ${Math.ceil(ms / 1000)} s.`);
      await patience.pause(ms);
    }
  };
}

async function attemptOf(request: ApiRequest, line: Line, { answer: longest, until }: Patience): Promise<Attempt> {
  const { title, api } = line;
  const within = Math.max(1, Math.min(longest, until - Date.now()));
  let response: Response;
  let text: string;
  try {
    response = await send(request, line, within);
    text = await response.text();
  } catch (error) {
    const again = (error as Error).name === 'TimeoutError' ? 'did not answer in time' : 'could not be reached';
    // The ESP may have done it: only who looks can tell.
    if (request.once) throw new ApiFailed(title, request, `${again}: whether it was done is not known`);
    return { again };
  }
  const answer = { status: response.status, text, json: request.download === undefined ? read(text) : {} };
  if (request.accepts?.includes(response.status)) return { answer: { ...answer, json: answer.json ?? {} } };
  if (api.keyRefused?.(answer) || response.status === 401 || response.status === 403)
    throw new KeyRefused(title, api, request, response.status);
  if (response.status === 429) return { again: 'asks to slow down', ...asked(response, api) };
  if (response.status >= 500) {
    if (request.once) throw new ApiFailed(title, request, 'failed: whether it was done is not known');
    return { again: `failed (${response.status})`, ...asked(response, api) };
  }
  if (response.status >= 300) throw new EspRefused(title, request, response.status);
  if (answer.json === undefined && response.status !== 204 && !(text === '' && isChange(request)))
    return request.once ? { answer } : { again: 'answered something that is no JSON' };
  if (request.isSound?.(text) === false) return { again: 'answered something else than was asked for' };
  return { answer };
}

const isChange = ({ method, use }: ApiRequest): boolean => method !== 'GET' && use !== 'events' && use !== 'lists';

async function send(request: ApiRequest, line: Line, within: number): Promise<Response> {
  const { download } = request;
  const { method, path, headers, json, form } =
    download === undefined ? line.api.authorise(request, line.key) : { ...request, headers: {} };
  const url = download === undefined ? atBase(line.base, path) : elsewhere(download, line.base);
  const body =
    json !== undefined
      ? JSON.stringify(json)
      : form && new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])).toString();
  const type = json !== undefined ? 'application/json' : form && 'application/x-www-form-urlencoded';
  const all = { accept: 'application/json', ...(type && { 'content-type': type }), ...headers };
  return fetch(url, {
    method,
    headers: line.sign && download === undefined ? await line.sign({ method, url, headers: all, body }) : all,
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(within),
  });
}

/** Where the key goes: nowhere but to the base. */
function atBase(base: URL, path: string): URL {
  const url = new URL(base.pathname.replace(/\/$/, '') + path, base);
  if (url.origin !== base.origin) throw new Error('a path led to another host');
  return url;
}

/** Where no key goes: any host over TLS, or the base itself. */
function elsewhere(address: string, base: URL): URL {
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.origin !== base.origin) throw new Error('a file is fetched over TLS only');
  return url;
}

function read(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
}

/** Milliseconds that the answer asks to wait: seconds, or a date by the ESP's own clock. */
function asked({ headers }: Response, { resetHeader }: EspApi): { readonly after?: number } {
  const value = headers.get('retry-after') ?? (resetHeader === undefined ? null : headers.get(resetHeader));
  if (value === null) return {};
  if (/^\d+(\.\d+)?$/.test(value.trim())) return { after: Number(value) * 1000 };
  const now = Date.parse(headers.get('date') ?? '');
  const until = Date.parse(value);
  return Number.isNaN(until) ? {} : { after: Math.max(0, until - (Number.isNaN(now) ? Date.now() : now)) };
}

const tooLong = ({ title }: Line, request: ApiRequest, again: string, after?: number): ApiFailed =>
  new ApiFailed(
    title,
    request,
    after === undefined ? again : `${again}, and to wait ${Math.ceil(after / 60_000)} minutes`,
  );
