import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { refuse, sendResult } from './http-answer.ts';
import { httpEvent, type Matched } from './http-event.ts';
import type { Route } from './routes.ts';

/** What API Gateway takes at most, and what of it Lambda takes as an event. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

interface HttpApi {
  readonly routes: readonly Route[];
  readonly invoke: (functionArn: string, event: object) => Promise<unknown>;
  /** Called with each request once it is answered. */
  readonly seen?: ((request: Answered) => void) | undefined;
}

/** A request and what was answered. */
export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** As the function returned it; absent where the gateway itself answered. */
  readonly body?: string;
}

/** Answers as an HTTP API with Lambda integrations does, its own refusals included. */
export function httpApi({ routes, invoke, seen }: HttpApi): RequestListener {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [method, path] = [request.method ?? 'GET', (request.url ?? '/').split('?')[0] ?? '/'];
    let returned: string | undefined;
    response.once('finish', () =>
      seen?.({ method, path, status: response.statusCode, ...(returned !== undefined && { body: returned }) }),
    );
    const found = findRoute(routes, method, path);
    const body = await readBody(request);
    if (!body) return refuse(response, 413, 'Request Entity Too Large');
    if (!found) return refuse(response, 404, 'Not Found');
    if (!found.route.mayPass()) return refuse(response, 429, 'Too Many Requests');
    const event = httpEvent(request, body, found.matched, new Date());
    if (isTooLarge(body, event)) return refuse(response, 413, 'Request Entity Too Large');
    returned = await answer(response, found.route, event);
  }

  async function answer(
    response: ServerResponse,
    { functionArn, timeoutMs }: Route,
    event: object,
  ): Promise<string | undefined> {
    const timer = setTimeout(() => refuse(response, 503, 'Service Unavailable'), timeoutMs);
    try {
      const result = await invoke(functionArn, event);
      if (!response.headersSent) sendResult(response, result);
      return (result as { body?: string } | undefined)?.body;
    } catch {
      if (!response.headersSent) refuse(response, 500, 'Internal Server Error');
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  return (request, response) => {
    serve(request, response).catch(() => response.destroy());
  };
}

function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; matched: Matched } | undefined {
  for (const route of routes) {
    const matched = route.match(method, path);
    if (matched) return { route, matched };
  }
  return undefined;
}

/** The whole body, or nothing where it is too large: the rest is read all the same, so that the caller gets to see the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks, size) : undefined;
}

/** Counted only where it is near: an event at its largest is its body escaped, six bytes for one. */
const isTooLarge = (body: Buffer, event: object): boolean =>
  body.length > MAX_EVENT_BYTES / 8 && Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES;
