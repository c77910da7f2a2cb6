import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sendAll } from '../lambda/aws/sqs.ts';
import { packMessages } from '../lambda/domain/message.ts';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { Driver, eventually } from './support/driver.ts';
import { ops } from './support/ops.ts';

/** What operators do, while the delivery queue is full of events. */

const root = mkdtempSync(join(tmpdir(), 'quell-acts-'));
const FLOOD = 3000;
let local: LocalStack;
let driver: Driver;

beforeAll(async () => {
  const settings = join(root, 'settings.json');
  writeFileSync(
    settings,
    JSON.stringify({ sources: { guide: { provider: 'generic' } }, concurrency: 2, publish: false }),
  );
  local = await startLocal({ port: 0, quiet: true, settings, home: join(root, '.local') });
  driver = new Driver(local.stack);
}, 60_000);
afterAll(async () => {
  driver?.close();
  await stopWithCleanLogs(local);
});

test('a person who is suppressed by hand waits behind nobody: the backlog is still long when it is done', async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sqs = new SQSClient({ endpoint: local.stack.endpoints.sqs, region: 'us-east-1', credentials });
  const at = new Date().toISOString();
  const envelope = { source: 'guide', channel: 'https', receivedAt: at, requestId: 'r', origin: 'live' } as const;
  const event = (n: number) =>
    JSON.stringify({ event: 'opened', email: `p${n}@example.com`, id: `e${n}`, timestamp: at });
  const bodies = Array.from({ length: FLOOD }, (_, n) => ({ body: packMessages(envelope, [event(n)])[0] ?? '' }));
  await sendAll(sqs, local.stack.queues.delivery, bodies);
  sqs.destroy();

  const { code } = await ops(['suppress', 'ada@example.com', '--note', 'asked by phone', '--local'], { root });
  expect(code).toBe(0);
  await eventually(async () => expect(await driver.suppressed()).toEqual(['ada@example.com']));
  expect(await driver.depth('delivery')).toBeGreaterThan(FLOOD / 10);
}, 60_000);
