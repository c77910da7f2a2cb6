import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalError } from '../error.ts';

export interface Listening {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A server that only this machine reaches. Port 0 takes any free one. */
export function listen(handler: RequestListener, port = 0): Promise<Listening> {
  const server = createServer(handler);
  return new Promise((resolve, reject) => {
    // For as long as it listens: a connection that could not be accepted is no reason to end.
    server.on('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    server.listen(port, '127.0.0.1', () => {
      const { port: taken } = server.address() as AddressInfo;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ url: `http://127.0.0.1:${taken}`, port: taken, close });
    });
  });
}

const THIS_MACHINE = /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d{1,5})?$/;

/**
 * Whether a web page asks: from another origin, or under a name that was made to mean this machine. An AWS client does neither, and what
 * the emulators hold, secrets among it, is for nobody else.
 */
export const ofAWebPage = ({ host = '', ...headers }: IncomingHttpHeaders): boolean =>
  headers.origin !== undefined || (headers['sec-fetch-site'] ?? 'none') !== 'none' || !THIS_MACHINE.test(host);

/** Answers a call of AWS. What it throws, also later, is an answer too. */
export type StandIn = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A stand-in that web pages do not reach and that no request can bring down: an error nobody catches would end the whole run. */
export const guarded =
  (handler: StandIn): RequestListener =>
  async (request, response) => {
    try {
      if (ofAWebPage(request.headers)) response.writeHead(403).end();
      else await handler(request, response);
    } catch (error) {
      sendFault(response, error);
    }
  };

/** As AWS answers: 400 to what it cannot read, 500 to what went wrong on its own side. All that a stand-in reads is the request. */
function sendFault(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const [status, type] = ['SyntaxError', 'TypeError'].includes((error as Error).name)
    ? ([400, 'SerializationException'] as const)
    : ([500, 'InternalFailure'] as const);
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type })
    .end(JSON.stringify({ __type: type }));
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new LocalError(`port ${port} is in use: choose another with PORT=..., or any free one with PORT=0`);
  }
  if (error.code === 'EACCES')
    return new LocalError(`port ${port} needs more rights than you have: choose another with PORT=...`);
  return error;
}

/** A port that was free a moment ago, for a program that cannot report which one it took. */
export async function freePort(): Promise<number> {
  const { port, close } = await listen(() => undefined);
  await close();
  return port;
}
