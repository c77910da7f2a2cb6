import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Console } from '../ops/console/server.ts';
import { type Closers, makeClosers, together } from './closers.ts';
import { serveLocalConsole } from './console.ts';
import { awsJson } from './emulators/aws-json.ts';
import { firehose } from './emulators/firehose.ts';
import { startEmulators } from './emulators/index.ts';
import { listen } from './emulators/loopback.ts';
import { makeQueues } from './emulators/queue.ts';
import { makeTables } from './emulators/table.ts';
import type { CertificateAnswer } from './functions/child-protocol.ts';
import { type Lambda, lambdasOf } from './functions/lambdas.ts';
import { runFunctions } from './functions/run-functions.ts';
import { refuse } from './gateway/http-answer.ts';
import { httpApi } from './gateway/http-api.ts';
import { SeenRequests } from './gateway/requests.ts';
import { routesOf } from './gateway/routes.ts';
import { type Home, openDataFolder, openHome, type StackFile } from './home.ts';
import { keepKeys, readKept } from './kept-keys.ts';
import { localKeys, readKeyFiles } from './keys.ts';
import type { LocalOptions, LocalStack, Service } from './options.ts';
import { progress } from './progress.ts';
import { eventSources } from './sources/event-sources.ts';
import { pollersOf, streamsOf } from './sources/mappings.ts';
import { startPoller } from './sources/poller.ts';
import { startSchedules } from './sources/schedule.ts';
import { startStream } from './sources/stream.ts';
import { describeStack, sourcesOf } from './stack-file.ts';
import { type Assembly, readAssembly, refuseUnknown } from './template/assembly.ts';
import { localPlaces } from './template/places.ts';
import { viewStack } from './template/stack-view.ts';
import { synthesize } from './template/synth.ts';
import { startWatchdog, type Watchdog } from './watchdog/watchdog.ts';

export type { LocalOptions, LocalStack };

/** Starts the synthesized stack on this machine, and resolves once it takes requests. */
export async function startLocal(options: LocalOptions = {}): Promise<LocalStack> {
  const closers = makeClosers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.run();
    throw error;
  }
}

