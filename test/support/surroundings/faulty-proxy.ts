import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as it passes: the operation, e.g. `BatchExecuteStatement` (empty where its path says it), and its JSON, or its form. */
export interface Call {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** The name of the local function that asks; '' where nobody signed. */
  readonly caller: string;
  readonly body: Record<string, unknown>;
}

/**
 * What to do with a call: an answer instead of the real one, a cut connection, one that never answers, an answer that ends half way, or
 * undefined to let it pass. With `-after` the emulator acts first.
 */
export type Fault =
  | { readonly status: number; readonly json: unknown }
  | 'cut'
  | 'cut-after'
  | 'hang'
  | 'hang-after'
  | 'half-after'
  | undefined;

export interface FaultyProxy {
  readonly url: string;
  /** Decides each call; replaced freely during a test. */
  fault: (call: Call) => Fault | Promise<Fault>;
  /** Operations that came in, in order. */
  readonly calls: string[];
  stop(): Promise<void>;
}

export const throttled: Fault = {
  status: 400,
  json: { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'slow down' },
};
export const unavailable: Fault = { status: 503, json: { __type: 'ServiceUnavailable', message: 'try later' } };

/** Stands between a client and an emulator, and fails on command. */
export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const proxy = { fault: (_call: Call): Fault | Promise<Fault> => undefined, calls: [] as string[] };
  const server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray());
    const asked = parsed(body);
    const target = String(incoming.headers['x-amz-target'] ?? '').split('.');
    const operation = target.at(-1) || String(asked.Action ?? '');
    const [, caller = ''] = /Credential=([^/]+)/.exec(incoming.headers.authorization ?? '') ?? [];
    proxy.calls.push(operation);
    const { method = '', url: path = '' } = incoming;
    const fault = await proxy.fault({ operation, method, path, caller, body: asked });
    if (fault === 'cut') {
      incoming.socket.destroy();
    } else if (fault === 'hang') {
      // The socket stays open until the client gives up, or the proxy stops.
    } else if (typeof fault === 'object') {
      outgoing
        .writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(fault.json));
    } else {
      const onward = forward(
        { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
        (answer) => {
          if (fault === 'cut-after' || fault === 'hang-after') {
            answer.resume().on('end', () => fault === 'cut-after' && incoming.socket.destroy());
            return;
          }
          if (fault === 'half-after') {
            void half(answer, outgoing);
            return;
          }
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port: own } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${own}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

/** The head of an answer and half of its body; then the connection ends. */
async function half(answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.concat(await answer.toArray());
  outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': body.length + 1 });
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return Object.fromEntries(new URLSearchParams(body.toString()));
  }
}
