/**
 * Runs one bundle in a process of its own, as Lambda would: loaded once, one invocation at a time. Arguments: the bundle, a JSON file
 * of events. Each message asks for so many invocations and is answered with the CPU time they took, all threads together.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , bundle = '', file = ''] = process.argv;

interface Result {
  readonly statusCode?: number;
  readonly batchItemFailures?: readonly unknown[];
}
const { handler } = createRequire(bundle)(bundle) as {
  handler: (event: unknown, context: object) => Promise<Result>;
};
const loadedKb = process.resourceUsage().maxRSS;
const events = JSON.parse(readFileSync(file, 'utf8')) as object[];

const context = () => {
  const deadline = Date.now() + Number(process.env.INVOCATION_MS);
  return {
    functionName: 'bench',
    functionVersion: '$LATEST',
    memoryLimitInMB: '512',
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
};

let next = 0;

async function run(count: number): Promise<object> {
  const started = performance.now();
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const result = await handler(events[next++ % events.length], context());
    if (result.statusCode !== 200 && result.batchItemFailures?.length !== 0)
      throw new Error(`${bundle} did not succeed: ${JSON.stringify(result)}`);
  }
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMicros: user + system,
    wallMs: performance.now() - started,
    loadedKb,
    peakKb: process.resourceUsage().maxRSS,
  };
}

process.on('message', async (count: number) => {
  const result = await run(count);
  process.send?.(result);
});
process.on('disconnect', () => process.exit());
