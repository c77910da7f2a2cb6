import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signGeneric } from '../../support/driver.ts';
import { type OpsStack, startOpsStack } from '../../support/ops-stack.ts';

const SECRET = 'guide-secret';
const EVENTS = 50;

let stack: OpsStack;
beforeAll(async () => {
  stack = await startOpsStack(
    { guide: { provider: 'generic' } },
    { secrets: { guide: SECRET }, settings: { heartbeat: false } },
  );
}, 60_000);
afterAll(() => stack?.stop());

function post(number: number): Promise<{ status: number }> {
  const timestamp = new Date().toISOString();
  const body = JSON.stringify({
    event: 'open',
    timestamp,
    message_id: `m${number}`,
    recipient: `${number}@example.com`,
  });
  return stack.driver.post('guide', body, signGeneric(body, SECRET));
}

test('what comes while processing is paused waits in the queue, and all of it is stored after', async () => {
  const faults = async () => (await stack.run(['doctor', '--json'])).out;
  expect((await stack.run(['pause'])).out).toContain('Paused.');
  expect((await stack.run(['pause'])).out).toContain('paused already');
  const answers = await Promise.all(Array.from({ length: EVENTS }, (_, number) => post(number)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await new Promise((later) => setTimeout(later, 1_000));
  expect(await stack.driver.depth('delivery')).toBe(EVENTS);
  expect(await stack.driver.events()).toEqual([]);
  expect(await faults()).toContain('"code":"paused"');

  expect((await stack.run(['resume'])).out).toContain('Running.');
  expect((await stack.run(['resume'])).out).toContain('running already');
  await stack.driver.nothingUnderWay();
  expect(await stack.driver.events()).toHaveLength(EVENTS);
  expect(await faults()).not.toContain('"code":"paused"');
}, 60_000);

test('an event source that is not there is said to be missing', async () => {
  const client = new LambdaClient({
    endpoint: stack.local.stack.endpoints.lambda,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const answer = client.send(new GetEventSourceMappingCommand({ UUID: 'publish' }));
  await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
  client.destroy();
});
