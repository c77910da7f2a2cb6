import { HEARTBEAT_SOURCE } from '../../../lambda/contract/config.ts';
import { unsubscribePath } from '../../../lambda/contract/paths.ts';
import { UNSUBSCRIBE_SOURCE } from '../../../lambda/contract/unsubscribe.ts';
import type { RequestLog, SeenRequest } from '../../ops/console/context.ts';
import type { Answered } from './http-api.ts';

const KEPT = 500;

/** The newest requests at the gateway, for the console and for the terminal. Holds nothing that came with them. */
export class SeenRequests implements RequestLog {
  readonly #seen: SeenRequest[] = [];
  readonly #show: (line: string) => void;

  /** @param show called with one line about each request */
  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  /** @param sources configured names: only these are worth showing by name */
  add({ method, path, status, body }: Answered, sources: ReadonlySet<string>): void {
    const name = nameIn(/^\/webhooks\/v1\/([^/]+)$/.exec(path)?.[1] ?? '');
    const isLeave = path.startsWith(unsubscribePath(''));
    // Our own heartbeat arrives every few minutes, and is no news here.
    if (name === HEARTBEAT_SOURCE) return;
    const request: SeenRequest = {
      at: Date.now(),
      method,
      status,
      ...(isLeave ? { source: UNSUBSCRIBE_SOURCE } : sources.has(name) && { source: name }),
      ...saidIn(body),
    };
    this.#seen.push(request);
    if (this.#seen.length > KEPT) this.#seen.shift();
    this.#show(requestLine(request));
  }

  newest = (most: number): readonly SeenRequest[] => this.#seen.slice(-most).reverse();
}

/** `12:08:57 sendgrid 200 7 events`, `12:09:01 sendgrid 401 missing-proof`. Local time: somebody sits in front of it. */
export function requestLine({ at, method, source, status, accepted, reason }: SeenRequest): string {
  const time = new Date(at).toTimeString().slice(0, 8);
  const what = accepted === undefined ? reason : `${accepted} ${accepted === 1 ? 'event' : 'events'}`;
  return [time, source ?? 'no such source', ...(method === 'POST' ? [] : [method]), status, what]
    .filter(Boolean)
    .join('  ');
}

/** What an answer of `receive` says of the request: how many events it took, or why none. */
function saidIn(body: string | undefined): Pick<SeenRequest, 'accepted' | 'reason' | 'requestId'> {
  if (!body?.startsWith('{')) return {};
  const { accepted, reason, requestId } = objectIn(body);
  return {
    ...(typeof requestId === 'string' && { requestId }),
    ...(typeof accepted === 'number' && { accepted }),
    ...(typeof reason === 'string' && { reason }),
  };
}

/** A function may return anything; this is read after the answer, where an error would end the run. */
function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const nameIn = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
};
