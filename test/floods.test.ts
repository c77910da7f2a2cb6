import { Agent, request } from 'node:http';
import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendAll } from '../lambda/aws/sqs.ts';
import { packMessages } from '../lambda/domain/message.ts';
import { eventually, signGeneric } from './support/driver.ts';
import { type OpsStack, startOpsStack } from './support/ops-stack.ts';

/** More than is processed at once: junk at the gateway, with the template's own routes and throttles; a pause; a queue full of events. */

const SECRET = 'flood-secret-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const WAITING = 50;
const BACKLOG = 3000;

let stack: OpsStack;

beforeAll(async () => {
  const generic = { provider: 'generic' };
  const throttling = (rate: number) => ({ rate, burst: rate });
  stack = await startOpsStack(
    {
      flooded: { ...generic, throttling: throttling(20) },
      one: generic,
      two: generic,
      paused: { ...generic, throttling: throttling(WAITING) },
    },
    {
      secrets: { flooded: SECRET, one: SECRET, two: SECRET, paused: SECRET },
      // Without the heartbeat, which waits too while processing is paused.
      settings: { throttling: throttling(50), publish: false, heartbeat: false, concurrency: 2 },
    },
  );
}, 60_000);
afterAll(() => stack?.stop());

describe('while processing is paused', () => {
  function post(number: number): Promise<{ status: number }> {
    const timestamp = new Date().toISOString();
    const body = JSON.stringify({
      event: 'open',
      timestamp,
      message_id: `m${number}`,
      recipient: `${number}@example.com`,
    });
    return stack.driver.post('paused', body, signGeneric(body, SECRET));
  }

  test('what comes waits in the queue, and all of it is stored after', async () => {
    const faults = async () => (await stack.run(['doctor', '--json'])).out;
    expect((await stack.run(['pause'])).out).toContain('Paused.');
    expect((await stack.run(['pause'])).out).toContain('paused already');
    const answers = await Promise.all(Array.from({ length: WAITING }, (_, number) => post(number)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await new Promise((later) => setTimeout(later, 1_000));
    expect(await stack.driver.depth('delivery')).toBe(WAITING);
    expect(await stack.driver.events()).toEqual([]);
    expect(await faults()).toContain('"code":"paused"');

    expect((await stack.run(['resume'])).out).toContain('Running.');
    expect((await stack.run(['resume'])).out).toContain('running already');
    await stack.driver.nothingUnderWay();
    expect(await stack.driver.events()).toHaveLength(WAITING);
    expect(await faults()).not.toContain('"code":"paused"');
  }, 60_000);

  test('an event source that is not there is said to be missing', async () => {
    const client = new LambdaClient({
      endpoint: stack.local.stack.endpoints.lambda,
      region: 'us-east-1',
      credentials: CREDENTIALS,
    });
    const answer = client.send(new GetEventSourceMappingCommand({ UUID: 'publish' }));
    await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
    client.destroy();
  });
});

function send(path: string, agent: Agent, body: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${stack.local.url}${path}`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject).end(body);
  });
}

/** Posts junk over eight connections until it is told to stop; says how often it got which answer. */
function flood(path: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const answers = new Map<number, number>();
  let going = true;
  const one = async () => {
    while (going) {
      const status = await send(path, agent, 'junk');
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  const all = Promise.all(Array.from({ length: 8 }, one));
  return async () => {
    going = false;
    await all;
    agent.destroy();
    return answers;
  };
}

async function genuine(count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) {
    const source = n % 2 ? 'one' : 'two';
    const body = JSON.stringify({
      event: 'delivered',
      email: 'ada@example.com',
      id: `${source}-${n}`,
      timestamp: 1 + n,
    });
    statuses.push(await send(`/webhooks/v1/${source}`, agent, body, signGeneric(body, SECRET)));
  }
  agent.destroy();
  return statuses;
}

describe('while junk pours in', () => {
  test.each([
    ['at a source that does not exist', '/webhooks/v1/nosuchsource', [404]],
    ['at no webhook at all', '/wp-login.php', [404]],
    ['at one of the sources', '/webhooks/v1/flooded', [401, 429]],
    ['at the health page, by a method it does not have', '/health', [404]],
  ])('%s, every genuine request of the others is answered 200', async (_where, path, answers) => {
    const stop = flood(path);
    const statuses = await genuine(40);
    const seen = await stop();
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect([...seen.keys()].sort()).toEqual(answers);
    // More than all throttles together let through: with one bucket for all, the others would have been refused.
    expect([...seen.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(200);
  });
});

test('a person who is suppressed by hand waits behind nobody: the backlog is still long when it is done', async () => {
  const sqs = new SQSClient({
    endpoint: stack.local.stack.endpoints.sqs,
    region: 'us-east-1',
    credentials: CREDENTIALS,
  });
  const at = new Date().toISOString();
  const envelope = { source: 'one', channel: 'https', receivedAt: at, requestId: 'r', origin: 'live' } as const;
  const event = (n: number) =>
    JSON.stringify({ event: 'opened', email: `p${n}@example.com`, id: `e${n}`, timestamp: at });
  const bodies = Array.from({ length: BACKLOG }, (_, n) => ({ body: packMessages(envelope, [event(n)])[0] ?? '' }));
  await stack.driver.nothingUnderWay();
  await sendAll(sqs, stack.local.stack.queues.delivery, bodies);
  sqs.destroy();

  const { code } = await stack.run(['suppress', 'ada@example.com', '--note', 'asked by phone']);
  expect(code).toBe(0);
  await eventually(async () => expect(await stack.driver.suppressed()).toEqual(['ada@example.com']));
  expect(await stack.driver.depth('delivery')).toBeGreaterThan(BACKLOG / 10);
}, 60_000);
