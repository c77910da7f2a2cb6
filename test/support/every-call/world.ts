import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CreateTableCommand, type CreateTableCommandInput, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { EVENTS, SUPPRESSION } from '../../../lambda/contract/tables.ts';
import { startTestDynamo, type TestDynamo } from '../surroundings/dynamodb.ts';
import { type Fault, faulty } from './faults.ts';
import { type Answer, type Input, Services } from './services.ts';

/** One run: its own tables and services, and what is to go wrong with which of its calls. */
export interface Run {
  readonly services: Services;
  readonly tables: { readonly events: string; readonly suppression: string };
  /** Where its functions find all of AWS. */
  readonly url: string;
  /** Operations in the order in which they came. */
  readonly calls: string[];
  /** What to do with the n-th call. */
  fault: (n: number) => Fault | undefined;
  /** Invocations that have ended. */
  invocations: number;
  /** Times that something was sent on and its caller did not stay for the answer: what has no key of its own may be done twice. */
  unheard: number;
  /** Milliseconds that the slowest answer of what stands in for AWS took by itself, without any fault. */
  slowest: number;
  /** Answers what is no call of AWS: certificates, confirmations, the public URL. */
  web: (path: string, request: IncomingMessage, body: string) => Promise<Answer>;
  end(): Promise<void>;
}

export interface World {
  readonly dynamo: TestDynamo;
  begin(): Promise<Run>;
  stop(): Promise<void>;
}

/** What has no key of its own. */
const SENDS = new Set(['SendMessageBatch', 'PutEvents', 'PutRecordBatch']);
const agent = new Agent({ keepAlive: true });

/** All of AWS at one address, for many runs side by side: each has a path of its own. */
export async function startWorld(): Promise<World> {
  const dynamo = await startTestDynamo();
  const runs = new Map<string, Run>();
  /** Whose call a connection carried last, where that sent something on. */
  const sentBy = new WeakMap<Socket, Run>();
  let made = 0;

  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const [, id = '', ...path] = (request.url ?? '').split('/');
    const run = runs.get(id);
    // A late call of a run that has ended.
    if (!run) return void response.destroy();
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = target === '' ? webOperation(request, body) : (target.split('.').at(-1) ?? '');
    const input: Input = target === '' ? {} : (JSON.parse(body) as Input);
    const fault = run.fault(run.calls.push(operation) - 1);
    sentBy.delete(request.socket);
    const act = (other?: Input): Promise<Answer> => {
      if (SENDS.has(operation)) sentBy.set(request.socket, run);
      if (target === '') return run.web(`/${path.join('/')}`, request, body);
      if (!target.startsWith('DynamoDB')) return Promise.resolve(run.services.answer(operation, other ?? input));
      const asked = performance.now();
      return toTables(dynamo.endpoint, request, other ? JSON.stringify(other) : body).finally(() => {
        run.slowest = Math.max(run.slowest, performance.now() - asked);
      });
    };
    try {
      send(await faulty(fault, operation, input, act), response);
    } catch {
      response.destroy();
    }
  });
  server.keepAliveTimeout = 60_000;
  // Whoever is answered in time keeps its connection.
  server.on('connection', (socket) =>
    socket.on('close', () => {
      const run = sentBy.get(socket);
      if (run) run.unheard += 1;
    }),
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;

  async function begin(): Promise<Run> {
    const id = `r${made++}`;
    const tables = { events: `events-${id}`, suppression: `suppression-${id}` };
    await Promise.all([
      makeTable(dynamo, tables.events, [EVENTS.partitionKey, EVENTS.sortKey]),
      makeTable(dynamo, tables.suppression, [SUPPRESSION.partitionKey]),
    ]);
    const run: Run = {
      services: new Services(),
      tables,
      url: `http://127.0.0.1:${port}/${id}`,
      calls: [],
      invocations: 0,
      unheard: 0,
      slowest: 0,
      fault: () => undefined,
      web: async () => ({ status: 404, type: 'text/plain', body: '' }),
      async end() {
        runs.delete(id);
        for (const TableName of Object.values(tables)) await dynamo.client.send(new DeleteTableCommand({ TableName }));
      },
    };
    runs.set(id, run);
    return run;
  }

  return {
    dynamo,
    begin,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      agent.destroy();
      await dynamo.stop();
    },
  };
}

/** With a stream: what is published is read from it. */
const makeTable = ({ client }: TestDynamo, TableName: string, keys: readonly string[]) =>
  client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    } satisfies CreateTableCommandInput),
  );

/** SNS speaks in forms; all else is the web. */
const webOperation = ({ method = '' }: IncomingMessage, body: string): string =>
  new URLSearchParams(body).get('Action') ?? method;

function toTables(endpoint: string, { headers }: IncomingMessage, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _host, 'content-length': _length, ...others } = headers;
    const onward = forward(endpoint, { agent, method: 'POST', headers: others }, async (answer) => {
      const chunks = (await answer.toArray()) as Buffer[];
      const type = String(answer.headers['content-type']);
      resolve({ status: answer.statusCode ?? 502, type, body: Buffer.concat(chunks).toString() });
    });
    onward.on('error', reject).end(body);
  });
}

function send(sent: Awaited<ReturnType<typeof faulty>>, response: ServerResponse): void {
  if (sent === 'cut') response.destroy();
  else if (sent === 'hang') return;
  else if ('half' in sent) {
    const bytes = Buffer.from(sent.half.body);
    response.writeHead(sent.half.status, { 'content-type': sent.half.type, 'content-length': bytes.length + 1 });
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => sent.stalls || response.destroy());
  } else response.writeHead(sent.status, { 'content-type': sent.type }).end(sent.body);
}
