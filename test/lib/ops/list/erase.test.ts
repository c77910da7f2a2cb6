import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import { packMessages } from '../../../../lambda/domain/message.ts';
import { bareEntry } from '../../../../lib/ops/commands/erase/erase.ts';
import { signGeneric } from '../../../support/driver.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

const NOTE = ['--note', 'request 4711', '--actor', 'ada'];
let stack: OpsStack;
beforeAll(async () => {
  stack = await startOpsStack({ guide: { provider: 'generic' } }, { secrets: { guide: 'guide-secret' } });
}, 60_000);
afterAll(() => stack?.stop());

const bounce = (recipient: string, id: string) =>
  JSON.stringify({
    event: 'hard_bounce',
    timestamp: '2026-11-01T10:00:00Z',
    message_id: id,
    recipient,
    smtp_code: 550,
    reason: '550 5.1.1 user unknown',
  });

async function post(recipient: string, id: string): Promise<void> {
  const body = bounce(recipient, id);
  expect((await stack.driver.post('guide', body, signGeneric(body, 'guide-secret'))).status).toBe(200);
}
const eventsOf = async (address: string) =>
  (await stack.driver.events()).filter(({ recipient }) => recipient === address);
const entryOf = async (address: string) =>
  (await stack.driver.suppression()).find(({ recipient }) => recipient === address);

/** The command promises nothing for what is in the functions' hands at that moment: its last line says so. */
const nothingUnderWay = () => stack.driver.nothingUnderWay();

/** A message that has waited, as a redrive brings it back. */
async function redrive(recipient: string, receivedAt: Date): Promise<void> {
  const { endpoints, queues } = stack.local.stack;
  const client = new SQSClient({
    region: 'us-east-1',
    endpoint: endpoints.sqs,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const envelope = {
    source: 'guide',
    channel: 'https',
    receivedAt: receivedAt.toISOString(),
    requestId: 'r',
    origin: 'live',
  } as const;
  const [MessageBody] = packMessages(envelope, [bounce(recipient, 'old')]);
  await client.send(new SendMessageCommand({ QueueUrl: queues.delivery, MessageBody }));
  client.destroy();
}

describe('ops erase', () => {
  test('events and entry go, a mark without the address stays, and what came in before never brings the person back', async () => {
    for (let n = 0; n < 30; n++) await post('ada@example.com', `m${n}`);
    await nothingUnderWay();
    expect(await eventsOf('ada@example.com')).toHaveLength(30);
    expect(await entryOf('ada@example.com')).toBeDefined();
    const { code, out } = await stack.run(['erase', 'Ada@Example.com', ...NOTE]);
    expect([code, out]).toEqual([0, 'Erased: 30 events; entry removed.\n']);
    expect(await eventsOf('ada@example.com')).toEqual([]);
    const left = await stack.driver.suppression();
    expect(left).toEqual([
      {
        recipient: expect.stringMatching(/^~erased#/),
        erasedAt: expect.any(String),
        actor: 'ada',
        note: 'request 4711',
      },
    ]);
    expect(JSON.stringify(left)).not.toContain('ada@');

    await redrive('ada@example.com', new Date(Date.now() - 3_600_000));
    await redrive('bob@example.com', new Date(Date.now() - 3_600_000));
    await nothingUnderWay();
    expect(await eventsOf('bob@example.com')).toHaveLength(1);
    expect(await eventsOf('ada@example.com')).toEqual([]);

    // The key is made once, and no source of the stack.
    await stack.run(['erase', 'ada@example.com', ...NOTE]);
    expect(
      (await stack.driver.suppression()).filter(({ recipient }) => String(recipient).startsWith('~')),
    ).toHaveLength(1);
    expect((await stack.run(['secrets', 'list'])).err).toBe('');
    expect((await stack.run(['export'])).out).not.toContain('~');

    await post('ada@example.com', 'new');
    await nothingUnderWay();
    expect(await eventsOf('ada@example.com')).toHaveLength(1);
  });

  test('--keep-suppressed leaves the ends and no word of why', async () => {
    await post('eve@example.com', 'e1');
    await nothingUnderWay();
    expect((await entryOf('eve@example.com'))?.suppressedUntil).toBe(FOREVER);
    const { out } = await stack.run(['erase', 'eve@example.com', '--keep-suppressed', ...NOTE]);
    expect(out).toContain('kept without reasons');
    const entry = await entryOf('eve@example.com');
    expect(entry).toMatchObject({ suppressedUntil: FOREVER, transactionalUntil: FOREVER, scopes: {} });
    expect(JSON.stringify(entry)).not.toMatch(/guide|bounce|5\.1\.1|request/);
    expect((await stack.run(['check', 'eve@example.com'])).code).toBe(0);
    expect((await stack.run(['lift', 'eve@example.com', '--wait', ...NOTE])).code).toBe(0);
    expect((await stack.run(['check', 'eve@example.com'])).code).toBe(1);
  });

  test.each([
    [['erase', 'nobody', ...NOTE], 'not an e-mail address'],
    [['erase', 'x@example.com'], '--note is missing'],
    [['erase', 'x@example.com', '--note', 'X@example.com asked'], 'names the address'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await stack.run(args);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });
});

describe('a bare entry', () => {
  const AT = '2026-05-04T10:00:00.000Z';
  const entry = (suppressedUntil: number, transactionalUntil: number, scopes = {}) => ({
    suppressedUntil,
    transactionalUntil,
    scopes,
    reasons: { complaint: [] },
    version: 3,
  });

  test.each([
    [entry(FOREVER, FOREVER), ['manual']],
    [entry(FOREVER, 0), ['unsubscribe']],
    [entry(FOREVER, 1_900_000_000), ['manual', 'unsubscribe']],
    [entry(0, 0, { 'a:list:1': FOREVER }), ['unsubscribe:a:list:1']],
    [entry(1_500_000_000, 0), []],
  ])('keeps the ends of %j with the fewest words', (full, reasons) => {
    const bare = bareEntry(full, AT);
    expect(Object.keys(bare.reasons)).toEqual(reasons);
    expect(bare.version).toBe(4);
    if (reasons.length > 0) {
      const { suppressedUntil, transactionalUntil, scopes } = full;
      expect(bare).toMatchObject({ suppressedUntil, transactionalUntil, scopes });
    }
  });
});

describe('ops scopes', () => {
  test('lists what was unsubscribed from, and counts', async () => {
    expect((await stack.run(['scopes'])).code).toBe(1);
    for (const name of ['u1', 'u2']) {
      await stack.run(['suppress', `${name}@example.com`, '--scope', 'guide:list:7', '--wait', ...NOTE]);
    }
    await stack.run(['lift', 'u2@example.com', '--wait', ...NOTE]);
    const { code, out } = await stack.run(['scopes']);
    expect([code, out]).toEqual([0, 'guide:list:7  unsubscribed: 1, ended: 1\n']);
  });
});
