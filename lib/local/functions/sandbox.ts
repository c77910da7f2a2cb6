/** Runs in a worker thread: one execution environment of a function, on the very bundle that deploy uploads. */
import { randomUUID } from 'node:crypto';
import { createRequire, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { EpochMs } from '../../../lambda/contract/units.ts';
import { answerCertificates } from './certificate-fetch.ts';
import type { ChildSetup, Failure, Invocation } from './child-protocol.ts';
import type { FromWorker } from './environment.ts';

type Handler = (event: unknown, context: object) => unknown;

// The bundle finds Lambda's variables and the template's, no other; and it lies elsewhere in each run: it is not kept.
delete process.env.NODE_COMPILE_CACHE;
flushCompileCache();

const setup = workerData as ChildSetup;
const say = (message: FromWorker) => parentPort?.postMessage(message);

function load(): Handler {
  const [file = '', name = ''] = setup.handler.split('.');
  const module = createRequire(join(setup.folder, 'package.json'))(`./${file}.js`) as Record<
    string,
    Handler | undefined
  >;
  const handler = module[name];
  if (!handler) throw new Error(`${setup.handler} is not exported by the bundle`);
  return handler;
}

/** What Lambda gives as second argument. */
function contextOf(requestId: string, deadline: EpochMs): object {
  const { functionName, memoryMb } = setup;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, ...(error.stack && { trace: error.stack }) };
}

if (setup.certificate) answerCertificates(setup.certificate);
const handler = load();

parentPort?.on('message', async ({ event, deadline }: Invocation & { deadline: EpochMs }) => {
  try {
    const result = await handler(event, contextOf(randomUUID(), deadline));
    // Through JSON, as Lambda hands it on: what does not survive that must not survive here.
    say({ result: result === undefined ? null : JSON.parse(JSON.stringify(result)) });
  } catch (error) {
    say({ failure: failureOf(error) });
  }
});
say({ ready: true });
