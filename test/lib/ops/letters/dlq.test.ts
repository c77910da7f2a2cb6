import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { packMessages } from '../../../../lambda/domain/message.ts';
import { eventually, signGeneric } from '../../../support/driver.ts';
import { ops, project, stackFile } from '../../../support/ops.ts';
import { GUIDE_AND_OTHER, type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';
import { faultyProxy } from '../../../support/surroundings/faulty-proxy.ts';

/** Poison of an ordinary kind: settings lost a source whose events were still under way. */

const folder = mkdtempSync(join(tmpdir(), 'quell-dlq-'));
const stacks: OpsStack[] = [];
const ending: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ending) await end();
  for (const stack of stacks) await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(sources: Readonly<Record<string, object>>): Promise<OpsStack> {
  const secrets = { guide: 'guide-secret', other: 'other-secret' };
  const stack = await startOpsStack(sources, { dataDir: folder, secrets });
  stacks.push(stack);
  return stack;
}

const event = (n: number) =>
  JSON.stringify({
    event: 'open',
    timestamp: '2026-11-20T10:00:00Z',
    message_id: `m${n}`,
    recipient: `p${n}@example.com`,
  });

/** Messages on the queue, as `receive` would have put them there. */
async function deliver(
  stack: OpsStack,
  source: string,
  events: readonly string[],
  receivedAt = new Date().toISOString(),
): Promise<void> {
  const client = new SQSClient({
    region: 'us-east-1',
    endpoint: stack.local.stack.endpoints.sqs,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const envelope = { source, channel: 'https', receivedAt, requestId: 'r1', origin: 'live' } as const;
  for (const MessageBody of packMessages(envelope, events)) {
    await client.send(new SendMessageCommand({ QueueUrl: stack.local.stack.queues.delivery, MessageBody }));
  }
  client.destroy();
}

describe('ops dlq', () => {
  test('a poison event among 100: 99 stored, one buried with its reason, shown, mended, redriven, stored once', async () => {
    const before = await start({ guide: { provider: 'generic' } });
    // Twice, as a queue brings a message, or takes a letter whose answer is lost.
    const lateAt = new Date().toISOString();
    for (let times = 0; times < 2; times++) await deliver(before, 'other', [event(100)], lateAt);
    for (let n = 1; n <= 99; n += 11)
      await deliver(
        before,
        'guide',
        Array.from({ length: 11 }, (_, at) => event(n + at)),
      );
    await before.driver.nothingUnderWay();
    expect(await before.driver.depth('deadLetter')).toBe(2);
    expect(await before.driver.events()).toHaveLength(99);

    const list = await before.run(['dlq', 'list', '--json']);
    expect([list.code, list.json()]).toEqual([
      1,
      [expect.objectContaining({ reason: 'unknown-source', source: 'other', letters: 2, repeated: 1 })],
    ]);
    const show = await before.run(['dlq', 'show']);
    expect([show.code, show.err]).toEqual([0, expect.stringContaining('--raw')]);
    expect(show.out).toContain('it said: The settings name no such source.');
    expect(show.out).toContain('now: The stack has no source other');
    expect(show.out + show.err).not.toContain('@example.com');

    // Looking gives everything back, and hides it from no alarm meanwhile.
    await eventually(async () => expect(await before.driver.deadLetters()).toHaveLength(2));
    expect((await before.run(['dlq', 'list'])).out).toContain('1 of them repeat another');

    // Redriven too early they are back where they were, as one.
    const early = await before.run(['dlq', 'redrive', '--reason', 'unknown-source', '--json']);
    expect([early.code, early.json()]).toEqual([0, [{ redriven: 2 }]]);
    await before.driver.nothingUnderWay();
    expect(await before.driver.depth('deadLetter')).toBe(1);
    await before.stop();
    stacks.splice(0);

    const after = await start(GUIDE_AND_OTHER);
    const mended = await after.run(['dlq', 'show', '--reason', 'unknown-source']);
    expect(mended.out).toContain('now: goes through');
    expect(mended.out).toContain('p***@example.com');
    expect((await after.run(['dlq', 'show', '--raw'])).out).toContain('p100@example.com');
    const dry = await after.run(['dlq', 'redrive', '--all', '--dry-run', '--json']);
    expect([dry.code, dry.json()]).toEqual([0, [expect.objectContaining({ letters: 1 })]]);
    expect(await after.driver.depth('deadLetter')).toBe(1);

    expect((await after.run(['dlq', 'redrive', '--source', 'other'])).out).toBe('Redriven: 1\n');
    const stored = async () =>
      (await after.driver.events()).filter(({ recipient }) => recipient === 'p100@example.com');
    await after.driver.nothingUnderWay();
    expect(await stored()).toHaveLength(1);
    // A redrive that was cut off between sending and deleting brings the same letter once more: its event counts once.
    await deliver(after, 'other', [event(100)], lateAt);
    await after.driver.nothingUnderWay();
    expect(await stored()).toHaveLength(1);
    expect(await after.driver.events()).toHaveLength(100);
    expect(await after.driver.depth('deadLetter')).toBe(0);
    const nothing = await after.run(['dlq', 'list']);
    expect([nothing.code, nothing.out, nothing.err]).toEqual([0, '', 'There are no such dead letters.']);
  }, 60_000);

  test('nothing is deleted before it is safely back; drop asks twice', async () => {
    const [stack] = stacks as [OpsStack];
    const body = '["broken one","broken two"]';
    await stack.driver.post('guide', body, signGeneric(body, 'guide-secret'));
    await stack.driver.nothingUnderWay();
    expect(await stack.driver.depth('deadLetter')).toBe(2);

    const proxy = await faultyProxy(stack.local.stack.endpoints.sqs);
    ending.push(() => proxy.stop());
    proxy.fault = ({ operation }) =>
      operation === 'SendMessageBatch'
        ? { status: 400, json: { __type: 'com.amazonaws.sqs#AccessDeniedException', message: 'no' } }
        : undefined;
    const through = (url: string): string => url.replace(stack.local.stack.endpoints.sqs, proxy.url);
    const { endpoints, queues, sources, tables, policy } = stack.local.stack;
    const { root, remove } = project({
      '.local/stack.json': stackFile({
        endpoints: { ...endpoints, sqs: proxy.url },
        queues: { delivery: through(queues.delivery), deadLetter: through(queues.deadLetter) },
        sources,
        tables,
        policy,
      }),
    });
    const refused = await ops(['dlq', 'redrive', '--all', '--local'], { root });
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('AccessDenied')]);
    expect(proxy.calls).not.toContain('DeleteMessageBatch');
    expect(await stack.driver.depth('deadLetter')).toBe(2);
    await eventually(async () => expect(await stack.driver.deadLetters()).toHaveLength(2));
    remove();

    const unsure = await stack.run(['dlq', 'drop', '--reason', 'poison-event']);
    expect([unsure.code, unsure.err]).toEqual([2, expect.stringContaining('--yes')]);
    expect((await stack.run(['dlq', 'drop', '--yes'])).code).toBe(2);
    expect(await stack.driver.depth('deadLetter')).toBe(2);
    expect((await stack.run(['dlq', 'drop', '--reason', 'poison-event', '--yes'])).out).toBe('Dropped: 2\n');
    expect(await stack.driver.depth('deadLetter')).toBe(0);
  });

  test.each([
    [['dlq', 'lst'], 'Did you mean "list"'],
    [['dlq', 'redrive'], '--all'],
    [['dlq', 'list', 'x'], 'no id'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await ops([...args, '--local']);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });
});