async function start(options: LocalOptions, closers: Closers): Promise<LocalStack> {
  const { timeScale = 1, quiet = false, dataDir } = options;
  const { step, say } = progress((line) => void (quiet || process.stderr.write(`${line}\n`)));
  const given = readKeyFiles(options.secrets, options.snsCert);
  if (dataDir !== undefined) openDataFolder(dataDir);
  const kept = dataDir === undefined ? undefined : readKept(dataDir);
  const home = await openHomeOf(options, closers);

  // Taken first: a port in use is the one thing that goes wrong often, and no other program can take it meanwhile.
  let answer: RequestListener = (_request, response) => refuse(response, 503, 'Service Unavailable');
  const server = await listen((request, response) => answer(request, response), options.port);
  closers.add(() => server.close());
  home.claim(server.url);
  const watchdog = startWatchdog();
  closers.add(() => watchdog.stop());

  const unset = () => ({ arn: '', value: '{}' });
  const secrets = { webhooks: unset(), ownKeys: unset(), unsubscribeKeys: unset(), apiKeys: unset() };
  const archive = firehose(say);
  const sources = eventSources();
  const [assembly, endpoints] = await together<readonly [Assembly, StackFile['endpoints']]>(
    step('synthesizing the stack', () => assemble(home, watchdog, options)),
    step('starting the emulators', () =>
      startEmulators(closers, watchdog, Object.values(secrets), archive, sources, dataDir),
    ),
  );
  const view = (sqs: string) =>
    viewStack(assembly.resources, localPlaces(assembly.resources, { sqs, api: server.url }));
  const stack = view(endpoints.sqs);
  const sqs = awsJson('sqs', endpoints.sqs);
  await step('making the tables and queues', () =>
    together(makeTables(stack, awsJson('dynamodb', endpoints.dynamodb)), makeQueues(stack, sqs, timeScale)),
  );
  await archive.connect(stack, endpoints.s3);
  closers.add(() => archive.flush());

  const facing = await wrap(endpoints, options.wrapEndpoint);
  const found = lambdasOf(view(facing.sqs), assembly, facing, server.url);
  const {
    secrets: values,
    ownKeys,
    unsubscribeKeys,
    apiKeys,
    signing,
    certificate,
  } = await step('making the keys', () => localKeys(sourcesOf(found), given, kept));
  home.writeKeys(signing);
  const lambdas = certificate === undefined ? found : found.map((lambda) => withCertificate(lambda, certificate));

  const describe = () =>
    describeStack({
      home,
      url: server.url,
      endpoints,
      stack,
      outputs: assembly.outputs,
      lambdas,
      pid: (lambda) => functions.pid(lambda),
      consoleUrl: served?.url,
    });
  let served: Console | undefined;
  // The file says that requests are taken: a function that is replaced earlier must not write it.
  let ready = false;
  const functions = runFunctions({
    lambdas,
    closers,
    watchdog,
    logs: home.logs,
    show: say,
    restarted: () => ready && home.writeStack(describe()),
  });
  const { secretArn, ownKeysArn, unsubscribeKeysArn, apiKeysArn } = describe();
  Object.assign(secrets.webhooks, { arn: secretArn, value: JSON.stringify(values) });
  Object.assign(secrets.ownKeys, { arn: ownKeysArn, value: JSON.stringify(ownKeys) });
  if (unsubscribeKeysArn !== undefined)
    Object.assign(secrets.unsubscribeKeys, { arn: unsubscribeKeysArn, value: JSON.stringify(unsubscribeKeys) });
  if (apiKeysArn !== undefined) Object.assign(secrets.apiKeys, { arn: apiKeysArn, value: JSON.stringify(apiKeys) });

  if (dataDir !== undefined) {
    // A file of secrets is kept by whoever wrote it.
    const made = given.secrets ? undefined : { signing, ...(certificate && { certificate: certificate.pem }) };
    keepKeys(dataDir, kept, made, secrets);
  }

  for (const { lambda, queueId, ...spec } of pollersOf(stack, lambdas, timeScale)) {
    sources.add(queueId, () => startPoller(spec, sqs, (event) => functions.invoke(lambda.arn, event)));
  }
  closers.add(() => sources.stop());
  const streams = awsJson('dynamodbstreams', endpoints.dynamodb);
  for (const { functionArn, ...spec } of streamsOf(stack, lambdas)) {
    const kept = dataDir && { positionFile: join(dataDir, `${spec.table}.position`) };
    const poller = startStream({ ...spec, ...kept }, streams, (event) => functions.invoke(functionArn, event));
    closers.add(() => poller.stop());
  }
  closers.add(startSchedules(stack, timeScale, functions.invoke));
  // Closed before everything else: no request may meet a half-stopped stack.
  closers.add(() => server.close());
  const requests = new SeenRequests(say);
  const names = new Set(Object.keys(sourcesOf(lambdas)));
  answer = httpApi({
    routes: routesOf(stack),
    invoke: functions.invoke,
    seen: (request) => requests.add(request, names),
  });
  served = await serveLocalConsole(describe(), requests, options.consolePort);
  if (!options.quiet) served.warm();
  closers.add(() => served?.close());
  ready = true;
  home.writeStack(describe());
  return {
    url: server.url,
    get stack() {
      return describe();
    },
    stop: () => closers.run(),
  };
}

async function assemble(home: Home, watchdog: Watchdog, options: LocalOptions): Promise<Assembly> {
  await synthesize(home, watchdog, options);
  const assembly = readAssembly(home.assembly);
  refuseUnknown(assembly.resources);
  return assembly;
}

async function openHomeOf({ home: folder }: LocalOptions, closers: Closers): Promise<Home> {
  const path = folder ?? mkdtempSync(join(tmpdir(), 'quell-local-'));
  if (folder === undefined) closers.add(() => rmSync(path, { recursive: true, force: true }));
  const home = await openHome(path);
  closers.add(() => home.close());
  return home;
}

/** The addresses that functions are given. */
async function wrap(
  endpoints: StackFile['endpoints'],
  through: LocalOptions['wrapEndpoint'],
): Promise<StackFile['endpoints']> {
  if (!through) return endpoints;
  const wrapped = Object.entries(endpoints).map(async ([service, url]) => [
    service,
    await through(service as Service, url),
  ]);
  return Object.fromEntries(await Promise.all(wrapped));
}

const withCertificate = (lambda: Lambda, certificate: CertificateAnswer): Lambda => ({
  ...lambda,
  setup: { ...lambda.setup, certificate },
});
