import { setTimeout as wait } from 'node:timers/promises';
import { pacer } from '../aws/effort.ts';
import type { EpochMs } from '../contract/units.ts';
import { CannotKnow } from '../domain/cannot-know.ts';
import { MAX_DEPTH, parseJson } from '../domain/json.ts';
import { fields } from '../domain/read.ts';
import type { ApiAnswer, ApiRequest, Call, EspApi } from '../providers/api.ts';
import { ApiFailed, EspRefused, KeyRefused, OutOfTime } from './failures.ts';
import { exchange, outgoing, type Received, type Way } from './send.ts';

export interface Line extends Way {
  say(line: string): void;
  readonly patience?: Partial<Patience>;
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
  readonly until: EpochMs;
  /** Bytes of one answer: lists without pages are large, what is larger than any list is no answer. */
  readonly most: number;
  pause(ms: number): Promise<unknown>;
}

const PATIENCE: Patience = {
  answer: 30_000,
  first: 1_000,
  longest: 900_000,
  tries: 8,
  until: Number.POSITIVE_INFINITY,
  most: 128 * 1024 * 1024,
  pause: wait,
};
/** A list that comes without pages holds more than any body of a webhook. */
const MOST_VALUES = 5_000_000;
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
      if (Date.now() + ms >= patience.until) throw new OutOfTime(line.title, again);
      if (ms >= TOLD_FROM) line.say(`${line.title} ${again}: waiting ${Math.ceil(ms / 1000)} s.`);
      await patience.pause(ms);
    }
  };
}

async function attemptOf(
  request: ApiRequest,
  line: Line,
  { answer: longest, until, most }: Patience,
): Promise<Attempt> {
  const { title, api } = line;
  const within = Math.max(1, Math.min(longest, until - Date.now()));
  const asked = await outgoing(request, line);
  let received: Received;
  try {
    received = await exchange(asked, title, within, most);
  } catch (error) {
    if (error instanceof CannotKnow) throw error;
    const again = (error as Error).name === 'TimeoutError' ? 'did not answer in time' : 'could not be reached';
    // The ESP may have done it: only who looks can tell.
    if (request.once) throw new ApiFailed(title, request, `${again}: whether it was done is not known`);
    return { again };
  }
  const { status, text } = received;
  const answer = { status, text, json: request.download === undefined ? read(text) : {} };
  if (request.accepts?.includes(status)) return { answer: { ...answer, json: answer.json ?? {} } };
  if (api.keyRefused?.(answer) || status === 401 || status === 403) throw new KeyRefused(title, api, request, status);
  if (status === 429) return { again: 'asks to slow down', ...waitOf(received, api) };
  if (status >= 500) {
    if (request.once) throw new ApiFailed(title, request, 'failed: whether it was done is not known');
    return { again: `failed (${status})`, ...waitOf(received, api) };
  }
  if (status >= 300) throw new EspRefused(title, request, status);
  if (answer.json === undefined && status !== 204 && !(text === '' && isChange(request)))
    return request.once ? { answer } : { again: 'answered something that is no JSON' };
  if (request.isSound?.(text) === false || !isWhatWasAsked(request, answer.json))
    return { again: 'answered something else than was asked for' };
  return { answer };
}

/** Some ESPs, and what stands before them, answer 200 with an error in JSON: read as an empty list, it would be nothing lost. */
function isWhatWasAsked({ holds }: ApiRequest, json: unknown): boolean {
  if (holds === undefined) return true;
  const [path = '', isList] = holds.endsWith('[]') ? [holds.slice(0, -2), true] : [holds, false];
  const value = path === '' ? json : path.split('.').reduce<unknown>((inner, name) => fields(inner)[name], json);
  // An empty list is written as null by some.
  return isList ? Array.isArray(value) || (value === null && path !== '') : value !== undefined && value !== null;
}

const isChange = ({ method, use }: ApiRequest): boolean => method !== 'GET' && use !== 'events' && use !== 'lists';

/** Undefined for what is no JSON, and for nothing. */
function read(text: string): unknown {
  try {
    return parseJson(text, MAX_DEPTH, MOST_VALUES);
  } catch {
    return undefined;
  }
}

/** Milliseconds that the answer asks to wait: seconds, or a date by the ESP's own clock. */
function waitOf({ headers }: Received, { resetHeader }: EspApi): { readonly after?: number } {
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
