import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as an ESP's API sees it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** `text` is written as it stands: ids beyond 2^53 and fractions stay as they are. */
export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly json?: unknown;
}

/** Instead of an answer: a status with its headers, none at all, a cut connection, half a body, one that drips without end, or a page of HTML. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly text?: string }
  | 'hang'
  | 'reset'
  | 'half'
  | 'drip'
  | 'html'
  | 'empty';

export interface FakeApi {
  readonly url: string;
  /** Everything that was asked, in order. */
  readonly asked: Asked[];
  /** What was answered, by the same numbers; empty where nothing was. */
  readonly said: string[];
  /** Decides each request by its number from 0, before the ESP sees it. */
  fault: (asked: Asked, number: number) => Fault | undefined;
  stop(): Promise<void>;
}

/** An ESP's API on loopback: answers as `answer` says, and misbehaves as `fault` says. */
export async function fakeApi(answer: (asked: Asked) => Said | Promise<Said>): Promise<FakeApi> {
  const fake = {
    asked: [] as Asked[],
    said: [] as string[],
    fault: (_asked: Asked, _number: number): Fault | undefined => undefined,
  };
  const server = createServer(async (request, response) => {
    const asked = await read(request);
    const number = fake.asked.push(asked) - 1;
    fake.said[number] = '';
    const fault = fake.fault(asked, number);
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.destroy();
    if (fault === 'html') return void response.writeHead(200).end('<html>Maintenance</html>');
    if (fault === 'empty') return void response.writeHead(200).end();
    if (fault === 'drip') return drip(response);
    if (typeof fault === 'object') return void response.writeHead(fault.status, fault.headers).end(fault.text ?? '{}');
    const said = await answer(asked);
    fake.said[number] = textOf(said);
    write(response, said, fault === 'half');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return Object.assign(fake, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

async function read(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const body = Buffer.concat(await request.toArray()).toString();
  const headers = request.headers as Record<string, string | undefined>;
  return { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers, body };
}

/** A character at a time, each soon enough that the connection is not idle. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const dripping = setInterval(() => response.write(' '), 20);
  response.once('close', () => clearInterval(dripping));
}

const textOf = ({ text, json }: Said): string => text ?? (json === undefined ? '' : JSON.stringify(json));

function write(response: ServerResponse, said: Said, half: boolean): void {
  const { status = 200, headers } = said;
  const body = Buffer.from(textOf(said));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
  if (!half) return void response.end(body);
  response.write(body.subarray(0, Math.floor(body.length / 2)));
  setTimeout(() => response.destroy(), 5);
}
